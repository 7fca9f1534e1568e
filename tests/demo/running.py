"""A running demo/run, as a newcomer starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from tests.fixtures.waiting import wait_until

RUN = Path(__file__).parents[2] / "demo" / "run"
PATIENCE = 40.0


class Demo:
    """A running demo/run and what it has printed."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        command = [sys.executable, str(RUN), "--python", sys.executable, *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.output += line

    def addresses(self) -> list[str]:
        """Return the addresses in the box, once it is there."""
        last = "Press Ctrl-C to stop."
        wait_until(lambda: last in self.output or self.process.poll() is not None)
        assert last in self.output
        return re.findall(r"http://[0-9.:]+", self.output)

    def finish(self) -> int:
        """Return the exit status, when there is one."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def children(self) -> list[int]:
        """Return the ids of the programs that it has started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]
