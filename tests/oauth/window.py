"""How long a refresh takes, and how long a process that dies in it loses the tokens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest

from flask_app_inbox.sandbox.oauth_memory import OAuthMemory
from tests.oauth.nursery import Nursery
from tests.oauth.site import Site


@dataclass(frozen=True)
class Timing:
    """Medians of refreshes in new processes, in seconds.

    :param length: from the beginning until the new tokens are stored.
    :param window: from the vendor's change of the tokens until they are stored.
    :param ours: the part of the window after the answer has been read.
    """

    length: float
    window: float
    ours: float

    def __str__(self) -> str:
        return (
            f"a refresh takes {self.length * 1000:.1f} ms; tokens are lost for "
            f"{self.window * 1000:.1f} ms of it, {self.ours * 1000:.1f} ms of them "
            "after the answer"
        )


def measure(site: Site, nursery: Nursery, refreshes: int = 5) -> Timing:
    """Refresh in new processes and measure."""
    with _changes_at_the_vendor() as changed:
        timings = [
            nursery.start(site, "timed_refresh").wait() for _ in range(refreshes)
        ]
    assert len(changed) == refreshes
    return Timing(
        length=median(each["stored"] - each["began"] for each in timings),
        window=median(
            each["stored"] - moment
            for each, moment in zip(timings, changed, strict=True)
        ),
        ours=median(each["stored"] - each["answered"] for each in timings),
    )


@contextmanager
def _changes_at_the_vendor() -> Iterator[list[float]]:
    """Yield when the vendor changed tokens; the sandbox is in this process."""
    moments: list[float] = []
    renew = OAuthMemory.renew

    def stamped(memory: OAuthMemory, *args: Any) -> None:
        renew(memory, *args)
        moments.append(time.monotonic())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OAuthMemory, "renew", stamped)
        yield moments
