"""The policy of a call: slots, breaker, retries, one exchange, its answer."""

from __future__ import annotations

import gzip
import http.client
import logging
import ssl
import threading
from typing import Any

import pytest
import requests
import responses
import urllib3
from requests import Request
from responses.matchers import header_matcher

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.transport import (
    FIRST_PAUSE,
    RETRIES,
    Transport,
    pause_before_retry,
)
from flask_app_inbox.client.transport_errors import cause_of
from tests.client.conftest import Send, Serve
from tests.conftest import API_KEY, TOKEN
from tests.faults.raw_vendor import Line, answers, each_request
from tests.faults.raw_vendor import http as answer

URL = "https://vendor.test/v1/token"

# Whether and when to try again


@pytest.mark.parametrize(
    ("error", "pauses"),
    [
        (VendorUnavailable("refused"), [0.1, 0.2, None]),
        (VendorUnavailable("x", status=503, retry_after=2), [2.05, 2.05, None]),
        (VendorUnavailable("no TLS", retryable=False), [None, None, None]),
        (VendorInvalid("cut off", retryable=True), [0.1, 0.2, None]),
        (VendorInvalid("garbage"), [None, None, None]),
        (VendorRejected("x", status=401), [None, None, None]),
        (VendorRateLimited("x", retry_after=1), [1.05, 1.05, None]),
        (VendorRateLimited("x", retry_after=0), [0.05, 0.05, None]),
        (VendorRateLimited("x"), [None, None, None]),
        (VendorTimeout("x"), [None, None, None]),
    ],
)
def test_a_call_is_repeated_where_that_helps(
    error: VendorError, pauses: list[float | None]
) -> None:
    assert [
        pause_before_retry(error, attempt, 0.5) for attempt in range(RETRIES + 1)
    ] == pytest.approx(pauses)


def test_pauses_are_spread_so_that_callers_do_not_come_together() -> None:
    shortest, longest = (
        pause_before_retry(VendorUnavailable("x"), 0, jitter) for jitter in (0.0, 1.0)
    )
    assert shortest == pytest.approx(FIRST_PAUSE / 2)
    assert longest == pytest.approx(FIRST_PAUSE * 1.5)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_vendor_that_is_back_after_two_tries_costs_no_error(
    vendor: responses.RequestsMock, send: Send, pauses: list[float], status: int
) -> None:
    for _ in range(2):
        vendor.post(URL, status=status)
    vendor.post(URL, json={})
    assert send(URL).status == 200
    assert pauses == pytest.approx([0.1, 0.2])


def test_after_the_last_try_its_error_is_raised(
    vendor: responses.RequestsMock, send: Send
) -> None:
    calls = vendor.post(URL, status=502)
    with pytest.raises(VendorUnavailable, match="502"):
        send(URL)
    assert calls.call_count == RETRIES + 1


def test_what_must_not_reach_the_vendor_twice_is_not_repeated(
    vendor: responses.RequestsMock, send: Send
) -> None:
    calls = vendor.post(URL, status=503)
    with pytest.raises(VendorUnavailable):
        send(URL, repeatable=False)
    assert calls.call_count == 1


@pytest.mark.parametrize("reply", [b"", answer(b"{}")[:-1]])
def test_what_may_have_reached_the_vendor_is_not_repeated_either(
    serve: Serve, send: Send, reply: bytes
) -> None:
    vendor = serve(answers(reply))
    with pytest.raises(VendorError):
        send(vendor.url, repeatable=False)
    assert len(vendor.requests) == 1


def test_what_cannot_have_reached_the_vendor_is_always_repeated(
    serve: Serve, send: Send, pauses: list[float]
) -> None:
    vendor = serve(answers(b""))
    vendor.__exit__()  # nobody listens there now
    with pytest.raises(VendorUnavailable):
        send(vendor.url, repeatable=False)
    assert len(pauses) == RETRIES


@pytest.mark.parametrize(("seconds", "calls"), [(1.5, 1), (60, RETRIES + 1)])
def test_a_pause_that_does_not_fit_into_the_deadline_is_not_made(
    vendor: responses.RequestsMock,
    send: Send,
    pauses: list[float],
    seconds: float,
    calls: int,
) -> None:
    answers = vendor.post(URL, status=429, headers={"Retry-After": "2"})
    with pytest.raises(VendorRateLimited) as caught:
        send(URL, seconds=seconds)
    assert caught.value.retry_after == 2
    assert answers.call_count == calls
    assert len(pauses) == calls - 1


# One exchange


def test_a_redirect_is_not_followed_and_its_body_not_unpacked(
    serve: Serve, send: Send
) -> None:
    other = serve(answers(answer(b"{}")))
    bomb = gzip.compress(b"x" * 4_000_000)
    vendor = serve(
        answers(
            answer(
                bomb,
                f"Location: {other.url}",
                "Content-Encoding: gzip",
                status="307 Temporary Redirect",
            )
        )
    )
    with pytest.raises(VendorInvalid, match="larger than 65536"):
        send(vendor.url)
    assert other.connections == 0


@pytest.mark.parametrize("location", ["http://[", "\xff\xfe", "http://x:port/", "//"])
def test_a_redirect_to_nowhere_is_an_answer_like_any_redirect(
    serve: Serve, send: Send, location: str
) -> None:
    redirect = answer(b"", f"Location: {location}", status="302 Found")
    with pytest.raises(VendorInvalid, match="answered 302"):
        send(serve(answers(redirect)).url)


def test_cookies_of_the_vendor_are_not_kept(
    vendor: responses.RequestsMock, transport: Transport, send: Send
) -> None:
    vendor.post(URL, json={}, headers={"Set-Cookie": "sc=1; Path=/"})
    vendor.post(URL, json={}, match=[header_matcher({})])
    send(URL)
    send(URL)
    assert "Cookie" not in vendor.calls[1].request.headers


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxies_and_passwords_of_the_environment_are_not_obeyed(
    serve: Serve,
    send: Send,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    name: str,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login eve password eve")
    monkeypatch.setenv("NETRC", str(netrc))
    proxy, vendor = (serve(answers(answer(b"{}"))) for _ in range(2))
    monkeypatch.setenv(name, proxy.url)
    assert send(vendor.url).status == 200
    assert proxy.connections == 0
    assert b"authorization" not in vendor.requests[0].lower()


def test_a_connection_is_kept_for_the_next_call(serve: Serve, send: Send) -> None:
    vendor = serve(each_request(answer(b"{}")))
    for _ in range(3):
        send(vendor.url)
    assert (len(vendor.requests), vendor.connections) == (3, 1)


def test_a_kept_connection_that_the_vendor_closed_costs_no_error(
    serve: Serve, send: Send, pauses: list[float]
) -> None:
    vendor = serve(answers(answer(b"{}")))
    for number in range(3):
        send(vendor.url)
        vendor.wait_until_idle()
        assert vendor.connections == number + 1
    assert pauses == []


def test_a_connection_with_a_rest_of_a_large_answer_is_not_kept(
    serve: Serve, send: Send
) -> None:
    vendor = serve(each_request(answer(b"x" * 100_000), answer(b"{}")))
    with pytest.raises(VendorInvalid):
        send(vendor.url)
    assert send(vendor.url).body == b"{}"
    assert vendor.connections == 2


def reset(line: Line) -> None:
    line.read_request()
    line.reset()


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"", VendorUnavailable),
        (b"\r\n\r\n", VendorInvalid),
        (b"garbage\r\n" + answer(b"{}"), VendorInvalid),
        (b"HTTP/1.1 two OK\r\n\r\n", VendorInvalid),
        (b"\x00\xff" * 50_000, VendorInvalid),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", VendorInvalid),
        (answer(b"{}", "no header at all"), VendorInvalid),
        (answer(b"{}")[:-1], VendorInvalid),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}", VendorInvalid),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
            VendorInvalid,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
            VendorInvalid,
        ),
    ],
)
def test_bytes_that_are_no_answer_are_told_from_a_vendor_that_is_down(
    serve: Serve, send: Send, sent: bytes, kind: type[VendorError]
) -> None:
    with pytest.raises(kind) as caught:
        send(serve(answers(sent)).url)
    assert caught.value.__cause__ is None


def test_an_answer_cut_off_once_costs_no_error(serve: Serve, send: Send) -> None:
    replies = iter([answer(b"{}")[:-1], answer(b"{}")])

    def behave(line: Line) -> None:
        answers(next(replies))(line)

    assert send(serve(behave).url).body == b"{}"


def test_a_connection_that_is_reset_is_tried_again(serve: Serve, send: Send) -> None:
    vendor = serve(reset)
    with pytest.raises(VendorUnavailable):
        send(vendor.url)
    assert vendor.connections == RETRIES + 1


# What a failure means

CERTIFICATE = ssl.SSLCertVerificationError("secret words")
CERTIFICATE.verify_message = "certificate has expired"


@pytest.mark.parametrize(
    ("error", "kind", "words", "retryable"),
    [
        (requests.ConnectTimeout(), VendorTimeout, "no complete answer", True),
        (requests.ReadTimeout(), VendorTimeout, "no complete answer", True),
        (TimeoutError(), VendorTimeout, "no complete answer", True),
        (
            requests.exceptions.SSLError(CERTIFICATE),
            VendorUnavailable,
            "no trusted TLS connection: certificate has expired",
            False,
        ),
        (
            requests.exceptions.SSLError("secret words"),
            VendorUnavailable,
            "no trusted TLS connection",
            False,
        ),
        (
            requests.exceptions.SSLError(ssl.SSLEOFError()),
            VendorUnavailable,
            "the connection was closed",
            True,
        ),
        (
            requests.ConnectionError(http.client.RemoteDisconnected("secret words")),
            VendorUnavailable,
            "the connection was closed",
            True,
        ),
        (ConnectionResetError(), VendorUnavailable, "the connection broke", True),
        (
            http.client.IncompleteRead(b"secret words"),
            VendorInvalid,
            "the answer ends too early",
            True,
        ),
        (
            http.client.BadStatusLine("x"),
            VendorInvalid,
            "the answer is not HTTP",
            False,
        ),
        (
            urllib3.exceptions.InvalidHeader("secret words"),
            VendorInvalid,
            "the answer is not HTTP",
            False,
        ),
        (ValueError("secret words"), VendorInvalid, "the answer is not HTTP", False),
    ],
)
def test_a_failure_is_told_by_its_kind_and_never_by_its_words(
    error: Exception, kind: type[VendorError], words: str, retryable: bool
) -> None:
    cause = cause_of(error)
    assert type(cause) is kind
    assert (str(cause), cause.retryable) == (words, retryable) or words in str(cause)
    assert cause.retryable is retryable
    assert "secret" not in str(cause)


def test_a_failure_that_is_its_own_cause_is_told_as_well() -> None:
    error = OSError()
    error.__context__ = requests.ConnectionError(error)
    assert isinstance(cause_of(error), VendorUnavailable)


def test_no_secret_stands_in_the_error_of_a_call(
    transport: Transport, vendor: responses.RequestsMock
) -> None:
    vendor.post(URL, body=requests.ConnectionError(f"{API_KEY} {TOKEN}"))
    request = Request("POST", URL, json={"email": TOKEN}, auth=("x", API_KEY))
    with pytest.raises(VendorUnavailable) as caught:
        transport.send(request, Deadline(5))
    assert not caught.value.args[0].count(API_KEY)
    assert caught.value.__suppress_context__


# How many at once


def test_beyond_its_slots_a_call_waits_briefly_and_is_refused(
    serve: Serve, send: Send
) -> None:
    leave = threading.Event()

    def hold(line: Line) -> None:
        line.read_request()
        leave.wait(20)
        line.send(answer(b"{}"))

    vendor = serve(hold)
    held = [
        threading.Thread(target=send, args=(vendor.url,), kwargs={"seconds": 30})
        for _ in range(2)
    ]
    try:
        for thread in held:
            thread.start()
        vendor.wait_for_requests(2)
        with pytest.raises(VendorUnavailable, match="slots") as caught:
            send(vendor.url)
        assert caught.value.retry_after == 1
    finally:
        leave.set()
        for thread in held:
            thread.join(20)
    assert send(vendor.url).status == 200


def test_a_call_gives_its_slot_back_however_it_ends(
    vendor: responses.RequestsMock, send: Send, transport: Transport
) -> None:
    vendor.post(URL, status=401)
    for _ in range(5):
        with pytest.raises(VendorRejected):
            send(URL)
    vendor.replace("POST", URL, body=ZeroDivisionError())
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            send(URL)
    vendor.replace("POST", URL, json={})
    assert send(URL).status == 200


def test_each_host_has_a_breaker_of_its_own(
    vendor: responses.RequestsMock, send: Send
) -> None:
    vendor.post(URL, body=requests.ReadTimeout())
    vendor.post("https://other.test/v1", json={})
    for _ in range(5):
        with pytest.raises(VendorTimeout):
            send(URL)
    with pytest.raises(VendorUnavailable, match="not asked"):
        send(URL)
    assert send("https://other.test/v1").status == 200


def test_time_that_was_gone_before_is_not_held_against_the_vendor(
    vendor: responses.RequestsMock, send: Send
) -> None:
    for _ in range(20):
        with pytest.raises(VendorTimeout, match="no time was left"):
            send(URL, seconds=0)
    vendor.post(URL, json={})
    assert send(URL).status == 200


def test_time_that_went_by_while_waiting_for_a_slot_is_not_either(
    transport: Transport,
) -> None:
    # Asked when made, before the slot, by the slot, and in it.
    clock = iter([0.0, 0.0, 0.0, 10.0]).__next__
    with pytest.raises(VendorTimeout, match="no time was left"):
        transport.send(Request("POST", URL), Deadline(5, clock=clock))


def test_what_stands_in_an_address_is_in_no_debug_line_of_urllib3(
    transport: Transport, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"{serve(each_request(answer(b'{}'))).url}/v1/contact"
    request = Request("DELETE", url, params={"externalCustomerId": "crm-8842"})
    with caplog.at_level(logging.DEBUG, "urllib3"):
        transport.send(request, Deadline(5))
        requests.get(url, params={"mine": "yes"}, timeout=5)
    assert '"DELETE /v1/contact HTTP' in caplog.text
    assert "crm-8842" not in caplog.text
    assert "mine=yes" in caplog.text  # the site's own calls are its own
