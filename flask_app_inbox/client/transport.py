"""How every call of the package reaches a vendor.

The policy, in the order of :meth:`Transport.send`: a slot, so that a slow vendor takes
only some of the process's threads; a breaker, so that a dead vendor takes none; retries
where they help and fit into the deadline; one exchange over kept connections. Every
wait of the exchange keeps the deadline, and the answer is read up to a size. It follows
no redirects, obeys no proxy variables and keeps no cookies. All of it is the process's
own: a forked child opens connections for itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from ..errors import VendorError, VendorRateLimited, VendorTimeout, VendorUnavailable
from ..per_process import PerProcess, random_part
from .answer import MAX_SIZE, Answer, Judge, check_status, read_body
from .breaker import Breaker
from .certificates import trusted_certificates
from .deadline import Deadline, DeadlineAdapter, is_kept
from .transport_errors import EXCHANGE_FAILURES, cause_of

logger = logging.getLogger(__name__)

#: Seconds that a call waits for a slot.
SLOT_PATIENCE = 0.1
#: How often a failed call is repeated.
RETRIES = 2
#: Seconds before the first retry; doubled for the next.
FIRST_PAUSE = 0.1


@dataclass(frozen=True)
class _Resources:
    """What the calls of one process share."""

    slots: threading.BoundedSemaphore
    session: requests.Session
    breakers: dict[str, Breaker] = field(default_factory=dict)

    def close(self) -> None:
        """Close the kept connections."""
        self.session.close()


class Transport:
    """Calls to a vendor under one policy.

    :param max_concurrent: calls at once in this process.
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
        certificates: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random_part,
        make_breaker: Callable[[str], Breaker] = Breaker,
    ) -> None:
        self._make_breaker = make_breaker
        self._sleep = sleep
        self._jitter = jitter
        certificates = certificates or trusted_certificates()
        self._resources = PerProcess(
            lambda: _Resources(
                threading.BoundedSemaphore(max_concurrent),
                _session(max_concurrent, certificates),
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
        judge: Judge | None = None,
    ) -> Answer:
        """Send a request and return its answer, 2xx or 4xx.

        :param repeatable: False for a call that must not reach the vendor twice.
        :param judge: turns what arrived into an answer or an error; by default
            :func:`check_status`.
        :raises VendorError: if there is no usable answer. 401, 403, 429, redirects
            and 5xx are errors too.
        """
        if not deadline.remaining():
            raise VendorTimeout("no time was left to ask the vendor")
        resources = self._resources.get()
        with _slot(resources.slots, deadline):
            if not deadline.remaining():
                # The site used up the time itself, so the breaker does not count it.
                raise VendorTimeout("no time was left to ask the vendor")
            breaker = self._breaker_of(request.url, resources.breakers)
            return breaker.call(
                lambda: self._send_again(
                    resources.session,
                    request,
                    deadline,
                    repeatable,
                    judge or check_status,
                )
            )

    def _breaker_of(self, url: str, breakers: dict[str, Breaker]) -> Breaker:
        host = urlsplit(url).netloc
        if host not in breakers:
            breakers.setdefault(host, self._make_breaker(host))
        return breakers[host]

    def _send_again(
        self,
        session: requests.Session,
        request: requests.Request,
        deadline: Deadline,
        repeatable: bool,
        judge: Judge,
    ) -> Answer:
        for attempt in range(RETRIES + 1):
            try:
                return _exchange(session, request, deadline, judge)
            except VendorError as error:
                pause = pause_before_retry(error, attempt, self._jitter())
                if pause is None or not repeatable or pause >= deadline.remaining():
                    raise
                self._sleep(pause)
        raise AssertionError("the last attempt returns or raises")


@contextmanager
def _slot(slots: threading.BoundedSemaphore, deadline: Deadline) -> Iterator[None]:
    if not slots.acquire(timeout=min(SLOT_PATIENCE, deadline.remaining())):
        raise VendorUnavailable(
            "all slots for calls to the vendor are busy", retry_after=1
        )
    try:
        yield
    finally:
        slots.release()


def _exchange(
    session: requests.Session,
    request: requests.Request,
    deadline: Deadline,
    judge: Judge,
) -> Answer:
    prepared = session.prepare_request(request)
    try:
        with deadline.kept_by_sockets():
            response = session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=deadline.patience(),
            )
            with response:
                body = read_body(response, deadline.max_body or MAX_SIZE)
    except EXCHANGE_FAILURES as error:
        # Not "from error": its text holds bytes of the answer, its attributes the
        # credentials, and sites log the causes of what they catch.
        raise cause_of(error) from None
    return judge(response.status_code, response.headers, body)


def _hide_queries(record: logging.LogRecord) -> bool:
    """Keep what a vendor wants in an address out of urllib3's debug lines.

    Queries hold ids of contacts, and in one form of OAuth secrets. Calls of the site's
    own are logged as they were.
    """
    if is_kept() and isinstance(record.args, tuple):
        record.args = tuple(
            each.partition("?")[0] if isinstance(each, str) else each
            for each in record.args
        )
    return True


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects: requests would unpack their bodies without a limit."""


def _session(size: int, certificates: str) -> requests.Session:
    session = _Session()
    # Take no proxy, netrc or certificate from the environment.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers.update(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "flask-app-inbox",
        }
    )
    adapter = DeadlineAdapter(size=size, certificates=certificates)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def pause_before_retry(error: VendorError, attempt: int, jitter: float) -> float | None:
    """Decide how long to wait before the next attempt.

    :param attempt: 0 for the first.
    :param jitter: from 0 to 1.
    :returns: seconds; None if another attempt would not help.
    """
    if attempt >= RETRIES or isinstance(error, VendorTimeout) or not error.retryable:
        return None
    if isinstance(error, VendorRateLimited) and error.retry_after is None:
        return None
    if error.retry_after is not None:
        return error.retry_after + FIRST_PAUSE * jitter
    return FIRST_PAUSE * float(2**attempt) * (0.5 + jitter)
