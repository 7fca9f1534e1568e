"""The demo's client of the sandbox, when the sandbox is not itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses

from demo.shop.sandbox import Call, SandboxClient, SandboxError

URL = "http://sandbox.test"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Replace the network; what is prepared must be used."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def seen() -> list[Call]:
    """Return what the client tells of its calls."""
    return []


@pytest.fixture
def client(seen: list[Call]) -> SandboxClient:
    """Return a client of a sandbox that is none."""
    return SandboxClient(URL, seen.append)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>"},
        {"json": {"contacts": []}},
        {"json": ["olena@example.com"]},
        {"json": [], "status": 500},
        {"body": requests.ConnectionError("refused")},
        {"body": ""},
    ],
)
def test_an_answer_of_another_kind_is_one_error(
    wire: responses.RequestsMock, client: SandboxClient, answer: dict[str, Any]
) -> None:
    wire.get(f"{URL}/_sandbox/contacts", **answer)
    with pytest.raises(SandboxError):
        client.contact_emails()


def test_a_changing_call_is_told_of_with_its_status(
    wire: responses.RequestsMock, client: SandboxClient, seen: list[Call]
) -> None:
    wire.delete(f"{URL}/_sandbox/tokens", status=204)
    client.invalidate_tokens()
    assert [(c.method, c.path, c.status) for c in seen] == [
        ("DELETE", "/_sandbox/tokens", 204)
    ]


def test_a_call_that_fails_is_told_of_too(
    wire: responses.RequestsMock, client: SandboxClient, seen: list[Call]
) -> None:
    wire.post(f"{URL}/_sandbox/contacts", status=503)
    with pytest.raises(SandboxError, match="503"):
        client.add_contact("olena@example.com", "Olena")
    assert seen[0].status == 503


def test_reading_is_not_told_of(
    wire: responses.RequestsMock, client: SandboxClient, seen: list[Call]
) -> None:
    wire.get(f"{URL}/_sandbox/requests", json=[])
    assert client.requests_since(7) == []
    assert seen == []
