"""Processes that tests may kill: a small one that has imported everything forks them.

``python -m tests.oauth.nursery`` reads jobs, one JSON object in a line, and answers
each with the process that does it. The result goes to a file, if the process lives
for so long.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection as DatabaseConnection

from flask_app_inbox.oauth.client import OAuthClient
from flask_app_inbox.oauth.keeper import ConnectionKeeper
from flask_app_inbox.oauth.locked import LockedConnection
from flask_app_inbox.oauth.store import TokenStore
from tests.fixtures.locks import hold_locks
from tests.oauth.site import Site

ROOT = Path(__file__).parent.parent.parent

#: Where a process is killed by itself: what dies, and whether after it was done.
PLACES: dict[str, tuple[type, str, bool]] = {
    "C1": (OAuthClient, "exchange", False),
    "C2": (OAuthClient, "exchange", True),
    "C3": (DatabaseConnection, "commit", True),
    "R1": (TokenStore, "note_refresh", False),
    "R2": (OAuthClient, "refresh", False),
    "R5": (LockedConnection, "renew", True),
    "R6": (ConnectionKeeper, "_refresh_once", True),
    "D1": (DatabaseConnection, "commit", False),
    "D2": (TokenStore, "disconnect", True),
}


class Child:
    """A process that does one job."""

    def __init__(self, pid: int, result: Path) -> None:
        self.pid = pid
        self._result = result

    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def wait_until_it_begins(self) -> None:
        """Wait until it has done everything but its job."""
        end = time.monotonic() + 30
        while not self._result.with_suffix(".begun").exists():
            assert time.monotonic() < end, "a process does not begin"
            time.sleep(0.001)

    def kill(self) -> None:
        """Kill it as the system does when memory runs out."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> Any:
        """Wait for the end; return the result, None if it was killed before."""
        end = time.monotonic() + 60
        while self.is_alive():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError("a job does not end")
            time.sleep(0.002)
        return json.loads(self._result.read_text()) if self._result.exists() else None


class Nursery:
    """Starts processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, site: Site, job: str, **details: Any) -> Child:
        """Start a process with a site like this one that does a job."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._count += 1
        result = self._folder / f"result-{self._count}"
        order = {
            "config": site.config,
            "instance_path": site.instance_path,
            "job": job,
            "made": site.oauth.store._access.is_made,
            "result": str(result),
            **details,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()), result)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def _token(site: Site, order: dict[str, Any]) -> Any:
    return site.token()


def _script_id(site: Site, order: dict[str, Any]) -> Any:
    return site.oauth.script_ids.find("default")


def _refresh(site: Site, order: dict[str, Any]) -> Any:
    with site.app.app_context():
        return site.oauth.keeper("default").refresh().generation


def _timed_refresh(site: Site, order: dict[str, Any]) -> Any:
    """Refresh; return when the job began, the vendor had answered, and it was stored.

    The clock is the system's, so that the vendor's process can be compared.
    """
    times = {"began": time.monotonic()}
    _stamp_end(OAuthClient, "refresh", times, "answered")
    # The last of several.
    _stamp_end(DatabaseConnection, "commit", times, "stored")
    _refresh(site, order)
    return times


def _stamp_end(owner: type, name: str, times: dict[str, float], label: str) -> None:
    original = getattr(owner, name)

    def stamped(*args: Any, **options: Any) -> Any:
        outcome = original(*args, **options)
        times[label] = time.monotonic()
        return outcome

    setattr(owner, name, stamped)


def _connect(site: Site, order: dict[str, Any]) -> Any:
    with site.app.app_context():
        return site.oauth.connect("default", order["code"], order["verifier"])


def _disconnect(site: Site, order: dict[str, Any]) -> Any:
    return site.oauth.store.disconnect("default")


def _warm_up(site: Site) -> None:
    """Use the connection before the fork, and fork at the worst moment.

    Somebody holds every lock, a refresh runs in a thread that no child has, and it is
    time to read the script ids again.
    """
    site.token()
    site.oauth.script_ids.find("default")
    site.oauth.script_ids._memory.get().next_read = 0.0
    site.oauth.keeper("default")._refreshing.get().running = Future()
    hold_locks(site.oauth, site.app.extensions["app_inbox"])


#: What a site imports with its first call; a test waits for that once, not always.
_LAZY = ("psycopg", "sqlalchemy.dialects.postgresql.psycopg")

_JOBS: dict[str, Callable[[Site, dict[str, Any]], Any]] = {
    "token": _token,
    "script_id": _script_id,
    "refresh": _refresh,
    "timed_refresh": _timed_refresh,
    "connect": _connect,
    "disconnect": _disconnect,
}


def _die_at(place: str) -> None:
    owner, name, after = PLACES[place]
    original = getattr(owner, name)

    def dying(*args: Any, **options: Any) -> Any:
        if after:
            original(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)


def _work(site: Site, order: dict[str, Any]) -> None:
    site.oauth.store._access.is_made = order["made"]
    if "place" in order:
        _die_at(order["place"])
    Path(order["result"]).with_suffix(".begun").touch()
    outcome = _JOBS[order["job"]](site, order)
    waiting = Path(f"{order['result']}.part")
    waiting.write_text(json.dumps(outcome))
    waiting.rename(order["result"])


def main() -> None:
    """Fork a process for each line of standard input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for module in _LAZY:
        import_module(module)
    latest: Site | None = None
    for line in sys.stdin:
        order = json.loads(line)
        config, instance_path = order["config"], order["instance_path"]
        # As a server that loads the app before it forks its workers.
        if latest is None or latest.config != config:
            latest = Site(config, instance_path)
        if order.get("warm"):
            _warm_up(latest)
        pid = os.fork()
        if pid:
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        status = 1
        try:
            _work(latest, order)
            status = 0
        finally:
            os._exit(status)
    os._exit(0)  # an ordinary end would wait for locks that somebody holds


if __name__ == "__main__":
    main()
