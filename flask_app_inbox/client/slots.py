"""How many calls are made at once, so that a slow vendor takes few threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import VendorError, VendorUnavailable
from .deadline import Deadline

#: Seconds that a call waits for a slot.
PATIENCE = 0.1


class Slot:
    """A call's place among those that are made at once; a context manager.

    :param slots: all of them.
    """

    def __init__(self, slots: threading.BoundedSemaphore, deadline: Deadline) -> None:
        self._slots = slots
        self._deadline = deadline
        self._is_taken = False

    def __enter__(self) -> Slot:
        """Take it.

        :raises VendorUnavailable: if none becomes free in a moment.
        """
        self._take(
            VendorUnavailable(
                "all slots for calls to the vendor are busy", retry_after=1
            )
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_taken:
            self._slots.release()

    @contextmanager
    def given_back(self, failure: VendorError) -> Iterator[None]:
        """Leave the slot to others while this call waits.

        :param failure: raised if none becomes free afterwards.
        """
        self._slots.release()
        self._is_taken = False
        yield
        self._take(failure)

    def _take(self, failure: VendorError) -> None:
        patience = min(PATIENCE, self._deadline.remaining())
        self._is_taken = self._slots.acquire(timeout=patience)
        if not self._is_taken:
            raise failure
