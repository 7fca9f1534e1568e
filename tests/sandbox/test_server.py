"""The sandbox as a server: start, stop, and what it leaves behind."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer

pytestmark = pytest.mark.server


def fetch(url: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, auth=("", "sandbox-key"), timeout=10)


def threads_of(server: SandboxServer) -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(f"sandbox-{server.port}")]


def test_it_listens_between_start_and_stop() -> None:
    with SandboxServer() as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert fetch(f"{server.url}/v1/version").status_code == 200
    assert threads_of(server) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=10)


def test_it_starts_again_on_its_port_with_what_it_knew() -> None:
    server = SandboxServer()
    assert server.port == 0
    assert server.start() is server
    port = server.port
    with requests.Session() as session:
        session.trust_env = False
        session.post(
            f"{server.url}/_sandbox/contacts", json={"email": "a@b.c"}, timeout=10
        )
    server.stop()
    server.start()
    assert server.port == port
    assert len(fetch(f"{server.url}/_sandbox/contacts").json()) == 1
    server.stop()


def test_a_second_start_is_refused_and_a_second_stop_does_nothing() -> None:
    server = SandboxServer()
    server.stop()
    with server:
        with pytest.raises(RuntimeError, match="is running already"):
            server.start()
        assert fetch(f"{server.url}/v1/version").status_code == 200
    server.stop()


def test_a_port_that_is_taken_is_an_os_error() -> None:
    with SandboxServer() as server:
        second = SandboxServer(port=server.port)
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()


def test_several_run_side_by_side() -> None:
    with SandboxServer() as one, SandboxServer(api_key="other") as two:
        assert one.port != two.port
        assert fetch(f"{one.url}/v1/version").status_code == 200
        assert fetch(f"{two.url}/v1/version").status_code == 401


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "http://localhost:{}"),
        ("0.0.0.0", "http://127.0.0.1:{}"),
        ("::1", "http://[::1]:{}"),
        ("::", "http://[::1]:{}"),
    ],
)
def test_the_url_leads_to_the_host(host: str, url: str) -> None:
    if ":" in host and not _has_ipv6():
        pytest.skip("This machine has no IPv6.")
    with SandboxServer(host) as server:
        assert server.url == url.format(server.port)
        assert fetch(f"{server.url}/_sandbox/contacts").status_code == 200


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "hang"},
        {"kind": "delay", "seconds": 3000},
        {"kind": "drip", "seconds": 3000},
        {"kind": "huge"},
    ],
)
def test_it_stops_at_once_in_the_middle_of_a_fault(
    fault: dict[str, object], eventually: Callable[[Callable[[], object]], None]
) -> None:
    with SandboxServer() as server, requests.Session() as session:
        session.trust_env = False
        fault |= {"route": "version", "times": None}
        url = f"{server.url}/_sandbox/faults"
        session.post(url, json=fault, timeout=10)
        clients = []
        for _ in range(5):
            client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            client.request("GET", "/v1/version")
            clients.append(client)
        eventually(
            lambda: session.get(url, timeout=10).json()["faults"][0]["hits"] == 5
        )
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 2
        assert threads_of(server) == []
        for client in clients:
            client.close()


def test_it_closes_connections_that_are_kept() -> None:
    with SandboxServer() as server:
        # Accepted before the other one, which has got its answer.
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        client.request("GET", "/v1/version")
        client.getresponse().read()
        server.stop()
        assert threads_of(server) == []
        assert client.sock.recv(1) == b""
        assert idle.recv(1) == b""
        client.close()
        idle.close()


def test_many_clients_are_answered_at_once() -> None:
    with SandboxServer() as server, ThreadPoolExecutor(60) as pool:
        urls = [f"{server.url}/v1/version"] * 120
        assert {answer.status_code for answer in pool.map(fetch, urls)} == {200}


def test_it_runs_beside_an_event_loop() -> None:
    async def use() -> int:
        with SandboxServer() as server:
            loop = asyncio.get_running_loop()
            url = f"{server.url}/v1/version"
            return (await loop.run_in_executor(None, fetch, url)).status_code

    assert asyncio.run(use()) == 200


def test_it_says_nothing_unless_asked(capfd: pytest.CaptureFixture[str]) -> None:
    with SandboxServer() as server:
        fetch(f"{server.url}/v1/version")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(b"HELLO\r\n\r\n")
            client.recv(1000)
    assert capfd.readouterr() == ("", "")


def test_a_verbose_one_names_each_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "werkzeug"), SandboxServer(verbose=True) as server:
        fetch(f"{server.url}/v1/version")
    assert '"GET /v1/version HTTP/1.1' in caplog.text
