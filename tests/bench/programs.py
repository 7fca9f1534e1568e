"""Start and stop what a row needs: vendor, sites and load, each a process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.certificates import Certificate
from tests.bench.sites import THREADS

ROOT = Path(__file__).parent.parent.parent


class Vendor:
    """The vendor over TLS, as a process."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.url = f"https://127.0.0.1:{port}"

    def toggle_hang(self) -> None:
        """Let it hang, or answer again."""
        self._process.send_signal(signal.SIGUSR1)


@contextlib.contextmanager
def vendor(certificate: Certificate, latency: float) -> Iterator[Vendor]:
    """Run a vendor that answers after some seconds."""
    arguments = (certificate.file, certificate.file, latency)
    with _program("tests.bench.vendor", *map(str, arguments)) as process:
        assert process.stdout is not None
        yield Vendor(process, int(process.stdout.readline()))


class Site:
    """A site under gunicorn."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port

    def resident(self) -> float:
        """Return the worker's resident memory in megabytes."""
        parent = str(self._process.pid)
        listing = subprocess.run(
            ["ps", "-e", "-o", "ppid=,rss="], capture_output=True, text=True, check=True
        ).stdout
        sizes = [line.split() for line in listing.splitlines()]
        return max(int(rss) for owner, rss in sizes if owner == parent) / 1024

    def processor_seconds(self) -> float:
        """Return the processor time that the worker has taken; on Linux alone."""
        parent = str(self._process.pid)
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it may have ended
                fields = status.read_text().rpartition(")")[2].split()
                if fields[1] == parent:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def site(kind: str, **environment: str) -> Iterator[Site]:
    """Run a site under gunicorn: one worker of 16 threads.

    :param environment: what ``BENCH_…`` variables the site reads, and others.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with _program(
        "gunicorn",
        *("--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS)),
        *("--bind", f"127.0.0.1:{port}", "--keep-alive", "75", "--backlog", "512"),
        # It has no control socket to leave behind, and ends at once.
        *("--graceful-timeout", "1", "--log-level", "critical"),
        f"tests.bench.sites:create('{kind}')",
        **environment,
    ) as process:
        _wait_for(port, process)
        yield Site(process, port)


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise RuntimeError("a site did not start")


def start_load(**what: Any) -> subprocess.Popen[str]:
    """Start a load; :func:`finish` waits for it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    json.dump(what, process.stdin)
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a load and return what came of it."""
    output, _ = process.communicate(timeout=900)
    if process.returncode:
        raise RuntimeError("the load generator failed")
    result: dict[str, Any] = json.loads(output)
    return result


def load(**what: Any) -> dict[str, Any]:
    """Make a load and return what came of it."""
    return finish(start_load(**what))


@contextlib.contextmanager
def _program(
    module: str, *arguments: str, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
