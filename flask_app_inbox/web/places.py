"""A few at a time: threads of this process that wait for the same thing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..per_process import PerProcess


class NoPlace(Exception):
    """As many wait as may."""


@dataclass(frozen=True)
class _Taken:
    lock: threading.Lock = field(default_factory=threading.Lock)
    by_key: Counter[str] = field(default_factory=Counter)


class Places:
    """Places to wait in, so many for each key.

    Each thread that waits is one that serves nobody else.

    :param most: how many there are for a key.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = PerProcess(_Taken)

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Have a place.

        :raises NoPlace: at once, if all are taken.
        """
        taken = self._taken.get()
        with taken.lock:
            if taken.by_key[key] >= self._most:
                raise NoPlace
            taken.by_key[key] += 1
        try:
            yield
        finally:
            with taken.lock:
                taken.by_key[key] -= 1
                if not taken.by_key[key]:
                    del taken.by_key[key]
