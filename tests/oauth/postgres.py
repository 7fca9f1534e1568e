"""A PostgreSQL server of the tests' own, on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.fixtures.waiting import wait_until


def find_binaries() -> Path | None:
    """Return the folder with the newest server's programs, if one is installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


class PostgresServer:
    """A running server, which can be stopped as by a debugger or a hypervisor."""

    def __init__(self, url: str, pid: int, binaries: Path) -> None:
        self.url = url
        self.binaries = binaries
        self._pid = pid

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the server and whatever answers for it; let them go on at the end."""
        children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text()
        stopped = [self._pid, *map(int, children.split())]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def wait_until_somebody_waits(self) -> None:
        """Wait until a session waits for another one's lock."""
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with psycopg.connect(self.url, autocommit=True) as connection:
            wait_until(lambda: connection.execute(waiting).fetchone())


@contextmanager
def run(binaries: Path, primary: str | None = None) -> Iterator[PostgresServer]:
    """Run a server.

    :param primary: the URL of another one, which it follows as its standby.
    """
    folder = tempfile.mkdtemp(prefix="app-inbox-postgres-")
    # The server refuses to run as root.
    other: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(folder, "postgres")
    data = f"{folder}/data"
    options: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, **other}
    make = ["initdb", "-U", "tests", "-A", "trust"]
    if primary is not None:
        make = ["pg_basebackup", "-d", primary, "-R", "-c", "fast"]
    subprocess.run(
        [binaries / make[0], *make[1:], "-D", data, "--no-sync"],
        check=True,
        capture_output=True,
        timeout=60,
        **options,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(binaries / "postgres"), "-D", data, "-p", str(port), "-k", folder]
    command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    server: subprocess.Popen[Any] = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    url = f"postgresql://tests@127.0.0.1:{port}/postgres"
    try:
        _wait_until_it_answers(url, server)
        yield PostgresServer(url, server.pid, binaries)
    finally:
        # A polite end would wait for every client.
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_it_answers(url: str, server: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        else:
            return
