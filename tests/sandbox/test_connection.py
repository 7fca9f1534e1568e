"""HTTP/1.1 as the sandbox's own server speaks it."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Iterator

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer

Call = Callable[..., requests.Response]

AUTH = b"Authorization: Basic OnNhbmRib3gta2V5\r\n"


@pytest.fixture
def wire(sandbox: SandboxServer) -> Iterator[socket.socket]:
    """A raw connection to the sandbox."""
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as client:
        yield client


def read_all(client: socket.socket) -> bytes:
    received = b""
    while block := client.recv(65536):
        received += block
    return received


def test_a_connection_is_kept_for_many_requests(sandbox: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    headers = {"Authorization": "Basic OnNhbmRib3gta2V5"}
    connection.request("GET", "/v1/version", headers=headers)
    connection.getresponse().read()
    first = connection.sock
    for method, path in [
        ("HEAD", "/v1/version"),
        ("POST", "/v1/contact"),
        ("OPTIONS", "/appinbox/v1/messages"),
        ("GET", "/nothing"),
        ("GET", "/v1/version"),
    ]:
        connection.request(method, path, headers=headers, body=b"x" * 100)
        connection.getresponse().read()
        assert connection.sock is first
    connection.close()


def test_requests_may_be_sent_ahead(wire: socket.socket) -> None:
    one = b"GET /v1/version HTTP/1.1\r\nHost: localhost\r\n" + AUTH
    wire.sendall(one + b"\r\n" + one + b"Connection: close\r\n\r\n")
    received = read_all(wire)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.count(b"Connection: close") == 1


def test_head_has_the_length_and_no_body(anyone: Call, vendor: Call) -> None:
    answer = vendor("HEAD", "/v1/version")
    assert int(answer.headers["Content-Length"]) > 10
    assert answer.content == b""


def test_an_answer_without_content_has_no_length(anyone: Call) -> None:
    answer = anyone("OPTIONS", "/appinbox/v1/messages")
    assert answer.status_code == 204
    assert "Content-Length" not in answer.headers


def test_answers_are_dated(vendor: Call) -> None:
    assert vendor("GET", "/v1/version").headers["Date"].endswith("GMT")


def test_a_chunked_body_is_read(vendor: Call, control: Call) -> None:
    control("POST", "contacts", json={"email": "ann@example.com"})
    parts = iter([b'{"email": ', b'"ann@example.com"}'])
    headers = {"Content-Type": "application/json"}
    for _ in range(2):
        answer = vendor("POST", "/v1/auth/contact/token", data=parts, headers=headers)
        assert answer.status_code in (200, 400)
    assert answer.status_code == 400
    assert control("GET", "tokens").json()["alive"] == 1


def test_a_client_may_wait_for_permission_to_send(wire: socket.socket) -> None:
    body = b'{"email": "nobody@example.com"}'
    wire.sendall(
        b"POST /v1/auth/contact/token HTTP/1.1\r\nHost: localhost\r\n"
        + AUTH
        + b"Content-Type: application/json\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    assert wire.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.sendall(body)
    assert read_all(wire).endswith(b'{"token":""}\n')


def test_a_body_that_is_too_long_is_refused(vendor: Call) -> None:
    headers = {"Content-Type": "application/json"}
    data = b'"' + b"a" * 9_000_000 + b'"'
    for body in (data, iter([data])):
        answer = vendor("POST", "/v1/contact", data=body, headers=headers)
        assert answer.status_code == 413
        assert answer.headers["Connection"] == "close"
    assert vendor("GET", "/v1/version").status_code == 200


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n",
    ],
)
def test_a_body_that_is_framed_wrongly_is_refused(
    wire: socket.socket, framing: bytes
) -> None:
    wire.sendall(b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\n" + AUTH + framing)
    assert read_all(wire).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_leaves_in_its_body_is_forgotten(
    wire: socket.socket, control: Call
) -> None:
    wire.sendall(
        b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"
    )
    wire.shutdown(socket.SHUT_WR)
    assert read_all(wire) == b""
    assert control("GET", "requests").json() == []


def test_a_long_body_that_ends_early_is_refused(wire: socket.socket) -> None:
    wire.sendall(
        b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\n"
        + AUTH
        + b"Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\nabc"
    )
    wire.shutdown(socket.SHUT_WR)
    assert read_all(wire).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("keep", [b"", b"Connection: keep-alive\r\n"])
def test_an_old_client_gets_an_answer_that_ends_with_the_connection(
    wire: socket.socket, control: Call, keep: bytes
) -> None:
    body = {"route": "version", "kind": "huge", "bytes": 10}
    control("POST", "faults", json=body)
    wire.sendall(b"GET /v1/version HTTP/1.0\r\n" + AUTH + keep + b"\r\n")
    head, _, received = read_all(wire).partition(b"\r\n\r\n")
    assert b"Connection: close" in head
    assert received == b'{"token": "aaaaaaaaaa"}'


def test_nonsense_is_refused(wire: socket.socket) -> None:
    wire.sendall(b"HELLO\r\n\r\n")
    assert b"400" in read_all(wire)
