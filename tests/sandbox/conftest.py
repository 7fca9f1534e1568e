"""A sandbox on a real port, and callers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.waiting import wait_until

Call = Callable[..., requests.Response]

KEY = "sandbox-key"


@pytest.fixture
def anyone(sandbox: SandboxServer) -> Iterator[Call]:
    """A caller without credentials: `anyone("GET", "/path", json=…)`."""
    with requests.Session() as session:
        session.trust_env = False

        def call(method: str, path: str, **options: Any) -> requests.Response:
            options.setdefault("timeout", 10)
            return session.request(method, sandbox.url + path, **options)

        yield call


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds: `eventually(lambda: …)`."""

    return wait_until


@pytest.fixture
def vendor(anyone: Call) -> Call:
    """A caller with the API key, for the REST API."""

    def call(method: str, path: str, **options: Any) -> requests.Response:
        return anyone(method, path, auth=("any name", KEY), **options)

    return call


@pytest.fixture
def control(anyone: Call) -> Call:
    """A caller of the control API: `control("POST", "contacts", json=…)`."""

    def call(method: str, path: str, **options: Any) -> requests.Response:
        return anyone(method, f"/_sandbox/{path}", **options)

    return call


@pytest.fixture
def break_route(control: Call) -> Callable[..., None]:
    """Set a fault: `break_route("token", "status", status=503)`."""

    def set_fault(route: str, kind: str, **options: Any) -> None:
        answer = control(
            "POST", "faults", json={"route": route, "kind": kind} | options
        )
        assert answer.status_code == 201, answer.text

    return set_fault


@pytest.fixture
def ann(control: Call) -> dict[str, Any]:
    """A contact with an email."""
    contact: dict[str, Any] = control(
        "POST", "contacts", json={"email": "ann@example.com"}
    ).json()
    return contact


@pytest.fixture
def issue(vendor: Call) -> Callable[..., str]:
    """Return a function: `issue()` issues Ann a token, `issue(phone=…)` others."""

    def issue_one(**contact: str) -> str:
        answer = vendor(
            "POST",
            "/v1/auth/contact/token",
            json=contact or {"email": "ann@example.com"},
        )
        token: str = answer.json()["token"]
        return token

    return issue_one


@pytest.fixture
def send(control: Call, ann: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Send Ann a message: `send("Title", content=…)`; return its JSON."""

    def send_one(title: str, **more: Any) -> dict[str, Any]:
        body = {"email": ann["email"], "title": title} | more
        answer = control("POST", "messages", json=body)
        assert answer.status_code == 201, answer.text
        message: dict[str, Any] = answer.json()
        return message

    return send_one


@pytest.fixture
def inbox(anyone: Call) -> Call:
    """A caller of the inbox: `inbox("GET", "/count", token)`."""

    def call(method: str, path: str, token: str, **options: Any) -> requests.Response:
        return anyone(
            method,
            f"/appinbox/v1/messages{path}",
            headers={"ES-TOKEN": token},
            **options,
        )

    return call
