"""The state of one app's operator panel: one frozen object in its extensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from ..client.chathub import ChatHubClient
from ..web.assets import PageScript
from ..web.failure_log import FailureLog
from ..web.rate_limit import RateLimiter
from ..web.this_app import this_app
from .settings import ChatHubSettings
from .tokens import OperatorTokens

EXTENSION = "chathub"


@dataclass
class Loaders:
    """Functions of the site that we call; each is optional."""

    operators: Callable[[], Any] | None = None
    language: Callable[[], Any] | None = None
    csp_nonce: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Scripts:
    """What runs in the page, and in the frame that holds the vendor's panel."""

    page: PageScript
    frame: PageScript


def _failure_log() -> FailureLog:
    return FailureLog("ChatHub", "flask chathub check")


@dataclass(frozen=True)
class State:
    """One app's operator panel; without client and tokens it is switched off."""

    settings: ChatHubSettings
    client: ChatHubClient | None
    tokens: OperatorTokens | None
    rate_limiter: RateLimiter
    scripts: Scripts
    loaders: Loaders
    failures: FailureLog = field(default_factory=_failure_log)


def current_state() -> State:
    """Return the operator panel of the current app.

    :raises RuntimeError: if it has none.
    """
    return state_of(this_app())


def state_of(app: Flask) -> State:
    """Return the operator panel of an app.

    :raises RuntimeError: if it has none.
    """
    state: State | None = app.extensions.get(EXTENSION)
    if state is None:
        raise RuntimeError("This app has no ChatHub. Call init_app(app) first.")
    return state
