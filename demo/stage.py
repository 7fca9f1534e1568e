"""Open the shop on this machine, and the sandbox behind it.

``python -m demo.stage --port 5000``. The shop itself is in ``demo/shop`` and knows
nothing of this. With ``SHOP_SANDBOX_URL`` the sandbox is given what the vendor, its
support and the account's owner would have made; without it the vendor is real.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from .registration import register
from .sandbox import SandboxClient
from .seeds import Keeper
from .shop import create_app
from .shop.backstage import SandboxError
from .shop.flow import note_call

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


def make_shop(
    config: Mapping[str, Any] | None = None, *, instance: Path | str | None = None
) -> tuple[Flask, SandboxClient | None]:
    """Return the shop, and the sandbox that it has behind it.

    :param config: overrides the environment.
    """
    given = dict(config or {})
    url = given.get("SHOP_SANDBOX_URL") or os.environ.get("SHOP_SANDBOX_URL") or ""
    sandbox = SandboxClient(url.rstrip("/"), note_call) if url else None
    return create_app(given, instance=instance, behind=sandbox), sandbox


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
        app, sandbox = make_shop(config)
        server = make_server(HOST, 0, app, threaded=True, fd=listener.fileno())
    if sandbox is not None:
        Keeper(app, sandbox, url).start()
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
