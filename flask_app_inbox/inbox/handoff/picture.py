"""A picture of a page with the anchor marked, taken by a browser on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
#: Seconds for a browser to start, load the page and draw it.
TIMEOUT = 60

_MARK = (
    "{selector} {{ outline: 3px solid #d6006c !important; outline-offset: 3px; "
    "min-width: 1.5em; min-height: 1.5em; }}"
)


def find_browser(which: Callable[[str], str | None] = shutil.which) -> str | None:
    """Return a browser that can draw a page, None if there is none."""
    return next(filter(None, map(which, BROWSERS)), None)


def take_picture(
    app: Flask, path: str, selector: str, target: Path, *, browser: str, host: str
) -> bool:
    """Draw a page of the app into a PNG file, with the anchor outlined.

    :param path: the page's path, below the app's root.
    :param selector: the anchor's CSS selector.
    :param host: the host that the requests name.
    :returns: whether the browser drew it.
    """
    with _served(_Marked(app, selector, host)) as url, _profile() as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            f"--user-data-dir={profile}",
            "--window-size=1280,800",
            "--virtual-time-budget=5000",
            f"--screenshot={target.resolve()}",
            url + path,
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(
                1, "--no-sandbox"
            )  # as root it does not start with a sandbox
        try:
            subprocess.run(  # noqa: S603 - a browser found on this machine's path
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return target.is_file()


@contextmanager
def _profile() -> Iterator[str]:
    # The browser's helpers may still write there for a moment after it exits.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        yield profile


class _Marked:
    """An app with the anchor outlined in its pages."""

    def __init__(self, app: Flask, selector: str, host: str) -> None:
        self._app = app
        self._host = host
        rule = _MARK.format(selector=selector.replace("<", r"\3c "))
        self._style = f"<style>{rule}</style>".encode()

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        # Pretend to be at the site's own address, so that it does not redirect.
        environ["HTTP_HOST"] = self._host
        environ["wsgi.url_scheme"] = "https"
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        answer = Response.from_app(self._app, environ, buffered=True)
        if answer.mimetype == "text/html":
            answer.headers = Headers(
                [
                    (name, value)
                    for name, value in answer.headers
                    if not name.lower().startswith("content-security-policy")
                ]
            )
            answer.set_data(answer.get_data() + self._style)
        return answer(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug names the parameter
        """Log nothing: only the picture matters."""


@contextmanager
def _served(app: Any) -> Iterator[str]:
    """Serve an app on a free port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, name="picture", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
