"""A pooler in front of PostgreSQL, which lends a session for one transaction."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.fixtures.waiting import wait_until

SETTINGS = """
[databases]
postgres = host=127.0.0.1 port={server} user=tests
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
"""


@contextmanager
def run(program: str, server_url: str) -> Iterator[str]:
    """Run it in front of a server; yield the URL of the same database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="app-inbox-pgbouncer-") as folder:
        settings = Path(folder, "settings.ini")
        settings.write_text(
            SETTINGS.format(server=urlsplit(server_url).port, port=port)
        )
        # It refuses to run as root.
        other: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
        if other:
            shutil.chown(folder, "postgres")
        process: subprocess.Popen[Any] = subprocess.Popen(
            [program, "--quiet", settings],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **other,
        )

        def answers() -> bool:
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", port)) == 0

        try:
            wait_until(answers)
            yield f"postgresql://tests@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
