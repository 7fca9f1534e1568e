"""Connections: refused, swallowed, kept, dropped meanwhile, led astray."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from requests import Request

from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.transport import Transport
from tests.faults.forgetful import Forgetful
from tests.faults.raw_vendor import Line, RawVendor, answers, each_request, http
from tests.faults.sites import SHORT, TOKEN, Site, check_problem, free_port
from tests.fixtures.certificates import Authority

Post = Callable[..., int]

GOOD = http(b'{"token": "%s"}' % TOKEN.encode())


@pytest.fixture(params=["http", "https"])
def start(
    request: pytest.FixtureRequest,
    trusted: Authority,
    vendor: Callable[..., RawVendor],
) -> Callable[..., RawVendor]:
    """Start a vendor of bare sockets, plainly and with TLS."""
    tls = trusted.server() if request.param == "https" else None
    return lambda behave: vendor(behave, tls)


def test_a_refused_connection_is_unavailable(site: Callable[..., Site]) -> None:
    shop = site(f"http://127.0.0.1:{free_port()}")

    check_problem(shop.ask_in_time(), 503, "vendor_unavailable")


def test_a_connection_that_is_swallowed_ends_with_the_deadline(
    site: Callable[..., Site],
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        # As many as wait to be accepted; whoever comes now gets no answer at all.
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        try:
            reply = site(f"http://127.0.0.1:{port}", timeout=SHORT).ask_in_time()
        finally:
            for sock in waiting:
                sock.close()

    check_problem(reply, 504, "vendor_timeout")


@pytest.fixture
def look_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Replace the lookup of vendor.invalid by something that fails."""
    real = socket.getaddrinfo

    def replace(act: Callable[[], None]) -> None:
        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host == "vendor.invalid":
                act()
            return real(host, *args, **kwargs)

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return replace


def test_a_name_that_does_not_exist_is_unavailable(
    look_up: Callable[[Callable[[], None]], None], site: Callable[..., Site]
) -> None:
    def fail() -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    look_up(fail)

    reply = site("https://vendor.invalid").ask_in_time()

    check_problem(reply, 503, "vendor_unavailable")


def test_a_lookup_that_hangs_ends_with_the_deadline_and_leaves_no_thread(
    look_up: Callable[[Callable[[], None]], None], site: Callable[..., Site]
) -> None:
    answered = threading.Event()

    def hang() -> None:
        answered.wait(15)
        raise socket.gaierror(socket.EAI_AGAIN, "no server of names answers")

    look_up(hang)

    reply = site("https://vendor.invalid", timeout=SHORT).ask_in_time()

    check_problem(reply, 504, "vendor_timeout")

    answered.set()
    for thread in threading.enumerate():
        if thread.name == "vendor lookup":
            thread.join(5)
            assert not thread.is_alive()


def test_a_healthy_connection_is_kept(
    start: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    vendor = start(each_request(GOOD))
    shop = site(vendor.url)

    assert [shop.ask().status for _ in range(10)] == [200] * 10

    assert vendor.connections == 1


@pytest.mark.parametrize("end", [lambda line: None, Line.reset], ids=["close", "reset"])
def test_a_kept_connection_that_the_vendor_ends_meanwhile_costs_no_error(
    end: Callable[[Line], None],
    start: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    def behave(line: Line) -> None:
        line.read_request()
        line.send(GOOD)
        end(line)

    vendor = start(behave)
    shop = site(vendor.url)

    assert [shop.ask().status for _ in range(30)] == [200] * 30


def test_kept_connections_that_a_firewall_has_forgotten_cost_no_bell(
    start: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    behave = Forgetful(GOOD)
    vendor = start(behave)
    shop = site(vendor.url, timeout=4)

    def burst() -> list[int]:
        with ThreadPoolExecutor(8) as pool:
            return [one.status for one in pool.map(lambda _: shop.ask(), range(8))]

    behave.crowd = threading.Barrier(8)
    assert burst() == [200] * 8
    behave.forget()
    assert burst() == [200] * 8
    behave.crowd = None
    assert [shop.ask().status for _ in range(5)] == [200] * 5, "the breaker is closed"


@pytest.fixture
def post(trusted: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Send a body of some size, of which the system takes little at once."""
    little = [(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)]
    monkeypatch.setattr("flask_app_inbox.client.pool._keepalive", lambda: little)
    transport = Transport(max_concurrent=1)

    def post(url: str, size: int, seconds: float) -> int:
        request = Request("POST", url, data=b"x" * size)
        return transport.send(request, Deadline(seconds)).status

    yield post
    transport._resources.get().session.close()


def test_a_large_request_does_not_wait_for_ever_on_a_forgotten_connection(
    start: Callable[..., RawVendor], post: Post
) -> None:
    def read_one(line: Line) -> None:
        line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        line.read_request()
        line.send(GOOD)
        line.wait(60)

    vendor = start(read_one)
    assert post(vendor.url, 9, seconds=15) == 200
    vendor.behave = each_request(GOOD)
    assert post(vendor.url, 500_000, seconds=3) == 200
    assert vendor.connections == 2


def test_an_answer_that_nobody_asked_for_goes_to_nobody(
    start: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    """Two users share a connection: what is left of one's must not be another's."""
    body = b'{"token": "%s"}' % TOKEN.encode()
    filled = http(body, "X: ")
    # All that a reader takes at once; what follows stays in the layers below.
    pad = io.DEFAULT_BUFFER_SIZE - len(filled)
    first = http(body, "X: " + "y" * pad)
    assert len(first) == io.DEFAULT_BUFFER_SIZE
    astray = http(b'{"token": "of somebody else"}')
    vendor = start(each_request(first + astray))
    shop = site(vendor.url)

    tokens = [shop.ask().json["token"] for _ in range(5)]

    assert tokens == [TOKEN] * 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    status: int,
    start: Callable[..., RawVendor],
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
) -> None:
    elsewhere = vendor(answers(GOOD))
    location = f"Location: http://127.0.0.1:{elsewhere.port}/"
    first = start(answers(http(b"", location, status=f"{status} Away")))

    check_problem(site(first.url).ask_in_time(), 502, "vendor_invalid")

    assert len(first.requests) == 1
    assert elsewhere.connections == 0


def test_cookies_are_not_sent_back(
    start: Callable[..., RawVendor], site: Callable[..., Site]
) -> None:
    cookie = "Set-Cookie: visitor=of-all-users; Path=/"
    vendor = start(each_request(http(b'{"token": "t"}', cookie)))
    shop = site(vendor.url)

    shop.ask()
    shop.ask()

    assert len(vendor.requests) == 2
    assert not [one for one in vendor.requests if b"cookie" in one.lower()]


def test_proxies_of_the_environment_see_no_credentials(
    vendor: Callable[..., RawVendor],
    site: Callable[..., Site],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = vendor(answers(GOOD))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    shop = site(vendor(each_request(GOOD)).url)

    assert shop.ask().status == 200

    assert proxy.connections == 0
