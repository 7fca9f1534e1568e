"""Serve the shop on this machine: ``python -m demo.shop --port 5000``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
from types import FrameType
from typing import Any

from werkzeug.serving import make_server

from . import create_app
from .desks import open_desks
from .notices import introduce_everybody, place_bell
from .registration import register
from .sandbox import SandboxError

HOST = "127.0.0.1"


def main() -> None:
    """Listen, print ``Shop: URL``, serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="shop", description=__doc__)
    parser.add_argument("--port", type=int, default=5000, help="0: any free port")
    parser.add_argument(
        "--oauth", action="store_true", help="connect to the sandbox by OAuth"
    )
    options = parser.parse_args()
    serve(options.port, oauth=options.oauth)


def serve(port: int, *, oauth: bool = False) -> None:
    """Serve the shop on a port; return when a signal stops it.

    :param oauth: register the shop with the sandbox instead of using an API key.
    """
    # A line for each request would bury the errors.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # Refuse web pages that reach this machine under another host name.
    config: dict[str, Any] = {"TRUSTED_HOSTS": [HOST, "localhost"]}
    # The registration names our address, so take the port first.
    with socket.create_server((HOST, port)) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        if oauth:
            config |= _registered(url)
        app = create_app(config)
        server = make_server(HOST, 0, app, threaded=True, fd=listener.fileno())
    with app.test_request_context(base_url=url):
        place_bell()
        introduce_everybody()
        open_desks()
    signal.signal(signal.SIGTERM, _stop)
    print(f"Shop: {url}", flush=True)  # noqa: T201 - demo/run reads this line
    # On KeyboardInterrupt, Werkzeug stops and closes the socket.
    server.serve_forever()


def _registered(url: str) -> dict[str, Any]:
    try:
        return register(os.environ.get("SHOP_SANDBOX_URL", ""), url)
    except SandboxError as error:
        raise SystemExit(f"--oauth needs a running sandbox: {error}") from error


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
