"""Faults on the wire, as a client meets them."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.faults.kinds import KINDS, Kind

Call = Callable[..., requests.Response]
Break = Callable[..., None]
Eventually = Callable[[Callable[[], object]], None]
Logged = Callable[[], list[int]]

REQUEST = (
    b"GET /v1/version HTTP/1.1\r\nHost: localhost\r\n"
    b"Authorization: Basic OnNhbmRib3gta2V5\r\n\r\n"
)


@pytest.fixture
def wire(sandbox: SandboxServer) -> Iterator[socket.socket]:
    """A raw connection to the sandbox."""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as client:
        yield client


def read_all(client: socket.socket) -> bytes:
    """Read to the end; a reset counts as one."""
    received = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while block := client.recv(65536):
            received += block
    return bytes(received)


def request_broken_by(
    kind: Kind, port: int, control: Call, eventually: Eventually
) -> bytes:
    """Break one request in this way; return all that its client got."""
    required = {o.name: o.example for o in kind.options if o.example is not None}
    order = {"route": "version", "kind": kind.name, "times": 1, **required}
    answer = control("POST", "faults", json=order)
    assert answer.status_code == 201, answer.text
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        eventually(lambda: control("GET", "faults").json()["faults"] == [])
        client.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            return read_all(client)
    return b""


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_spoils_an_answer_and_leaves_the_sandbox_well(
    sandbox: SandboxServer,
    control: Call,
    vendor: Call,
    eventually: Eventually,
    kind: Kind,
) -> None:
    received = request_broken_by(kind, sandbox.port, control, eventually)
    assert not received.endswith(b'{"version":"1","protocolVersion":"1.0"}\n')
    control("DELETE", "faults")
    eventually(lambda: control("GET", "requests").json())
    assert len(control("GET", "requests").json()) == 1
    assert vendor("GET", "/v1/version").json()["version"]


@pytest.fixture
def logged(control: Call, eventually: Eventually) -> Callable[[], list[int]]:
    """Return the statuses in the log as soon as there are any."""

    def statuses() -> list[int]:
        eventually(lambda: control("GET", "requests").json())
        return [entry["status"] for entry in control("GET", "requests").json()]

    return statuses


@pytest.fixture
def victim(control: Call, eventually: Eventually) -> Callable[[], None]:
    """Wait until the fault that is set has struck somebody."""

    def wait() -> None:
        eventually(lambda: control("GET", "faults").json()["faults"][0]["hits"])

    return wait


def test_a_status_comes_with_its_body(vendor: Call, break_route: Break) -> None:
    break_route("version", "status", status=400, body="Wrong <things>")
    answer = vendor("GET", "/v1/version")
    assert (answer.status_code, answer.text) == (400, "Wrong <things>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("status", [200, 204, 304, 401, 429, 500, 599])
def test_any_status_can_be_had_on_a_connection_that_goes_on(
    vendor: Call, break_route: Break, status: int
) -> None:
    break_route("version", "status", status=status)
    assert vendor("GET", "/v1/version").status_code == status
    assert vendor("GET", "/v1/version").json()["version"]


@pytest.mark.parametrize("value", [7, "Wed, 21 Oct 2026 07:28:00 GMT", "nonsense"])
def test_a_retry_after_is_sent_as_it_was_given(
    vendor: Call, break_route: Break, value: int | str
) -> None:
    break_route("version", "status", status=429, retryAfter=value)
    assert vendor("GET", "/v1/version").headers["Retry-After"] == str(value)


def test_a_delayed_answer_comes_late_and_whole(
    vendor: Call, break_route: Break, control: Call
) -> None:
    break_route("version", "delay", seconds=0.3)
    began = time.monotonic()
    assert vendor("GET", "/v1/version").json()["version"]
    assert time.monotonic() - began >= 0.3
    entry = control("GET", "requests").json()[0]
    assert entry["status"] == 200
    assert entry["ms"] >= 300


def in_background(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_clearing_faults_ends_a_delay_at_once(
    vendor: Call,
    break_route: Break,
    control: Call,
    victim: Callable[[], None],
) -> None:
    break_route("version", "delay", seconds=3000, times=None)
    answers: list[requests.Response] = []
    waiting = in_background(lambda: answers.append(vendor("GET", "/v1/version")))
    victim()
    control("DELETE", "faults")
    waiting.join(10)
    assert answers[0].status_code == 200


def test_a_hanging_call_never_answers(
    vendor: Call,
    break_route: Break,
    logged: Logged,
) -> None:
    break_route("version", "hang")
    with pytest.raises(requests.ReadTimeout):
        vendor("GET", "/v1/version", timeout=0.3)
    assert logged() == [0]


def test_clearing_faults_frees_who_hangs(
    wire: socket.socket,
    break_route: Break,
    control: Call,
    logged: Logged,
    victim: Callable[[], None],
) -> None:
    break_route("version", "hang", times=None)
    wire.sendall(REQUEST)
    victim()
    control("DELETE", "faults")
    assert read_all(wire) == b""
    assert logged() == [0]


def test_a_client_that_sends_on_while_it_hangs_has_not_left(
    wire: socket.socket, break_route: Break, control: Call
) -> None:
    break_route("version", "hang")
    wire.sendall(REQUEST + REQUEST)
    wire.settimeout(0.3)
    with pytest.raises(TimeoutError):
        wire.recv(1)
    assert control("GET", "requests").json() == []


def test_a_client_that_resets_while_it_hangs_has_left(
    wire: socket.socket,
    break_route: Break,
    logged: Logged,
    victim: Callable[[], None],
) -> None:
    break_route("version", "hang", times=None)
    wire.sendall(REQUEST)
    victim()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wire.close()
    assert logged() == [0]


def test_a_reset_before_the_answer_breaks_the_connection(
    wire: socket.socket,
    break_route: Break,
    logged: Logged,
) -> None:
    break_route("version", "reset")
    wire.sendall(REQUEST)
    with pytest.raises(ConnectionResetError):
        wire.recv(1)
    assert logged() == [0]


def test_a_reset_in_the_headers_leaves_half_of_them(
    wire: socket.socket,
    break_route: Break,
    logged: Logged,
) -> None:
    break_route("version", "reset", when="headers")
    wire.sendall(REQUEST)
    received = read_all(wire)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in received
    assert logged() == [0]


@pytest.mark.parametrize(
    ("kind", "options"), [("reset", {"when": "body"}), ("truncate", {})]
)
def test_half_a_body_comes_with_the_length_of_the_whole(
    wire: socket.socket,
    break_route: Break,
    kind: str,
    options: dict[str, Any],
    logged: Logged,
) -> None:
    break_route("version", kind, **options)
    wire.sendall(REQUEST)
    head, body = read_all(wire).split(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.startswith(b"Content-Length:")
    )
    assert 0 < len(body) < length
    assert logged() == [0]


def test_resets_and_cut_bodies_are_errors_to_requests(
    vendor: Call, break_route: Break
) -> None:
    break_route("version", "reset", when="before")
    break_route("version", "reset", when="headers")
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            vendor("GET", "/v1/version")
    break_route("version", "reset", when="body")
    break_route("version", "truncate")
    for _ in range(2):
        with pytest.raises(requests.RequestException):
            vendor("GET", "/v1/version").json()
    assert vendor("GET", "/v1/version").status_code == 200


@pytest.mark.parametrize("where", ["all", "headers", "body"])
def test_a_drip_sends_the_whole_answer_byte_by_byte(
    wire: socket.socket,
    break_route: Break,
    where: str,
    logged: Logged,
) -> None:
    break_route("version", "drip", seconds=0.002, where=where)
    began = time.monotonic()
    wire.sendall(REQUEST)
    received = read_all(wire)
    took = time.monotonic() - began
    head, _, body = received.partition(b"\r\n\r\n")
    assert body == b'{"version":"1","protocolVersion":"1.0"}\n'
    slow = {"all": len(received), "headers": len(head) + 4, "body": len(body)}[where]
    assert took >= (slow - 1) * 0.002
    assert logged() == [200]


def test_a_drip_takes_a_second_for_a_byte_by_default(
    wire: socket.socket,
    break_route: Break,
    control: Call,
    logged: Logged,
) -> None:
    break_route("version", "drip")
    wire.sendall(REQUEST)
    assert wire.recv(100) == b"H"
    wire.settimeout(0.5)
    with pytest.raises(TimeoutError):
        wire.recv(1)
    control("DELETE", "faults")
    wire.settimeout(10)
    assert read_all(wire).startswith(b"TTP/1.1 200 OK\r\n")
    assert logged() == [200]


def test_a_client_that_leaves_a_drip_is_logged_as_unanswered(
    wire: socket.socket,
    break_route: Break,
    logged: Logged,
) -> None:
    break_route("version", "drip", seconds=0.01)
    wire.sendall(REQUEST)
    wire.recv(1)
    wire.close()
    assert logged() == [0]


def test_a_drip_of_no_body_ends(
    anyone: Call, break_route: Break, issue: Callable[..., str], ann: dict[str, Any]
) -> None:
    break_route("status", "drip", where="body")
    answer = anyone(
        "POST",
        "/appinbox/v1/messages/status",
        headers={"ES-TOKEN": issue()},
        json={"status": "OPENED", "ids": []},
    )
    assert (answer.status_code, answer.content) == (200, b"")


def test_garbage_is_valid_http_and_no_json(vendor: Call, break_route: Break) -> None:
    break_route("version", "garbage")
    answer = vendor("GET", "/v1/version")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        ("version", "/v1/version", {"version": 20417, "protocolVersion": []}),
        ("token", "/v1/auth/contact/token", {"token": 42}),
        ("snippet", "/v1/site/script", [42]),
    ],
)
def test_types_are_wrong_by_default(
    vendor: Call, break_route: Break, route: str, path: str, expected: object
) -> None:
    break_route(route, "types")
    assert vendor("GET", path).json() == expected


@pytest.mark.parametrize("value", [[], None, {"token": None}, "x", 1.5])
def test_types_can_be_given(vendor: Call, break_route: Break, value: object) -> None:
    break_route("version", "types", value=value)
    assert vendor("GET", "/v1/version").json() == value


def test_html_comes_in_place_of_json(vendor: Call, break_route: Break) -> None:
    break_route("version", "html")
    answer = vendor("GET", "/v1/version")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "text/html; charset=utf-8",
    )


def test_a_huge_body_is_streamed_to_its_end(vendor: Call, break_route: Break) -> None:
    break_route("version", "huge", bytes=3_000_001)
    answer = vendor("GET", "/v1/version")
    assert "Content-Length" not in answer.headers
    assert len(answer.json()["token"]) == 3_000_001
    assert vendor("GET", "/v1/version").json()["version"]


def test_a_huge_body_need_not_be_read(vendor: Call, break_route: Break) -> None:
    break_route("version", "huge")
    answer = vendor("GET", "/v1/version", stream=True)
    assert next(answer.iter_content(100)).startswith(b'{"token": "')
    answer.close()
    assert vendor("GET", "/v1/version").json()["version"]


def test_a_redirect_leads_to_another_host_by_default(
    vendor: Call, break_route: Break, control: Call, sandbox: SandboxServer
) -> None:
    break_route("version", "redirect", times=2)
    answer = vendor("GET", "/v1/version", allow_redirects=False)
    assert answer.status_code == 302
    other = f"http://localhost:{sandbox.port}"
    assert answer.headers["Location"] == f"{other}/redirected"
    headers = {"Host": f"localhost:{sandbox.port}"}
    back = vendor("GET", "/v1/version", allow_redirects=False, headers=headers)
    assert back.headers["Location"] == f"{sandbox.url}/redirected"


def test_whoever_follows_a_redirect_shows_in_the_log(
    vendor: Call, break_route: Break, control: Call
) -> None:
    break_route("version", "redirect", location="/elsewhere")
    vendor("GET", "/v1/version")
    entries = control("GET", "requests").json()
    assert [e["path"] for e in entries] == ["/v1/version", "/elsewhere"]
