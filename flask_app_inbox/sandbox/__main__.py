"""``python -m flask_app_inbox.sandbox``: the sandbox in a terminal."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from .server import SandboxServer

_ENDING = (signal.SIGINT, signal.SIGTERM)


def run(
    host: str = "127.0.0.1",
    port: int = 5001,
    api_key: str = "sandbox-key",
    *,
    verbose: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; print the address as soon as it listens.

    :raises SystemExit: with a text for people when it cannot listen on the port.
    """
    server = SandboxServer(host, port, api_key=api_key, verbose=verbose)
    before = [(each, signal.getsignal(each)) for each in _ENDING]
    try:
        _end_on_signals()
        try:
            server.start()
        except OSError as error:
            raise SystemExit(
                f"The sandbox cannot listen on {host}:{port}: {error.strerror}. "
                "Choose another port with --port; --port 0 takes a free one."
            ) from error
        sys.stdout.write(f"Sandbox: {server.url}\n")
        sys.stdout.flush()
        while True:
            # In slices, because on Windows a signal does not end a wait.
            threading.Event().wait(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
        for each, handler in before:
            signal.signal(each, handler)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m flask_app_inbox.sandbox",
        description="A stand-in for the App Inbox vendors on your machine.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=_port, default=5001, help="port to listen on; 0 takes a free one"
    )
    parser.add_argument(
        "--api-key", default="sandbox-key", help="the API key that is accepted"
    )
    parser.add_argument("--verbose", action="store_true", help="log each request")
    given = parser.parse_args(arguments)
    run(given.host, given.port, given.api_key, verbose=given.verbose)


def _end_on_signals() -> None:
    """Make SIGINT and SIGTERM end the program once; later ones are ignored."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in _ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in _ENDING:
        signal.signal(each, end)


def _port(given: str) -> int:
    port = int(given)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


if __name__ == "__main__":
    main()
