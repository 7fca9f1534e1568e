"""Transports to test on, and a vendor of bare sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from requests import Request

from flask_app_inbox.client.answer import Answer
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.transport import Transport
from tests.faults.raw_vendor import Behaviour, RawVendor

#: What one call to a vendor needs: send(url) -> answer.
Send = Callable[..., Answer]
Serve = Callable[[Behaviour], RawVendor]


@pytest.fixture(autouse=True)
def _nothing_secret_in_the_log(no_secret_logged: list[str]) -> None:
    """Look into the log of every test here."""


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the transport waited between attempts."""
    return []


@pytest.fixture
def transport(pauses: list[float]) -> Iterator[Transport]:
    """A transport of two slots, whose retries do not wait."""
    transport = Transport(max_concurrent=2, sleep=pauses.append, jitter=lambda: 0.5)
    yield transport
    transport._resources.get().session.close()


@pytest.fixture
def send(transport: Transport) -> Send:
    """Send a POST: `send(url, seconds=0.4, repeatable=False)`."""

    def send(
        url: str,
        *,
        seconds: float = 5,
        deadline: Deadline | None = None,
        repeatable: bool = True,
    ) -> Answer:
        request = Request("POST", url, json={})
        deadline = deadline or Deadline(seconds)
        return transport.send(request, deadline, repeatable=repeatable)

    return send


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a vendor of bare sockets: `serve(answers(b"…")).url`."""
    with ExitStack() as stack:
        yield lambda behave: stack.enter_context(RawVendor(behave))
