"""What one app knows of its operator panel: one frozen object in its extensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from ..guards import RateLimiter
from ..script import PageScript
from ..vendor.chathub import ChatHubClient
from .settings import ChatHubSettings
from .tokens import OperatorTokens

EXTENSION = "chathub"


@dataclass
class Loaders:
    """The site's own answers to our questions."""

    operators: Callable[[], Any] | None = None
    language: Callable[[], Any] | None = None
    csp_nonce: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Scripts:
    """What runs in the page, and in the frame that holds the vendor's panel."""

    page: PageScript
    frame: PageScript


@dataclass(frozen=True)
class State:
    """One app's operator panel; without vendor and tokens it is switched off."""

    settings: ChatHubSettings
    vendor: ChatHubClient | None
    tokens: OperatorTokens | None
    rate_limiter: RateLimiter
    scripts: Scripts
    loaders: Loaders


def current_state() -> State:
    """Return the operator panel of the app that handles this request."""
    state: State = current_app.extensions[EXTENSION]
    return state
