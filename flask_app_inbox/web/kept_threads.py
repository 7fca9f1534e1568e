"""Threads that wait a while for their next job, because starting one takes longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

Job = Callable[[], None]

#: Seconds that a thread waits for its next job.
PATIENCE = 5.0


class KeptThreads:
    """Runs jobs in threads that keep no process from its end.

    :param name: of each thread that has a job; an idle one says so.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._idle: list[SimpleQueue[Job]] = []

    def run(self, job: Job) -> None:
        """Run a job that raises nothing, without waiting for it.

        :raises RuntimeError: if no thread can be started.
        """
        with self._lock:
            jobs = self._idle.pop() if self._idle else None
        if jobs is None:
            jobs = SimpleQueue()
            thread = threading.Thread(
                target=self._work, args=(jobs,), name=self._name, daemon=True
            )
            thread.start()
        jobs.put(job)

    def _work(self, jobs: SimpleQueue[Job]) -> None:
        thread = threading.current_thread()
        while (job := self._next(jobs)) is not None:
            thread.name = self._name
            job()
            del job  # what it holds is not ours to keep
            thread.name = f"{self._name}, idle"
            with self._lock:
                self._idle.append(jobs)

    def _next(self, jobs: SimpleQueue[Job]) -> Job | None:
        try:
            return jobs.get(timeout=PATIENCE)
        except Empty:
            with self._lock:
                if jobs in self._idle:
                    self._idle.remove(jobs)
                    return None
        return jobs.get()  # somebody took us in this moment
