"""Calling the site's own functions: loaders, receivers of signals, nonce, language."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import HTTPException

from ..config.languages import DEFAULT_LANGUAGE, two_letters
from ..errors import LoaderError
from .this_app import this_app

if TYPE_CHECKING:
    from blinker import NamedSignal

logger = logging.getLogger(__name__)

_BASE64 = r"[A-Za-z0-9+/_-]+={0,2}"


def call(function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Call a function of the site, plain or async, and return what it returns.

    In an async view this thread's event loop is busy with the view. So an async
    function runs in a thread of its own, with this request's context.
    """
    app = this_app()

    def run() -> Any:
        # Made where it runs: up to asgiref 3.11.1 it belongs to the loop of the thread
        # that makes it, and would wait here for that loop, which waits for us.
        return app.ensure_sync(function)(*given, **named)

    if not _runs_a_loop() or app.ensure_sync(function) is function:
        return run()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(copy_context().run, run).result()


class calling:  # noqa: N801 - it reads as what it does
    """Blame a function of the site for whatever is raised in a block.

    Every call of such a function stands in one of these blocks, together with whatever
    looks at what it returned: that may be a lazy object, which raises later.

    :param name: what the site's owner calls the function, for the message.
    :param may_abort: whether ``abort()`` is an answer; else it is a failure, too.
    :raises LoaderError: if anything is raised. Its cause is what the log shows. The
        description of an ``abort()`` is for one person, so that has none.
    """

    # A generator of contextlib's would take four times as long, for each page.
    __slots__ = ("_may_abort", "_name")

    def __init__(self, name: str, *, may_abort: bool = False) -> None:
        self._name = name
        self._may_abort = may_abort

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _at: object) -> None:
        if isinstance(error, LoaderError) or not isinstance(error, Exception):
            return
        if not isinstance(error, HTTPException):
            raise LoaderError(
                f"The {self._name} raised {type(error).__name__}."
            ) from error
        if not self._may_abort:
            status = _status_of(error)
            raise LoaderError(f"The {self._name} aborts with {status}.") from None


def _status_of(error: HTTPException) -> int | None:
    # abort() takes a whole response, too, such as a redirect.
    return error.code or getattr(error.response, "status_code", None)


def call_loader(name: str, loader: Callable[..., Any], *given: Any) -> Any:
    """Call a loader of the site and return what it returns.

    :param name: as it is registered, for the message.
    :raises LoaderError: if it raises anything, or calls ``abort()``.
    """
    with calling(name):
        return call(loader, *given)


def send(signal: NamedSignal, **data: Any) -> None:
    """Send a signal of the current app to receivers that may be async.

    :raises LoaderError: if a receiver raises; those after it hear nothing.
    """
    with calling(f"receiver of the signal {signal.name}"):
        signal.send(this_app(), _async_wrapper=lambda hear: partial(call, hear), **data)


def send_to_each(signal: NamedSignal, **data: Any) -> None:
    """Send a signal where only the log can be told that a receiver failed.

    All receivers hear it, whatever another one does.
    """
    if signal.is_muted:
        return
    app = this_app()
    for hear in signal.receivers_for(app):
        try:
            with calling(f"receiver of the signal {signal.name}"):
                call(hear, app, **data)
        except LoaderError as error:
            logger.error("%s", error, exc_info=error.__cause__)


def _runs_a_loop() -> bool:
    import asyncio  # most sites have no async function and need not wait for it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def page_nonce(
    app: Flask, given: str | None, source: Callable[[], Any] | None
) -> str | None:
    """Return the nonce of the page's Content-Security-Policy.

    :param given: the nonce from the template's call, which goes first.
    :param source: the callable that the extension was given; by default the Jinja
        global ``csp_nonce``.
    :returns: None if the page has no usable nonce.
    :raises LoaderError: if it cannot be found out.
    """
    with calling("csp_nonce"):
        nonce = _nonce_of_page(app, source) if given is None else given
        if not nonce:
            return None
        if isinstance(nonce, str) and re.fullmatch(_BASE64, nonce):
            return nonce
    logger.warning("The nonce for our script is not base64, so it is left out.")
    return None


def _nonce_of_page(app: Flask, source: Any) -> Any:
    if source is None:
        source = app.jinja_env.globals.get("csp_nonce")
    return call(source) if callable(source) else source


def page_language(
    app: Flask, loader: Callable[[], object] | None, setting: str | None
) -> str:
    """Return the page's language: loader, setting, Flask-Babel, else English.

    :returns: two letters of ISO 639-1.
    :raises LoaderError: if the site's loader fails.
    """
    if loader is not None:
        with calling("language_loader"):
            given = call(loader)
            code = two_letters(str(given))  # it may be a Babel Locale
        if code is not None:
            return code
        if given is not None:
            logger.warning("The language_loader returned no language of ISO 639-1.")
    return setting or _babel_language(app) or DEFAULT_LANGUAGE


def uses_flask_babel(app: Flask) -> bool:
    """Return whether a site has Flask-Babel.

    Other extensions, and sites, put objects of their own at the same place.
    """
    babel = app.extensions.get("babel")
    return any(
        kind.__module__.partition(".")[0] == "flask_babel"
        for kind in type(babel).__mro__
    )


def _babel_language(app: Flask) -> str | None:
    """Return the language of Flask-Babel's locale; None: it cannot tell."""
    if not uses_flask_babel(app):
        return None
    try:
        with calling("locale_selector of Flask-Babel"):
            from flask_babel import get_locale

            return two_letters(str(get_locale()))
    except LoaderError as error:
        # It is no reason to withhold the inbox: the language is a guess without it.
        logger.error(
            "This page gets its language without Flask-Babel: %s",
            error,
            exc_info=error.__cause__,
        )
        return None
