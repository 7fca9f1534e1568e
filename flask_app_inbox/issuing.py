"""Minting a token, measured and told to whoever listens."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, current_app, has_request_context, request

from .errors import StorageError, VendorError
from .guards import user_tag
from .signals import contact_unknown, token_failed, token_issued

if TYPE_CHECKING:
    from blinker import NamedSignal

    from .contact import Contact
    from .state import State
    from .vendor.deadline import Deadline

_VENDOR_TIME = "flask_app_inbox.vendor_time"


def issue_token(
    state: State,
    contact: Contact,
    deadline: Deadline | None = None,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> str:
    """Mint a token for a contact and send the signal of what came out.

    :returns: the token, "" for a contact that the vendor does not know.
    :raises VendorError: with the cause.
    """
    user = user_tag(current_app, state.settings, contact)
    start = clock()
    try:
        token = state.vendor.issue_token(contact, deadline)
    except (VendorError, StorageError) as error:
        tell_failure(
            error.code,
            retryable=isinstance(error, VendorError) and error.retryable,
            user=user,
            duration=_measured(clock() - start),
        )
        raise
    duration = _measured(clock() - start)
    _send(token_issued if token else contact_unknown, user=user, duration=duration)
    return token


def tell_failure(
    code: str,
    *,
    retryable: bool = False,
    user: str | None = None,
    duration: float | None = None,
) -> None:
    """Send ``token_failed``."""
    _send(token_failed, code=code, retryable=retryable, user=user, duration=duration)


def add_server_timing(response: Response) -> Response:
    """Tell the browser's developer tools how long the vendor took."""
    seconds = request.environ.get(_VENDOR_TIME)
    if seconds is not None:
        response.headers.add("Server-Timing", f"vendor;dur={seconds * 1000:.1f}")
    return response


def _measured(seconds: float) -> float:
    if has_request_context():
        request.environ[_VENDOR_TIME] = seconds
    return seconds


def _send(signal: NamedSignal, **data: Any) -> None:
    app: Flask = cast(Any, current_app)._get_current_object()
    signal.send(app, _async_wrapper=app.ensure_sync, **data)
