"""The servers that sites run on, each in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.records import SECRETS


@contextmanager
def discreet(log: Path) -> Iterator[Path]:
    """Yield a file for a server's output; no secret and no traceback may be there."""
    yield log
    text = log.read_text()
    assert "Traceback" not in text
    assert [secret for secret in SECRETS if secret in text] == []


@contextmanager
def run_server(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Run a server and yield its port; end it as a supervisor does.

    :param command: ``{descriptor}`` in it stands for the socket that it listens on.
    :param environment: beside that of the tests.
    :param log: where its output goes.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    descriptor = listener.fileno()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [part.format(descriptor=descriptor) for part in command],
            cwd=Path(__file__).parent,
            env={**os.environ, **environment},
            pass_fds=[descriptor],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    port = int(listener.getsockname()[1])
    # Whoever connects before the server is up waits until it is.
    listener.close()
    try:
        yield port
        process.terminate()
        assert process.wait(15) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
