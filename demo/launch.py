"""What demo/run does: prepare, start the sandbox and the shop, stop both."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from .environment import prepare
from .programs import (
    Program,
    ProgramProblem,
    Programs,
    check_port,
    choose_port,
)

SHOP_PORT = 5000
SANDBOX_PORT = 5001

#: One of these in the environment: the demo uses the real vendor.
_API_KEY = "FLASK_APP_INBOX_API_KEY"
_OAUTH = "FLASK_APP_INBOX_OAUTH_CLIENT_ID"
#: The vendor's own bell needs this, too.
_SCRIPT_ID = "FLASK_APP_INBOX_SCRIPT_ID"
_WIDGET = "FLASK_APP_INBOX_WIDGET"

_ACCOUNTS = (
    ("olena@example.com", "has four unread messages"),
    ("bohdan@example.com", "reads Ukrainian"),
    ("jonas@example.com", "reads German"),
    ("mia@example.com", "is unknown to the vendor"),
    ("staff@example.com", "answers customers' chats"),
    ("owner@example.com", "connects the shop by OAuth"),
)


class _StopRequested(Exception):
    """A signal asked us to stop."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until Ctrl-C; return the exit status."""
    options = _read_options(arguments)
    try:
        check_port(options.port, "--port")
        check_port(options.sandbox_port, "--sandbox-port")
        _take_signals()
        python = options.python or prepare("demo")
        with Programs() as programs:
            try:
                _start(programs, python, options)
                return _watch(programs)
            finally:
                _ignore_signals()
    except _StopRequested:
        # The terminal may be gone.
        with contextlib.suppress(OSError):
            _say("\nStopped.")
        return 0
    except ProgramProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="demo/run", description="Start the demo shop and its sandbox."
    )
    parser.add_argument("--port", type=int, help="port of the shop (default: 5000)")
    parser.add_argument(
        "--sandbox-port", type=int, help="port of the sandbox (default: 5001)"
    )
    parser.add_argument(
        "--oauth",
        action="store_true",
        help="start without an API key: the owner connects the shop by OAuth",
    )
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="use this interpreter, which has everything installed, instead of .venv",
    )
    return parser.parse_args(arguments)


def _start(programs: Programs, python: Path, options: argparse.Namespace) -> None:
    sandbox_url = None
    # The empty value overrides one from the environment.
    shop_environment = {"SHOP_SANDBOX_URL": ""}
    if not _uses_real_vendor():
        port = choose_port(options.sandbox_port, SANDBOX_PORT, "--sandbox-port")
        sandbox = Program(
            python, "sandbox", "flask_app_inbox.sandbox", "--port", str(port)
        )
        sandbox_url = programs.start(sandbox, {})
        shop_environment = {"SHOP_SANDBOX_URL": sandbox_url}
    elif options.oauth:
        raise ProgramProblem(
            "--oauth uses the sandbox's consent page, but with "
            f"{' and '.join(_given())} set there is no sandbox. Drop either."
        )
    port = choose_port(options.port, SHOP_PORT, "--port")
    how = ["--oauth"] if options.oauth else []
    shop = Program(python, "shop", "demo.stage", "--port", str(port), *how)
    shop_url = programs.start(shop, shop_environment)
    oauth = options.oauth or bool(os.environ.get(_OAUTH))
    _say(_box(shop_url, sandbox_url, oauth=oauth))


def _uses_real_vendor() -> bool:
    given = _given()
    if not given:
        return False
    if given == [_SCRIPT_ID]:
        raise ProgramProblem(
            f"{_SCRIPT_ID} is set, but nothing to log in to the vendor with: set "
            f"{_API_KEY}, or {_OAUTH} and what belongs to it. Without all of these the "
            "demo runs on the sandbox."
        )
    if _SCRIPT_ID not in given and os.environ.get(_WIDGET) == "vendor":
        raise ProgramProblem(
            f"{_WIDGET} is vendor, and a real vendor's bell needs {_SCRIPT_ID}. "
            "Without both the shop draws the bell itself."
        )
    return True


def _given() -> list[str]:
    """Return which of a real account's settings are in the environment."""
    return [name for name in (_API_KEY, _OAUTH, _SCRIPT_ID) if os.environ.get(name)]


def _watch(programs: Programs) -> int:
    """Return when a program has ended by itself. A signal raises instead."""
    while True:
        ended = programs.ended()
        if ended is not None:
            sys.stderr.write(f"The {ended.name} has ended, so the demo stops.\n")
            return 1
        time.sleep(0.2)


def _box(shop_url: str, sandbox_url: str | None, *, oauth: bool) -> str:
    lines = [f"Zavarka is open:  {shop_url}", "", "Log in with the password demo:"]
    # The descriptions are true of a fresh sandbox only.
    lines += [
        f"  {email:<20} {who if sandbox_url else ''}".rstrip()
        for email, who in _ACCOUNTS
    ]
    lines.append("")
    if sandbox_url:
        lines.append(f"Sandbox console:  {sandbox_url}")
    else:
        lines.append("This is the real vendor; no sandbox is running.")
    if oauth:
        lines += [
            "",
            "The shop has no API key, so nobody has a bell yet. Log in as",
            f"owner@example.com and open:  {shop_url}/connect",
            "",
        ]
    elif sandbox_url:
        lines.append("To connect by OAuth, run:  demo/run --oauth")
    lines.append("Press Ctrl-C to stop.")
    width = max(map(len, lines))
    rule = "─" * (width + 4)
    body = "\n".join(f"│  {line:<{width}}  │" for line in lines)
    return f"╭{rule}╮\n{body}\n╰{rule}╯"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _take_signals() -> None:
    for number in _signals():
        signal.signal(number, _request_stop)


def _ignore_signals() -> None:
    """Keep a second Ctrl-C from interrupting the cleanup."""
    for number in _signals():
        signal.signal(number, signal.SIG_IGN)


def _signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    return [signal.Signals[n] for n in names if n in signal.Signals.__members__]


def _request_stop(_: int, __: FrameType | None) -> None:
    raise _StopRequested
