"""Asking a storage that may hang, without hanging with it.

No driver promises that a call ends. A server that is stopped, a name lookup or a disk
that is gone keeps it for as long as it likes. So each call is made in another thread,
and whoever asked leaves when their time is over. A few threads at most are left behind;
once the storage has failed, one request at a time tries it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import TypeVar

from ..per_process import PerProcess
from .kept_threads import KeptThreads
from .outage import PAUSE, Outage

Result = TypeVar("Result")

#: Calls at once in a process; those that nobody waits for any more are among them.
SLOTS = 16
#: Seconds. Whoever waits for less does not know whether the storage is down.
SILENCE = 0.5


class StorageSilent(Exception):
    """The storage did not answer in time, or did not lately.

    :param retry_after: seconds to wait before the next try.
    """

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class _Resources:
    outage: Outage
    slots: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(SLOTS)
    )
    threads: KeptThreads = field(
        default_factory=lambda: KeptThreads("app-inbox storage")
    )


class StorageGuard:
    """Asks a storage for requests that have only so much time.

    :param warning: what does not work while the storage is down, for the log; None:
        whoever asks tells of it.
    :param failures: the errors that say that it is down; any other is an answer.
    :param silence: seconds without an answer that say the same.
    :param clock: returns seconds that never run backwards.
    """

    def __init__(
        self,
        warning: str | None,
        failures: tuple[type[Exception], ...],
        *,
        silence: float = SILENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._silence = silence
        self._resources = PerProcess(lambda: _Resources(Outage(warning, clock=clock)))

    def ask(
        self, call: Callable[[], Result], seconds: float, *, insist: bool = False
    ) -> Result:
        """Make a call and return its result, or raise what it raises.

        A call that takes longer goes on, and what it says is forgotten.

        :param seconds: how long to wait.
        :param insist: ask even a storage that did not answer lately.
        :raises StorageSilent: if the storage does not answer in time, or did not
            lately.
        """
        resources = self._resources.get()
        end = time.monotonic() + seconds
        if seconds <= 0:
            raise StorageSilent("was not asked, because no time was left", 1)
        if not (insist or resources.outage.is_worth_a_try()):
            raise StorageSilent("did not answer lately, so it was not asked", PAUSE)
        if not resources.slots.acquire(timeout=seconds):
            raise StorageSilent("has too many others to answer", 1)
        future = self._start(call, resources)
        wait((future,), max(0.0, end - time.monotonic()))
        if not future.done():
            if seconds >= self._silence:
                resources.outage.note(TimeoutError())
            raise StorageSilent("did not answer in time", PAUSE)
        return future.result()

    def _start(
        self, call: Callable[[], Result], resources: _Resources
    ) -> Future[Result]:
        future: Future[Result] = Future()

        def run() -> None:
            try:
                result = call()
            except BaseException as error:
                if isinstance(error, self._failures):
                    resources.outage.note(error)
                else:
                    resources.outage.end()
                future.set_exception(error)
            else:
                resources.outage.end()
                future.set_result(result)
            finally:
                resources.slots.release()

        try:
            resources.threads.run(run)
        except RuntimeError:
            resources.slots.release()
            raise
        return future
