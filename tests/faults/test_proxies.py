"""A proxy between site and vendor: all calls take it, and the deadline holds there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from flask_app_inbox import VendorUnavailable
from tests.faults.proxies import hangs, passes_on, refuses
from tests.faults.raw_vendor import Behaviour, Line, RawVendor, each_request, http
from tests.faults.records import Records
from tests.faults.sites import CONTACT, SHORT, TOKEN, Site, check_problem, free_port
from tests.fixtures.certificates import Authority

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())
USER, PASSWORD = "shop", "pass-word of päul"
ESCAPED = "shop:pass-word%20of%20p%C3%A4ul"
#: What neither a log, an error nor a repr may hold.
PROXY_SECRETS = (
    PASSWORD,
    ESCAPED,
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
)

Start = Callable[..., RawVendor]
MakeSite = Callable[..., Site]


class Way(NamedTuple):
    """How the vendor and the proxy are spoken to."""

    vendor: str
    proxy: str

    def __str__(self) -> str:
        return f"{self.vendor} vendor, {self.proxy} proxy"


BOTH = ("http", "https")
WAYS = [Way(vendor, proxy) for vendor in BOTH for proxy in BOTH]


@pytest.fixture(autouse=True)
def _no_password_in_the_log(records: Records) -> Iterator[None]:
    yield
    log = "\n".join(records.lines)
    assert [secret for secret in PROXY_SECRETS if secret in log] == []


@pytest.fixture(params=WAYS, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    way: Way = request.param
    return way


@pytest.fixture
def start(way: Way, trusted: Authority, vendor: Start) -> Callable[..., RawVendor]:
    """Start a proxy or a vendor as the way has it: `start("proxy", passes_on)`."""

    def start(role: str, behave: Behaviour) -> RawVendor:
        secure = getattr(way, role) == "https"
        return vendor(behave, trusted.server() if secure else None)

    return start


def through(proxy: RawVendor) -> str:
    """Return the setting that names a proxy, with a user and password."""
    return proxy.url.replace("://", f"://{ESCAPED}@")


def test_every_call_takes_the_proxy_and_connections_are_kept(
    way: Way, start: Start, site: MakeSite
) -> None:
    proxy, vendor = start("proxy", passes_on), start("vendor", each_request(GOOD))
    shop = site(vendor.url, proxy=through(proxy))

    assert [shop.ask().json for _ in range(5)] == [{"token": TOKEN}] * 5

    assert (proxy.connections, vendor.connections) == (1, 1)
    tunnel = f"CONNECT localhost:{vendor.port} HTTP/1".encode()
    whole = f"POST {vendor.url}/v1/auth/contact/token HTTP/1.1\r\n".encode()
    assert len(proxy.requests) == (1 if way.vendor == "https" else 5)
    assert proxy.requests[0].startswith(tunnel if way.vendor == "https" else whole)


def test_the_proxy_alone_gets_its_password(
    way: Way, start: Start, site: MakeSite
) -> None:
    proxy, vendor = start("proxy", passes_on), start("vendor", each_request(GOOD))

    site(vendor.url, proxy=through(proxy)).ask()

    expected = f"Proxy-Authorization: Basic {PROXY_SECRETS[-1]}\r\n".encode()
    assert expected in proxy.requests[0]
    assert b"proxy-authorization" not in vendor.requests[0].lower()
    if way.vendor == "https":
        assert b"basic" not in proxy.requests[0].replace(expected, b"").lower()


def test_a_kept_tunnel_that_was_closed_meanwhile_costs_no_error(
    start: Start, site: MakeSite
) -> None:
    def answer_once(line: Line) -> None:
        line.read_request()
        line.send(GOOD)

    proxy, vendor = start("proxy", passes_on), start("vendor", answer_once)
    shop = site(vendor.url, proxy=through(proxy))

    for number in range(3):
        assert shop.ask().status == 200
        proxy.wait_until_idle()
        assert proxy.connections == number + 1


def test_a_vendor_that_hangs_or_drips_behind_the_proxy_keeps_to_the_deadline(
    start: Start, site: MakeSite, records: Records
) -> None:
    def drip(line: Line) -> None:
        line.read_request()
        line.drip(GOOD)

    proxy = start("proxy", passes_on)
    for behave in (hangs, drip):
        vendor = start("vendor", behave)
        shop = site(vendor.url, proxy=through(proxy), timeout=SHORT)
        check_problem(shop.ask_in_time(), 504, "vendor_timeout")
    assert "PROXY" not in "\n".join(records.of_package())


def test_an_answer_without_an_end_is_not_read_on_behind_a_proxy(
    start: Start, site: MakeSite
) -> None:
    def go_on(line: Line) -> None:
        line.read_request()
        while True:
            line.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    proxy, vendor = start("proxy", passes_on), start("vendor", go_on)

    check_problem(site(vendor.url, proxy=through(proxy)).ask(), 502, "vendor_invalid")


def test_a_proxy_that_hangs_keeps_to_the_deadline_and_is_named(
    way: Way, start: Start, site: MakeSite, records: Records
) -> None:
    proxy, vendor = start("proxy", hangs), start("vendor", each_request(GOOD))
    shop = site(vendor.url, proxy=through(proxy), timeout=SHORT)

    check_problem(shop.ask_in_time(), 504, "vendor_timeout")

    assert vendor.connections == 0
    # With http the proxy has the request, so nobody knows who is slow.
    tunnelled = way.vendor == "https"
    assert ("Check the setting PROXY" in records.of_package()[0]) is tunnelled


def test_a_dead_proxy_is_named_with_the_setting(
    way: Way, start: Start, site: MakeSite, records: Records
) -> None:
    vendor = start("vendor", each_request(GOOD))
    dead = f"{way.proxy}://{ESCAPED}@127.0.0.1:{free_port()}"

    check_problem(site(vendor.url, proxy=dead).ask_in_time(), 503, "vendor_unavailable")

    (line,) = records.of_package()
    assert "no way through the proxy (no connection)" in line
    assert "Check the setting PROXY" in line
    assert vendor.connections == 0


class Refusal(NamedTuple):
    status: str
    told: str
    attempts: int


REFUSALS = [
    Refusal("407 Proxy Authentication Required", "another user and password (407)", 1),
    Refusal("403 Forbidden", "opens no way to the vendor (403)", 1),
    Refusal("502 Bad Gateway", "opens no way to the vendor (502)", 3),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=[one.told for one in REFUSALS])
@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.vendor == "https"], ids=str, indirect=True
)
def test_a_refused_tunnel_is_told_apart_from_the_vendors_answers(
    refusal: Refusal, start: Start, site: MakeSite, records: Records
) -> None:
    proxy, vendor = start("proxy", refuses(refusal.status)), start("vendor", hangs)
    shop = site(vendor.url, proxy=through(proxy), sleep=lambda _: None)

    check_problem(shop.ask(), 503, "vendor_unavailable")

    (line,) = records.of_package()
    assert refusal.told in line
    assert "Check the setting PROXY" in line
    assert len(proxy.requests) == refusal.attempts
    assert "words of the proxy" not in "\n".join(records.lines)


@pytest.mark.parametrize("way", [Way("https", "http")], ids=str, indirect=True)
def test_a_call_that_must_not_work_twice_is_repeated_where_no_tunnel_was_opened(
    start: Start, site: MakeSite
) -> None:
    proxy = start("proxy", refuses("502 Bad Gateway"))
    shop = site(start("vendor", hangs).url, proxy=through(proxy), sleep=lambda _: None)

    with shop.app.app_context(), pytest.raises(VendorUnavailable) as caught:
        shop.inbox.sync_contact(CONTACT)

    assert len(proxy.requests) == 3
    assert not any(secret in str(caught.value) for secret in PROXY_SECRETS)


def test_a_wrong_password_is_told_whatever_way_the_proxy_is_asked(
    start: Start, site: MakeSite, records: Records
) -> None:
    proxy = start("proxy", refuses("407 Proxy Authentication Required"))
    shop = site(start("vendor", hangs).url, proxy=through(proxy))

    check_problem(shop.ask(), 503, "vendor_unavailable")

    (line,) = records.of_package()
    assert "the proxy wants another user and password (407)" in line
    assert len(proxy.requests) == 1
