"""What each process has of its own; see ``tests/faults/test_forks.py`` for sites."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from flask_app_inbox.per_process import PerProcess

#: Prints whether a child, which is forked like this, has what its parent has.
PROGRAM = """
import ctypes, os
from flask_app_inbox.per_process import PerProcess, random_part
things = PerProcess(lambda: [random_part()])
{before}
mine = things.get()
child = {fork}()
if child == 0:
    print(things.get() == mine, things.get() is things.get(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
assert things.get() is mine
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.parametrize(
    ("fork", "before"),
    [
        ("os.fork", ""),
        ("ctypes.PyDLL(None).fork", ""),
        # In a container of its own a child may have its parent's number.
        ("os.fork", "os.getpid = lambda: 1"),
    ],
)
def test_a_child_makes_its_own(fork: str, before: str) -> None:
    program = PROGRAM.format(fork=fork, before=before)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.returncode) == ("False True\n", 0), done.stderr


def test_threads_that_come_at_once_get_the_same() -> None:
    gate = threading.Barrier(8)

    def make() -> object:
        gate.wait(30)
        return object()

    things = PerProcess(make)
    got: list[object] = []
    threads = [
        threading.Thread(target=lambda: got.append(things.get())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 8
    assert len(set(got)) == 1


def test_what_is_forgotten_is_made_again() -> None:
    things = PerProcess(object)
    assert things.forget() is None
    first = things.get()
    assert things.forget() is first
    assert things.get() is not first
