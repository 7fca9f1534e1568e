"""A site of a customer of ours: an app with the extension on a port of its own."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.client.breaker import Breaker
from flask_app_inbox.client.transport import Transport
from flask_app_inbox.inbox.extension import make_client
from flask_app_inbox.inbox.state import EXTENSION, State
from flask_app_inbox.sandbox.server import AppServer
from tests.fixtures.fault_table import Overrun

API_KEY = "key-of-the-fault-tests"
EMAIL = "ann.fault@example.com"
PHONE = "380501234567"
CUSTOMER = "crm-8842-fault"
#: What every vendor of these tests gives, beside the sandbox.
TOKEN = "token-for-ann-only"

CONTACT = Contact(email=EMAIL, phone=PHONE, external_customer_id=CUSTOMER)

#: Seconds beyond the deadline that an answer may take.
GRACE = 0.3
#: A deadline for tests that wait until it has passed, and one for all others, whose
#: answers do not depend on how busy the machine is.
SHORT, LONG = 0.5, 5.0


@dataclass(frozen=True)
class Reply:
    """What a browser got, and after how many seconds."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The problem's code, None for a token."""
        code: str | None = self.json.get("code")
        return code

    @property
    def retry_after(self) -> int | None:
        value = self.headers["Retry-After"]
        return None if value is None else int(value)


class Site:
    """The site's own server in a thread; a context manager.

    :param api_url: where its vendor is.
    :param timeout: of its settings, as all others.
    :param breaker: makes the vendor's breaker; None: as in production.
    :param sleep: what retries wait with; None: as in production.
    """

    def __init__(
        self,
        api_url: str,
        *,
        timeout: float = LONG,
        breaker: Callable[[str], Breaker] | None = None,
        sleep: Callable[[float], None] | None = None,
        **settings: Any,
    ) -> None:
        self.timeout = timeout
        self.app = Flask("site of the tests")
        self.app.config.update(
            SECRET_KEY="site",
            APP_INBOX_API_KEY=API_KEY,
            APP_INBOX_API_URL=api_url,
            APP_INBOX_TIMEOUT=timeout,
            APP_INBOX_RATE_LIMIT="100000/second",
        )
        self.app.config.update(
            {f"APP_INBOX_{name.upper()}": value for name, value in settings.items()}
        )
        self.inbox = AppInbox(self.app)
        self.inbox.contact_loader(lambda: CONTACT)
        self.app.add_url_rule("/page", view_func=lambda: "a page of the site")
        if breaker or sleep:
            transport = Transport(
                max_concurrent=self.state.settings.max_concurrent,
                proxy=self.state.settings.proxy,
                make_breaker=breaker or Breaker,
                sleep=sleep or time.sleep,
            )
            self._replace(client=make_client(self.state.settings, transport))
        self._server = AppServer(self.app)

    @property
    def state(self) -> State:
        state: State = self.app.extensions[EXTENSION]
        return state

    def be_patient(self) -> None:
        """Give calls more time from now on."""
        self._replace(settings=replace(self.state.settings, timeout=LONG))

    def _replace(self, **parts: Any) -> None:
        self.app.extensions[EXTENSION] = replace(self.state, **parts)

    def __enter__(self) -> Site:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def ask(self) -> Reply:
        """Ask for a token, as the page's script does."""
        return call(self._server.port, "POST", "/app-inbox/token")

    def page(self) -> Reply:
        """Get a page that has nothing to do with the inbox."""
        return call(self._server.port, "GET", "/page")

    def ask_in_time(self) -> Reply:
        """Ask for a token that must not outlast the deadline."""
        return within(self.timeout + GRACE, self.ask)


def within(seconds: float, ask: Callable[[], Reply]) -> Reply:
    """Return what is answered in that time.

    The machine may be busy with other things, so the best of three counts.
    """
    for _ in range(3):
        reply = ask()
        if reply.seconds <= seconds:
            break
    else:
        raise Overrun(f"{reply.seconds:.2f} s, not {seconds}")
    return reply


def call(port: int, method: str, path: str) -> Reply:
    """Send one request to a site on this machine."""
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    return Reply(response.status, response.headers, body, time.monotonic() - start)


def check_problem(reply: Reply, status: int, code: str) -> None:
    """Assert that an answer is this problem, and nothing besides."""
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Vary"] == "Cookie"
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert set(reply.json) == {"type", "title", "status", "code", "retryable"}
    assert reply.json["status"] == status
    assert (reply.retry_after is not None) == (status in (429, 503))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
