"""Serve the shop on this machine: ``python -m shop --port 5000``."""

from __future__ import annotations

import argparse
import logging
import signal
from types import FrameType

from werkzeug.serving import make_server

from . import create_app
from .notices import introduce_everybody

HOST = "127.0.0.1"


def main() -> None:
    """Listen, print ``Shop: URL``, serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="shop", description=__doc__)
    parser.add_argument("--port", type=int, default=5000, help="0: a free one")
    serve(parser.parse_args().port)


def serve(port: int) -> None:
    """Serve the shop on a port; return when a signal ends it."""
    # A line for each request would bury the errors.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # No page of the web that names this machine by another host gets in.
    app = create_app({"TRUSTED_HOSTS": [HOST, "localhost"]})
    server = make_server(HOST, port, app, threaded=True)
    url = f"http://{HOST}:{server.server_port}"
    with app.test_request_context(base_url=url):
        introduce_everybody()
    signal.signal(signal.SIGTERM, _stop)
    print(f"Shop: {url}", flush=True)  # noqa: T201 - demo/run reads this line
    # Werkzeug takes KeyboardInterrupt for the end and closes the socket.
    server.serve_forever()


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
