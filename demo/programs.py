"""Start programs, wait until they are ready, and stop them all."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[1]
_TETHER = Path(__file__).with_name("tether.py")

#: Seconds that a program may take to say where it listens, and to stop.
READY_WITHIN = 30.0
END_WITHIN = 6.0

_HIGHEST_PORT = 65535


class ProgramProblem(Exception):
    """A program could not start; the message says why."""


class Program:
    """A module that runs in its own process and serves an address.

    It is ready when it prints a line ``Name: http://…``. Its other output is
    passed on to standard error.
    """

    def __init__(self, python: Path, name: str, module: str, *arguments: str) -> None:
        self.name = name
        self._command = [str(python), str(_TETHER), module, *arguments]
        self._process: subprocess.Popen[str] | None = None
        self._said: queue.Queue[str] = queue.Queue()

    def start(self, environment: Mapping[str, str]) -> str:
        """Start the program; return the address that it serves.

        :raises ProgramProblem: if it ends, or is not ready in time.
        """
        # Its own process group: Ctrl-C reaches only us, and we stop the programs.
        windows = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - no shell, no outside input
                self._command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=os.name == "posix",
                creationflags=windows,
            )
        except OSError as error:
            raise ProgramProblem(
                f"{self._command[0]} cannot be run ({error.strerror}). Name a Python "
                "with --python, or drop the option to use that of .venv."
            ) from error
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        try:
            line = self._said.get(timeout=READY_WITHIN)
        except queue.Empty:
            raise ProgramProblem(
                f"The {self.name} was not ready within {READY_WITHIN:.0f} seconds."
            ) from None
        if not line:
            raise ProgramProblem(f"The {self.name} did not start; see above.")
        return line.partition(": ")[2]

    def has_ended(self) -> bool:
        """Tell whether the program was started and has ended."""
        return self._process is not None and self._process.poll() is not None

    def release(self) -> None:
        """Ask the program to stop, without waiting for it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self) -> None:
        """Stop the program; return when it is gone."""
        if self._process is None:
            return
        self.release()
        try:
            self._process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Hand over the line that says it is ready; pass on all others."""
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                if line.startswith(f"{self.name.capitalize()}: http"):
                    self._said.put(line.strip())
                else:
                    sys.stderr.write(line)
        self._said.put("")


class Programs:
    """A context manager for programs that start and stop together."""

    def __init__(self) -> None:
        self._all: list[Program] = []

    def __enter__(self) -> Programs:
        return self

    def __exit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        for program in self._all:
            program.release()
        for program in self._all:
            program.stop()

    def start(self, program: Program, environment: Mapping[str, str]) -> str:
        """Start one more program; return the address that it serves."""
        self._all.append(program)
        return program.start(environment)

    def ended(self) -> Program | None:
        """Return a program that has ended, or None."""
        return next((p for p in self._all if p.has_ended()), None)


def check_port(wanted: int | None, option: str) -> None:
    """Check that a number can be a port.

    :param option: the option's name, for the message.
    :raises ProgramProblem: if it cannot.
    """
    if wanted is not None and not 0 <= wanted <= _HIGHEST_PORT:
        raise ProgramProblem(
            f"{option} {wanted}: a port is a number from 0 (any free port) to "
            f"{_HIGHEST_PORT}."
        )


def choose_port(wanted: int | None, usual: int, option: str) -> int:
    """Return the port to listen on; 0 means any free port.

    :param wanted: the port that the user asked for, or None.
    :param usual: the port to use if the user asked for none and it is free.
    :param option: the option's name, for the message.
    :raises ProgramProblem: if the wanted port is taken.
    """
    if wanted is None:
        return usual if _is_free(usual) else 0
    if not _is_free(wanted):
        raise ProgramProblem(
            f"Port {wanted} is taken. Choose another with {option}, or drop the option "
            "to use any free port."
        )
    return wanted


def _is_free(port: int) -> bool:
    if port == 0:
        return True
    with socket.socket() as probe:
        # A program that listens on all addresses would not make our bind fail.
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as probe:
        if os.name == "posix":
            # The servers do the same: a port in TIME_WAIT can be used.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
