"""What one app knows of its operator panel: one frozen object in its extensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from ..errors import VendorInvalid, VendorRejected
from ..failure_log import FailureLog
from ..rate_limit import RateLimiter
from ..script import PageScript
from ..vendor.chathub import ChatHubClient
from .settings import ChatHubSettings
from .tokens import OperatorTokens

EXTENSION = "chathub"

#: What an owner can do about a failure; the rest passes by itself.
ADVICE = {
    VendorRejected.code: (
        " Check CHATHUB_KEY, or CHATHUB_LOGIN and CHATHUB_PASSWORD, with `flask "
        "chathub check`, and whether the operator is active."
    ),
    VendorInvalid.code: " Check CHATHUB_API_URL and the ids of the operator_loader.",
}


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
    failures: FailureLog = field(default_factory=lambda: FailureLog("ChatHub", ADVICE))


def current_state() -> State:
    """Return the operator panel of the current app.

    :raises RuntimeError: if it has none.
    """
    state: State | None = current_app.extensions.get(EXTENSION)
    if state is None:
        raise RuntimeError("This app has no ChatHub. Call init_app(app) first.")
    return state
