"""What a failed exchange means to a caller."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Sequence

import requests
import urllib3

from ..errors import VendorError, VendorInvalid, VendorTimeout, VendorUnavailable

#: What an exchange raises; http.client raises ValueError for a negative length.
EXCHANGE_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class Inconclusive(VendorTimeout):
    """Nothing came, but on a connection that something on the way may have forgotten.

    So it says nothing about the vendor.
    """


_PROXY_ADVICE = (
    "Check the setting PROXY: the proxy must be reachable from this machine, take the "
    "user and password in it, and let calls to the vendor through."
)


class ProxyFailed(VendorUnavailable):
    """A call came no further than to the proxy."""

    advice = _PROXY_ADVICE


class ProxyTimeout(VendorTimeout):
    """The proxy took all of the time."""

    advice = _PROXY_ADVICE


class TunnelRefused(OSError):
    """A proxy opens no way to a vendor.

    :param status: what it answered.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy refused with {status}")
        self.status = status


def refused_by_proxy(status: int) -> ProxyFailed:
    """Return the error for a proxy's own refusal."""
    return ProxyFailed(
        "the proxy wants another user and password (407)"
        if status == 407
        else f"the proxy opens no way to the vendor ({status})",
        retryable=status >= 500,
    )


def cause_of(error: Exception, *, is_at_proxy: bool = False) -> VendorError:
    """Return the error that a failed exchange means to a caller.

    The messages of requests and urllib3 hold addresses and bytes of the answer, so we
    pass on only the kind of the failure.

    :param is_at_proxy: whether the exchange came no further than to a proxy.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, TunnelRefused):
            return refused_by_proxy(cause.status)
    found = _kind_of(causes)
    if not is_at_proxy:
        return found
    if isinstance(found, VendorTimeout):
        return ProxyTimeout("the proxy did not answer in time")
    return ProxyFailed(f"no way through the proxy ({found})", retryable=found.retryable)


def _kind_of(causes: Sequence[BaseException]) -> VendorError:
    """Return the error that the causes of a failure mean, wherever it happened."""

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if among(ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return VendorUnavailable("the connection was closed")
    if among(requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        reasons = [e.verify_message for e in causes if hasattr(e, "verify_message")]
        return VendorUnavailable(
            "no trusted TLS connection" + "".join(f": {why}" for why in reasons[:1]),
            retryable=False,
        )
    if among(urllib3.exceptions.NewConnectionError):
        # urllib3 derives this from its timeout, so it comes first.
        return VendorUnavailable("no connection")
    if among(
        requests.Timeout,
        TimeoutError,
        urllib3.exceptions.TimeoutError,
    ):
        return VendorTimeout("no complete answer within the deadline")
    if among(http.client.RemoteDisconnected):
        return VendorUnavailable("the connection was closed")
    if among(http.client.IncompleteRead, urllib3.exceptions.IncompleteRead):
        return VendorInvalid("the answer ends too early", retryable=True)
    if among(
        http.client.HTTPException,
        urllib3.exceptions.InvalidHeader,
        urllib3.exceptions.HeaderParsingError,
        urllib3.exceptions.InvalidChunkLength,
        urllib3.exceptions.DecodeError,
        requests.exceptions.InvalidHeader,
        ValueError,
    ):
        return VendorInvalid("the answer is not HTTP")
    return VendorUnavailable("the connection broke")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the chain; urllib3 and requests also keep causes in args and reason."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += [part for part in cause.args if isinstance(part, BaseException)]
