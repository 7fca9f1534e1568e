"""However many requests fail, the log stays short and says what to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from flask_app_inbox import VendorTimeout
from flask_app_inbox.web.failure_log import FailureLog
from tests.faults.raw_vendor import RawVendor, each_request, http
from tests.faults.records import Records
from tests.faults.sites import Site


def test_threads_write_one_line_and_lose_no_failure(
    records: Records,
) -> None:
    now = [50.0]
    log = FailureLog(pause=60.0, clock=lambda: now[0])
    together = threading.Barrier(8)

    def fail(_: int) -> None:
        together.wait(15)
        for _ in range(50):
            log.write(VendorTimeout("too late"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(8)))
    now[0] += 60
    log.write(VendorTimeout("too late"))

    _, last = records.of_package()
    assert "399 more" in last


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_told_once_with_what_to_do(
    status: int,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
    records: Records,
) -> None:
    shop = site(vendor(each_request(http(b"no", status=f"{status} x"))).url)

    assert {shop.ask().code for _ in range(20)} == {"vendor_rejected"}

    (line,) = records.of_package()
    for hint in (str(status), "flask app-inbox check", "wrong", "90 days", "right"):
        assert hint in line


def test_each_app_has_its_own_log(
    vendor: Callable[..., RawVendor], site: Callable[..., Site], records: Records
) -> None:
    url = vendor(each_request(http(b"no", status="500 x"))).url
    shops: Iterator[Site] = (site(url) for _ in range(2))

    for shop in shops:
        shop.ask()

    assert len(records.of_package()) == 2


def test_a_loader_that_fails_is_told_once(
    vendor: Callable[..., RawVendor], site: Callable[..., Site], records: Records
) -> None:
    shop = site(vendor(each_request(http(b""))).url)
    not_a_contact: Any = "Ann".lower
    shop.inbox.contact_loader(not_a_contact)

    assert {shop.ask().code for _ in range(20)} == {"loader_failed"}

    (line,) = records.of_package()
    assert "contact_loader" in line
