"""What each process must have of its own: sockets, locks, threads, counts.

A server may load the app before it forks its workers (``gunicorn --preload``). Every
child then holds copies of all that the app has made. Over one TLS connection two
children would read each other's answers, and a lock that a thread held at that moment
never opens, because the child does not have that thread.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Thing = TypeVar("Thing")

#: Returns a number from 0 to 1, from the system: it has no state that a fork copies.
random_part: Callable[[], float] = random.SystemRandom().random

_forks = 0


def _count_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


class PerProcess(Generic[Thing]):
    """A thing that is made in each process where it is used.

    It asks for the process id, because servers written in C fork without calling
    Python. It also counts Python's own forks, because a child in a container may have
    the id of its parent.

    The child keeps what it has of its parent's and never uses it: to close it would
    take the parent's locks.

    :param make: makes the thing. Threads that come at once may each make one; all but
        one are dropped.
    :param remembers: whether it holds what one test could leave to the next.
    """

    def __init__(self, make: Callable[[], Thing], *, remembers: bool = True) -> None:
        self._make = make
        self._things: dict[tuple[int, int], Thing] = {}
        if remembers:
            _everything.add(self)

    def get(self) -> Thing:
        """Return the thing of this process."""
        process = os.getpid(), _forks
        try:
            return self._things[process]
        except KeyError:
            return self._things.setdefault(process, self._make())

    def forget(self) -> Thing | None:
        """Return the thing of this process, if there is one; make another next time."""
        return self._things.pop((os.getpid(), _forks), None)


_everything: WeakSet[PerProcess[Any]] = WeakSet()


def everything() -> list[PerProcess[Any]]:
    """Return all that remembers something, for tests that share a process."""
    return list(_everything)
