"""The tokens with which the server itself reads messages: a chain for each contact.

A token dies with the request that carries it, and the answer brings its successor. So
a token is never shared: who uses it takes it out of the store, and puts the successor
back. Two that ask for one contact at once wait for each other, whichever process or
machine they are in: a vendor that keeps one token for a contact would refuse one of
them.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from ..client.deadline import Deadline
from ..client.messages import TokenUse
from ..errors import VendorInvalid, VendorRejected, VendorTimeout, VendorUnavailable
from ..web.steady_store import SteadyStore
from ..web.turns import NoPlace, TooLate, Turns

if TYPE_CHECKING:
    from ..web.encryption import Encryptor

Result = TypeVar("Result")

#: Seconds that a token is kept. The vendor does not say how long one lives; one that is
#: dead costs a call.
KEEP = 24 * 60 * 60.0
#: The part of its time that a request waits for another process's, which may have died.
PATIENCE = 0.5
#: Seconds between two looks whether it has ended; doubled each time up to the second.
FIRST_GLANCE, LONGEST_GLANCE = 0.005, 0.05
#: How many requests may ask at once for one contact in a process. Each holds a thread.
PLACES = 8
#: The least seconds that the store has for what must be written, however late it is.
LAST_MOMENT = 0.2


#: The contacts whose chains this call has borrowed: what it calls runs in its context.
_borrowed: ContextVar[frozenset[str]] = ContextVar("borrowed", default=frozenset())


def check_not_within(who: str) -> None:
    """Refuse a call that is a part of another one for the same contact.

    It would wait for that one, which waits for it.

    :param who: the contact's key.
    :raises RuntimeError: if it is.
    """
    if who in _borrowed.get():
        raise RuntimeError(
            "This contact's messages are being asked for, and this is a part of it: a "
            "receiver of token_issued, contact_unknown or token_failed cannot ask for "
            "them itself. Let a job do it afterwards."
        )


def last_moment(deadline: Deadline) -> float:
    """Return the seconds that the store has for what others rely on.

    A call that failed may have taken the whole time, and what is kept must say so.
    """
    return max(deadline.remaining(), LAST_MOMENT)


class UnknownContact(Exception):
    """The vendor does not know the contact, so nothing can be asked for them."""


class Chain:
    """A contact's tokens, one after the other, for a caller who has them alone.

    :param who: the contact's key.
    :param token: the one to begin with; None: there is none.
    :param issue: returns a new one, "" if the vendor does not know the contact.
    """

    def __init__(self, who: str, token: str | None, issue: Callable[[], str]) -> None:
        self._who = who
        #: What the next call may use.
        self.token = token
        self._issue = issue
        self._was_refused = False

    def ask(self, call: Callable[[TokenUse], Result]) -> Result:
        """Make a call with a token; with a new one if there is none, or it is dead.

        :raises UnknownContact: if the vendor issues none.
        :raises VendorError: if the call fails.
        """
        use = TokenUse(self.token or self._issue_anew(), self._who)
        try:
            return call(use)
        except VendorRejected as error:
            if error.status != 401:
                raise
            use.left = None
            if self._was_refused:
                raise VendorInvalid(
                    "the vendor's messages API refuses the tokens that the vendor "
                    "issues; see APP_INBOX_MESSAGES_URL",
                    status=401,
                    retryable=True,
                ) from None
            self._was_refused = True
        finally:
            self.token = use.left
        return self.ask(call)

    def _issue_anew(self) -> str:
        token = self._issue()
        if not token:
            raise UnknownContact
        return token


class TokenChains:
    """The chains of all contacts.

    :param store: where the tokens wait, encrypted.
    :param encryptor: returns what encrypts them.
    :param hold: seconds after which a chain is free although nobody gave it back.
    :param sleep: waits for seconds.
    """

    def __init__(
        self,
        store: SteadyStore,
        encryptor: Callable[[], Encryptor],
        *,
        hold: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._encryptor = encryptor
        self._hold = hold
        self._sleep = sleep
        self._turns = Turns(PLACES)

    @contextmanager
    def borrow(
        self, who: str, deadline: Deadline, issue: Callable[[], str]
    ) -> Iterator[Chain]:
        """Have a contact's chain alone.

        :param who: the contact's key.
        :param issue: see :class:`Chain`.
        :raises VendorTimeout: if others have it for too long.
        :raises VendorUnavailable: if too many wait for it.
        """
        try:
            with self._turns.wait(who, deadline.remaining()):
                ticket = self._wait_for_others(who, deadline)
                chain = Chain(who, self._take(who, deadline), issue)
                mark = _borrowed.set(_borrowed.get() | {who})
                try:
                    yield chain
                finally:
                    _borrowed.reset(mark)
                    self._give_back(who, chain.token, ticket, deadline)
        except NoPlace:
            raise VendorUnavailable(
                "too many requests ask for one contact's messages", retry_after=1
            ) from None
        except TooLate:
            raise VendorTimeout(
                "another request still asks for this contact's messages"
            ) from None

    def _wait_for_others(self, who: str, deadline: Deadline) -> bytes | None:
        """Wait until no other process has the chain; return what says that we do.

        :returns: None if another one does still. It may have died; and if not, two
            chains of a contact work with most vendors.
        """
        ticket = secrets.token_bytes(8)
        end, pause = deadline.remaining() * PATIENCE, FIRST_GLANCE
        while not self._store.add(
            f"turn:{who}", ticket, self._hold, within=deadline.remaining()
        ):
            if deadline.remaining() <= end:
                return None
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_GLANCE)
        return ticket

    def _take(self, who: str, deadline: Deadline) -> str | None:
        kept = self._store.take(f"token:{who}", within=deadline.remaining())
        return None if kept is None else _opened(self._encryptor(), kept, who)

    def _give_back(
        self, who: str, token: str | None, ticket: bytes | None, deadline: Deadline
    ) -> None:
        within = last_moment(deadline)
        if token is not None:
            locked = self._encryptor().encrypt([who, token]).encode()
            self._store.hand_over(f"token:{who}", locked, KEEP, within=within)
        turn = f"turn:{who}"
        if ticket is not None and self._store.get(turn, within=within) == ticket:
            self._store.drop(turn, within=within)


def _opened(encryptor: Encryptor, kept: bytes, who: str) -> str | None:
    """Return a token, unless it was kept under another key, or for somebody else."""
    from ..web.encryption import WrongKey

    try:
        owner, token = encryptor.decrypt(kept)
    except (WrongKey, ValueError, TypeError):
        return None
    return token if owner == who and isinstance(token, str) else None
