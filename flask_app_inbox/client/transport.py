"""How every call of the package reaches a vendor.

The policy, in the order of :meth:`Transport.send`: a slot, so that a slow vendor takes
only some of the process's threads; a breaker, so that a dead vendor takes none; retries
where they help and fit into the deadline, after pauses that hold no slot; one exchange
over kept connections, and another one over a new connection where the kept one is dead.
Every wait of the exchange keeps the deadline, and the answer is read up to a size. It
follows no redirects, takes no proxy but the one that it was given, and keeps no
cookies. All of it is the process's own: a forked child opens connections for itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from urllib.parse import urlsplit

import requests

from ..errors import VendorError, VendorRateLimited, VendorTimeout, VendorUnavailable
from ..per_process import PerProcess, random_part
from .answer import MAX_SIZE, Answer, Judge, check_status, read_body
from .breaker import Breaker
from .certificates import trusted_certificates
from .deadline import Deadline
from .pauses import Pause, Pauses
from .proxy import parse_proxy
from .session import make_session
from .slots import Slot
from .sockets import Exchange, current_exchange
from .transport_errors import (
    EXCHANGE_FAILURES,
    Inconclusive,
    cause_of,
    refused_by_proxy,
)

logger = logging.getLogger(__name__)

#: How often a failed call is repeated.
RETRIES = 2
#: Seconds before the first retry; doubled for the next.
FIRST_PAUSE = 0.1


class _Resources:
    """What the calls of one process share."""

    def __init__(
        self, slots: threading.BoundedSemaphore, session: requests.Session
    ) -> None:
        self.slots = slots
        self.session = session
        self.breakers: dict[str, Breaker] = {}
        self.pauses = Pauses()

    def close(self) -> None:
        """Close the kept connections."""
        self.session.close()


class _Call:
    """One call, over all its attempts."""

    def __init__(
        self,
        request: requests.Request,
        deadline: Deadline,
        repeatable: bool,
        retries: int,
        judge: Judge,
    ) -> None:
        self.request = request
        self.deadline = deadline
        self.repeatable = repeatable
        self.retries = retries
        self.judge = judge
        #: Whether the vendor may have done what it was asked, at the last attempt.
        self.may_have_worked = False
        #: The same for all attempts; what the vendor refuses it does not do.
        self.may_have_worked_once = False

    @property
    def kind(self) -> Hashable:
        """What the calls have in common that a vendor counts together."""
        who = getattr(self.request.auth, "value", None)
        return self.request.method, self.request.url, who

    def can_wait(self, seconds: float) -> bool:
        """Tell whether a pause leaves time for another attempt."""
        return bool(self.retries) and seconds < self.deadline.remaining()


class Transport:
    """Calls to a vendor under one policy.

    :param max_concurrent: calls at once in this process.
    :param proxy: the URL of the proxy that every call takes; None: none does.
    :param certificates: a file or folder of those to trust; by default what
        :func:`.trusted_certificates` returns.
    :param sleep: waits for seconds.
    :param jitter: returns a number from 0 to 1.
    :param make_breaker: returns the breaker for a host.
    :raises ConfigError: if the certificates cannot be used.
    """

    def __init__(
        self,
        *,
        max_concurrent: int,
        proxy: str | None = None,
        certificates: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random_part,
        make_breaker: Callable[[str], Breaker] = Breaker,
    ) -> None:
        self._make_breaker = make_breaker
        self._sleep = sleep
        self._jitter = jitter
        certificates = certificates or trusted_certificates()
        way = parse_proxy(proxy) if proxy else None
        self._resources = PerProcess(
            lambda: _Resources(
                threading.BoundedSemaphore(max_concurrent),
                make_session(max_concurrent, certificates, way),
            )
        )
        self._resources.get()  # reading the certificates delays no request
        # The same function twice is one filter.
        logging.getLogger("urllib3.connectionpool").addFilter(_hide_queries)

    def send(
        self,
        request: requests.Request,
        deadline: Deadline,
        *,
        repeatable: bool = True,
        retries: int = RETRIES,
        judge: Judge | None = None,
    ) -> Answer:
        """Send a request and return its answer, 2xx or 4xx.

        :param repeatable: False for a call that must not work twice: it gets a new
            connection, and is repeated only if it cannot have worked.
        :param retries: how often it is repeated at most.
        :param judge: turns what arrived into an answer or an error; by default
            :func:`check_status`.
        :raises VendorError: if there is no usable answer. 401, 403, 429, redirects
            and 5xx are errors too.
        """
        if not deadline.remaining():
            raise VendorTimeout("no time was left to ask the vendor")
        resources = self._resources.get()
        call = _Call(request, deadline, repeatable, retries, judge or check_status)
        try:
            with Slot(resources.slots, deadline) as slot:
                if not deadline.remaining():
                    # The site used up the time itself: the breaker does not count it.
                    raise VendorTimeout("no time was left to ask the vendor")
                breaker = self._breaker_of(request.url, resources.breakers)
                return breaker.call(lambda: self._send_again(resources, call, slot))
        except VendorError as error:
            error.may_have_worked = call.may_have_worked_once
            raise

    def _breaker_of(self, url: str, breakers: dict[str, Breaker]) -> Breaker:
        host = urlsplit(url).netloc
        if host not in breakers:
            breakers.setdefault(host, self._make_breaker(host))
        return breakers[host]

    def _send_again(self, resources: _Resources, call: _Call, slot: Slot) -> Answer:
        for attempt in range(call.retries + 1):
            try:
                return self._attempt(resources, call, slot)
            except VendorError as error:
                was_refused = error.status is not None and 400 <= error.status < 500
                call.may_have_worked_once |= call.may_have_worked and not was_refused
                pause = pause_before_retry(error, attempt, self._jitter(), call.retries)
                if pause is None or pause >= call.deadline.remaining():
                    raise
                if call.may_have_worked and not call.repeatable:
                    raise
                if error.retry_after is None:
                    with slot.given_back(error):
                        self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, resources: _Resources, call: _Call, slot: Slot) -> Answer:
        """Ask the vendor, at the end of a pause if it wants one."""
        pauses = resources.pauses
        pause = pauses.find(call.kind)
        if pause is not None and not self._wait_for(pause, call, slot):
            pause = None
        try:
            return _ask(resources.session, call)
        except VendorError as error:
            if error.retry_after is not None:
                if pause is not None:
                    pause.heard = error
                wait = error.retry_after + FIRST_PAUSE * self._jitter()
                if call.can_wait(wait):
                    pauses.begin(call.kind, error, wait, after=pause)
            raise
        finally:
            if pause is not None:
                pauses.end(call.kind, pause)

    def _wait_for(self, pause: Pause, call: _Call, slot: Slot) -> bool:
        """Wait for the end of a pause; return whether this call asks for all.

        :raises VendorError: the vendor's refusal, if that is too late, or if the call
            that asked was refused again.
        """
        if not call.can_wait(pause.left()):
            raise pause.refusal()
        with slot.given_back(pause.refusal()):
            self._sleep(pause.left())
        if pause.may_ask():
            return True
        with slot.given_back(pause.refusal()):
            pause.is_over.wait(call.deadline.remaining())
        if pause.heard or not pause.is_over.is_set():
            raise pause.refusal()
        return False


def _ask(session: requests.Session, call: _Call) -> Answer:
    """Make an exchange; where a kept connection is dead, on a new one."""
    exchange = Exchange(call.deadline, new_connection=not call.repeatable)
    try:
        return _exchange(session, call, exchange)
    except (VendorTimeout, VendorUnavailable) as error:
        if not exchange.on_kept or exchange.was_answered:
            raise
        # Something on the way has forgotten it, and perhaps those that are idle.
        session.close()
        if not call.deadline.remaining():
            raise Inconclusive(str(error)) from None
    return _exchange(session, call, Exchange(call.deadline, new_connection=True))


def _exchange(session: requests.Session, call: _Call, exchange: Exchange) -> Answer:
    prepared = session.prepare_request(call.request)
    try:
        with exchange.kept_by_sockets():
            response = session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=call.deadline.patience(),
            )
            with response:
                body = read_body(response, call.deadline.max_body or MAX_SIZE)
    except EXCHANGE_FAILURES as error:
        call.may_have_worked = exchange.was_sent
        # Not "from error": its text holds bytes of the answer, its attributes the
        # credentials, and sites log the causes of what they catch.
        raise cause_of(error, is_at_proxy=exchange.is_at_proxy) from None
    if response.status_code == 407 and session.proxies:
        raise refused_by_proxy(response.status_code)
    call.may_have_worked = response.status_code != 429
    return call.judge(response.status_code, response.headers, body)


def _hide_queries(record: logging.LogRecord) -> bool:
    """Keep what a vendor wants in an address out of urllib3's debug lines.

    Queries hold ids of contacts, and in one form of OAuth secrets. Calls of the site's
    own are logged as they were.
    """
    if current_exchange() and isinstance(record.args, tuple):
        record.args = tuple(
            each.partition("?")[0] if isinstance(each, str) else each
            for each in record.args
        )
    return True


def pause_before_retry(
    error: VendorError, attempt: int, jitter: float, retries: int = RETRIES
) -> float | None:
    """Decide how long to wait before the next attempt.

    :param attempt: 0 for the first.
    :param jitter: from 0 to 1.
    :param retries: how many there are after the first.
    :returns: seconds; None if another attempt would not help.
    """
    if attempt >= retries or isinstance(error, VendorTimeout) or not error.retryable:
        return None
    if isinstance(error, VendorRateLimited) and error.retry_after is None:
        return None
    if error.retry_after is not None:
        return error.retry_after + FIRST_PAUSE * jitter
    return FIRST_PAUSE * float(2**attempt) * (0.5 + jitter)
