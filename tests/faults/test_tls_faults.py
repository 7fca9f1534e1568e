"""What a browser gets when the vendor's TLS is wrong, broken or slow."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.raw_vendor import Behaviour, Line, RawVendor, answers, http
from tests.faults.records import Records
from tests.faults.sites import (
    GRACE,
    LONG,
    SHORT,
    TOKEN,
    Reply,
    Site,
    check_problem,
    within,
)
from tests.faults.slow_tls import SlowTls
from tests.fixtures.certificates import Authority

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())


def close_in_handshake(line: Line) -> None:
    line.receive()


def reset_in_handshake(line: Line) -> None:
    line.receive()
    line.reset()


def break_off_handshake(line: Line) -> None:
    tls = SlowTls(line)
    tls.receive()
    line.send(tls.flight()[:100])


def hang_in_handshake(line: Line) -> None:
    line.hang()


def drip_handshake(line: Line) -> None:
    tls = SlowTls(line)
    tls.receive()
    line.drip(tls.flight())


def drip_records(line: Line) -> None:
    """Send each byte of the answer as a record of its own."""
    line.secure()
    line.read_request()
    line.drip(GOOD)


def drip_one_record(line: Line) -> None:
    """Send the answer as one record, whose bytes come one by one."""
    tls = SlowTls(line)
    tls.shake_hands()
    tls.read_request()
    line.drip(tls.packed(GOOD))


def say_it_plainly(line: Line) -> None:
    line.receive()
    line.send(GOOD)


class Case(NamedTuple):
    name: str
    behave: Behaviour
    status: int
    code: str
    attempts: int

    def __str__(self) -> str:
        return self.name


CASES = (
    Case("closed", close_in_handshake, 503, "vendor_unavailable", 3),
    Case("reset", reset_in_handshake, 503, "vendor_unavailable", 3),
    Case("broken off", break_off_handshake, 503, "vendor_unavailable", 3),
    Case("no TLS at all", say_it_plainly, 503, "vendor_unavailable", 1),
    Case("a hang", hang_in_handshake, 504, "vendor_timeout", 1),
    Case("a handshake, slowly", drip_handshake, 504, "vendor_timeout", 1),
    Case("records, slowly", drip_records, 504, "vendor_timeout", 1),
    Case("one record, slowly", drip_one_record, 504, "vendor_timeout", 1),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_broken_tls_becomes_its_problem_within_the_deadline(
    case: Case,
    trusted: Authority,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    broken = vendor(case.behave, trusted.server(), handshake=False)
    asked = 0

    def ask() -> Reply:
        nonlocal asked
        asked += 1
        return shop.ask()

    timeout = SHORT if case.status == 504 else LONG
    shop = site(broken.url, timeout=timeout, sleep=lambda _: None)
    reply = within(shop.timeout + GRACE, ask)

    check_problem(reply, case.status, case.code)
    assert broken.connections == asked * case.attempts


def test_a_good_certificate_is_trusted(
    trusted: Authority, vendor: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    shop = site(vendor(answers(GOOD), trusted.server()).url)

    assert shop.ask().json == {"token": TOKEN}


class Wrong(NamedTuple):
    """A certificate that nobody should trust, and what the log calls it."""

    make: Callable[[Authority], ssl.SSLContext]
    reason: str

    def __str__(self) -> str:
        return self.reason


WRONG = (
    Wrong(lambda authority: authority.server("vendor.example"), "mismatch"),
    Wrong(lambda authority: authority.server(expired=True), "expired"),
    Wrong(lambda authority: authority.server(self_signed=True), "self-signed"),
)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_certificate_gets_no_request_and_one_clear_line(
    wrong: Wrong,
    trusted: Authority,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
    records: Records,
) -> None:
    impostor = vendor(answers(GOOD), wrong.make(trusted))
    shop = site(impostor.url)

    check_problem(shop.ask_in_time(), 503, "vendor_unavailable")

    assert impostor.requests == []
    assert impostor.connections == 1, "another try cannot help"
    (line,) = records.of_package()
    assert wrong.reason in line


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl is here")
def test_a_folder_of_authorities_is_trusted_as_by_requests(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    shutil.copy(authority.bundle, tmp_path / "authority.pem")
    subprocess.run(["openssl", "rehash", tmp_path], check=True)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    honest = vendor(answers(GOOD), authority.server())

    assert site(honest.url).ask_in_time().status == 200


def test_an_authority_that_nobody_named_is_not_trusted(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    impostor = vendor(answers(GOOD), authority.server())

    check_problem(site(impostor.url).ask_in_time(), 503, "vendor_unavailable")

    assert impostor.requests == []
