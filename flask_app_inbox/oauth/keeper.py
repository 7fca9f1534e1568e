"""Keeps one connection alive: lends its access token and refreshes it in time.

A refresh runs in a thread of its own. A process runs one at a time, and the database's
lock keeps other processes out. So the end of the request that needed the refresh does
not cut it off, and requests that come while the old token still works do not wait.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDoneYet
from dataclasses import dataclass, field

from ..client.deadline import Deadline
from ..errors import (
    ReconnectNeeded,
    VendorError,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from ..per_process import PerProcess, random_part
from .client import OAuthClient, Tokens
from .locked import LockedConnection
from .pace import (
    ATTEMPTS,
    LOCK_PATIENCE,
    PATIENCE,
    leeway,
    pause_after,
    pause_left,
)
from .process_end import finish_before_the_end
from .status import connect_command
from .store import TokenStore
from .table import RECONNECT_NEEDED, StoredConnection

logger = logging.getLogger(__name__)

_REFUSED = (
    "The vendor refused the refresh token: the app was disconnected at the vendor, or "
    "the site did not refresh it for 30 days."
)
_INTERRUPTED = (
    "The vendor refused the refresh token. An earlier refresh was cut off, and its new "
    "tokens were lost on the way."
)


@dataclass(frozen=True)
class Lent:
    """An access token, and the generation of tokens that it belongs to."""

    access_token: str = field(repr=False)
    generation: int


class _PutOff(Exception):
    """The refresh has to wait; a caller who cannot wait gets the error."""

    def __init__(self, error: VendorError, pause: float) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause = pause


@dataclass
class _Refreshing:
    """How one process refreshes.

    :param places: for the requests that wait for a refresh.
    :param share: one number for all requests of the process, so that they agree on
        when to refresh, and another one for each process.
    """

    places: threading.BoundedSemaphore
    share: float
    running: Future[StoredConnection] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ConnectionKeeper:
    """One connection, as the processes of this machine see it.

    :param name: under which it is stored.
    :param max_waiting: how many requests may wait for a refresh at once.
    :param on_lost: called with the name and the reason, once, by the process that
        finds the connection lost.
    :param clock: returns seconds since the epoch.
    :param sleep: waits for seconds.
    :param jitter: returns a number from 0 to 1.
    """

    def __init__(
        self,
        name: str,
        store: TokenStore,
        client: OAuthClient,
        *,
        max_waiting: int = 8,
        on_lost: Callable[[str, str], None] = lambda _name, _reason: None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random_part,
    ) -> None:
        self._name = name
        self._store = store
        self._client = client
        self._on_lost = on_lost
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._refreshing = PerProcess(
            lambda: _Refreshing(
                threading.BoundedSemaphore(max_waiting), 0.5 + jitter() / 2
            )
        )
        self._advice = f"Its owner must connect it again: `{connect_command(name)}`."

    def identity(self, deadline: Deadline) -> str | None:
        """Return what no other connection of this name has.

        :raises ReconnectNeeded: if there is no connection, or none any more.
        :raises StorageError: if it cannot be read.
        """
        return self._read(deadline).identity

    def lend(self, deadline: Deadline) -> Lent:
        """Return an access token that has not expired.

        :raises ReconnectNeeded: if there is no connection, or none any more.
        :raises VendorError: if the token has expired and cannot be renewed in time.
        :raises StorageError: if the connection cannot be read.
        """
        row = self._read(deadline)
        now = self._clock()
        if now < row.expires_at - leeway(row, self._refreshing.get().share):
            return _lent(row)
        pause = pause_left(row, now)
        if now < row.expires_at:
            if not pause:
                self._begin(row.generation)
            return _lent(row)
        if pause > deadline.remaining() / 2:
            raise VendorUnavailable(
                "the access token cannot be renewed now", retry_after=pause
            )
        return self._renewed(row.generation, deadline)

    def replace(self, refused: Lent, deadline: Deadline) -> Lent:
        """Return another token after the vendor answered 401 to this one.

        :raises VendorRejected: if the vendor refused a token right after a refresh.
        :raises VendorError: if no token can be had in time.
        """
        row = self._read(deadline)
        if row.generation != refused.generation:
            return _lent(row)
        if row.is_useless:
            raise VendorRejected(
                "the vendor refuses a new access token; ask it whether the app may "
                "make this call by OAuth",
                status=401,
            )
        return self._renewed(row.generation, deadline)

    def give_up_on(self, refused: Lent, deadline: Deadline) -> None:
        """Note that the vendor refused a new token, so refreshing is no help."""
        self._store.mark_useless(self._name, refused.generation, deadline)

    def refresh(self) -> StoredConnection:
        """Refresh now, even if the token is still good; return the connection.

        :raises VendorError: if the vendor gives no new tokens.
        """
        row = self._read()
        try:
            return self._refresh_once(row.generation, at_once=True)
        except _PutOff as put_off:
            raise put_off.error from None

    def _read(self, deadline: Deadline | None = None) -> StoredConnection:
        return self._usable(self._store.read(self._name, deadline))

    def _usable(self, row: StoredConnection | None) -> StoredConnection:
        if row is None:
            raise ReconnectNeeded(
                "the site is not connected to the vendor. Its owner must connect it: "
                f"`{connect_command(self._name)}`."
            )
        if row.state == RECONNECT_NEEDED:
            raise ReconnectNeeded(f"{row.problem} {self._advice}")
        return row

    def _renewed(self, generation: int, deadline: Deadline) -> Lent:
        """Wait for a refresh and return the new token."""
        places = self._refreshing.get().places
        if not places.acquire(blocking=False):
            raise VendorUnavailable(
                "too many requests wait for a new access token", retry_after=1
            )
        try:
            while True:
                row = self._begin(generation).result(deadline.patience())
                if row.generation != generation:
                    return _lent(row)
        except (TimeoutError, NotDoneYet):  # one and the same from Python 3.11 on
            raise VendorTimeout(
                "the access token was not renewed within the deadline"
            ) from None
        finally:
            places.release()

    def _begin(self, generation: int) -> Future[StoredConnection]:
        """Start a refresh unless one is running; return the future of its outcome."""
        refreshing = self._refreshing.get()
        with refreshing.lock:
            if refreshing.running and not refreshing.running.done():
                return refreshing.running
            future: Future[StoredConnection] = Future()
            thread = threading.Thread(
                target=self._run,
                args=(future, generation),
                name=f"app-inbox oauth refresh {self._name}",
            )
            thread.start()
            finish_before_the_end(future)
            refreshing.running = future
            return future

    def _run(self, future: Future[StoredConnection], generation: int) -> None:
        try:
            future.set_result(self._refresh(generation))
        except BaseException as error:
            logger.warning("The access token was not renewed: %s", error)
            future.set_exception(error)

    def _refresh(self, generation: int) -> StoredConnection:
        for attempt in range(ATTEMPTS):
            try:
                return self._refresh_once(generation)
            except _PutOff as put_off:
                if attempt == ATTEMPTS - 1 or put_off.pause > PATIENCE:
                    raise put_off.error from None
                self._sleep(put_off.pause)
        raise AssertionError("the last attempt returns or raises")

    def _refresh_once(
        self, generation: int, *, at_once: bool = False
    ) -> StoredConnection:
        """Refresh under the lock, unless somebody else has done it meanwhile."""
        self._heed_pause(self._read(), generation, at_once)
        if not self._store.note_refresh(self._name, generation, LOCK_PATIENCE):
            return self._read()
        tokens: Tokens | None = None
        failure: VendorError | _PutOff | None = None
        try:
            with self._store.lock(self._name, LOCK_PATIENCE) as locked:
                row = self._usable(locked.row if locked else None)
                if locked is None or row.generation != generation:
                    return row
                self._heed_pause(row, generation, at_once)
                locked.rehearse()
                try:
                    tokens = self._client.refresh(row.tokens)
                except VendorError as error:
                    failure = self._note(locked, error)
                else:
                    locked.renew(tokens)
        except Exception:
            if tokens is None:
                raise
            # The vendor accepts only these tokens now, so they must not be lost.
            logger.exception("The database failed after a refresh; trying it again.")
            self._store.rescue(row, tokens)
        if isinstance(failure, ReconnectNeeded):
            logger.error("The connection %r is lost: %s", self._name, failure)
            self._on_lost(self._name, str(failure))
        if failure is not None:
            raise failure
        return self._read()

    def _heed_pause(
        self, row: StoredConnection, generation: int, at_once: bool
    ) -> None:
        pause = pause_left(row, self._clock())
        if pause and row.generation == generation and not at_once:
            raise _PutOff(
                VendorUnavailable(
                    "the access token cannot be renewed now", retry_after=pause
                ),
                pause,
            )

    def _note(
        self, locked: LockedConnection, error: VendorError
    ) -> ReconnectNeeded | _PutOff:
        """Store what a failure means for the connection; return what to raise."""
        row = locked.row
        if isinstance(error, ReconnectNeeded):
            reason = _INTERRUPTED if row.unfinished > 1 else _REFUSED
            locked.lose(reason)
            return ReconnectNeeded(f"{reason} {self._advice}", status=error.status)
        pause = pause_after(error, row.failures, self._jitter())
        locked.put_off(
            f"The last refresh failed: {error}.",
            self._clock() + pause,
            answered=error.status is not None,
        )
        return _PutOff(error, pause)


def _lent(row: StoredConnection) -> Lent:
    return Lent(row.tokens.access_token, row.generation)
