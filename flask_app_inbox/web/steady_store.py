"""A store that always works: what processes share, or this process's own meanwhile.

While Redis is down each process goes on with what it keeps itself. That suits things
that another process can do without: it asks the vendor once more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from ..errors import StorageError
from ..per_process import PerProcess
from .outage import Outage
from .shared_store import MemoryStore, SharedStore

Result = TypeVar("Result")

#: Seconds. Whoever waits for less does not know whether the store is down.
PATIENCE = 0.1


class SteadyStore:
    """A :class:`~.shared_store.SharedStore` that raises nothing.

    A caller with little time may find Redis too slow. Then nobody in this process asks
    it for some seconds, so no page waits for what the one before it waited for.

    :param shared: the store to use while it works.
    :param warning: what does not work while it is down, for the log.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self,
        shared: SharedStore,
        warning: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._own = MemoryStore(clock=clock)
        self._outage = PerProcess(lambda: Outage(warning, clock=clock))

    def get(self, key: str, *, within: float = math.inf) -> bytes | None:
        return self._ask(lambda store: store.get(key, within=within), within)

    def put(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        self._ask(lambda store: store.put(key, value, seconds, within=within), within)

    def hand_over(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        """Keep a value that works only once: one caller may take it, or nobody.

        A shared store that did not answer may still do what it was asked. So a value
        that it did not confirm is forgotten here.
        """
        if not self._is_worth_a_try(within):
            self._own.put(key, value, seconds)
            return
        # What this process has of its own is from before.
        self._own.drop(key)
        with suppress(StorageError):
            self._ask_shared(
                lambda store: store.put(key, value, seconds, within=within), within
            )

    def add(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> bool:
        return self._ask(
            lambda store: store.add(key, value, seconds, within=within), within
        )

    def take(self, key: str, *, within: float = math.inf) -> bytes | None:
        return self._ask(lambda store: store.take(key, within=within), within)

    def drop(self, key: str, *, within: float = math.inf) -> None:
        self._ask(lambda store: store.drop(key, within=within), within)

    def forget(self, *kinds: str) -> None:
        """Remove what this process keeps of some kinds; see :class:`.MemoryStore`."""
        for store in (self._own, self._shared):
            if isinstance(store, MemoryStore):
                store.forget(*kinds)

    def _ask(self, call: Callable[[SharedStore], Result], within: float) -> Result:
        if self._is_worth_a_try(within):
            with suppress(StorageError):
                return self._ask_shared(call, within)
        return call(self._own)

    def _is_worth_a_try(self, within: float) -> bool:
        return within > 0 and self._outage.get().is_worth_a_try()

    def _ask_shared(
        self, call: Callable[[SharedStore], Result], within: float
    ) -> Result:
        outage = self._outage.get()
        try:
            result = call(self._shared)
        except StorageError as error:
            if within >= PATIENCE:
                outage.note(error)
            raise
        outage.end()
        return result
