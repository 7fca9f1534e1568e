"""A vendor behind something that forgets connections."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.faults.raw_vendor import Line


class Forgetful:
    """A behaviour: connections are good until they are forgotten, and new ones are.

    :param reply: the answer to each request.
    :param end: what becomes of a request on a forgotten connection.
    """

    def __init__(self, reply: bytes, end: Callable[[Line], None] = Line.hang) -> None:
        self._reply = reply
        self._end = end
        self._forgotten = 0
        #: Answers are held until so many callers wait for them, each on a connection
        #: of its own; None: they are not.
        self.crowd: threading.Barrier | None = None

    def forget(self) -> None:
        """Forget the connections that are open."""
        self._forgotten += 1

    def __call__(self, line: Line) -> None:
        made = self._forgotten
        while True:
            line.read_request()
            if made != self._forgotten:
                self._end(line)
                return
            if self.crowd is not None:
                self.crowd.wait(15)
            line.send(self._reply)
