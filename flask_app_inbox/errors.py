"""Everything that this package raises on purpose.

    AppInboxError
    ├── ConfigError           settings that cannot work, all of them at once
    ├── LoaderError           a loader of the site returned something unusable
    ├── StorageError          OAuth connections cannot be read or written
    └── VendorError           the vendor did not give what it was asked for
        ├── VendorRejected     it refused our credentials (401, 403)
        ├── ReconnectNeeded    the owner has to connect again by OAuth
        ├── VendorRateLimited  it asked us to slow down (429)
        ├── VendorInvalid      it answered nonsense, or not at all what we asked
        ├── VendorUnavailable  it cannot be reached, or says that it is down
        └── VendorTimeout      no whole answer within the deadline

Messages name settings, statuses and causes. They never hold a credential, a
token, the vendor's body or personal data.
"""

from __future__ import annotations

from collections.abc import Sequence


class AppInboxError(Exception):
    """The root of all errors of this package."""


class ConfigError(AppInboxError):
    """Settings that cannot work.

    :param problems: one sentence for each, naming the key and how to mend it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        #: One sentence for each problem.
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"The configuration cannot work:{lines}")


class LoaderError(AppInboxError):
    """A loader of the site returned something unusable; the message says what."""


class StorageError(AppInboxError):
    """OAuth connections cannot be read or written; the message says what to do."""

    code = "storage_failed"
    retry_after: float | None = None


class VendorError(AppInboxError):
    """The vendor did not give what it was asked for.

    :param message: what happened, for a log: no secrets, no personal data.
    :param status: the vendor's HTTP status; None if no answer came.
    :param retry_after: seconds to wait before the next try, if known.
    """

    #: Stable and machine-readable; the token endpoint sends it to the browser.
    code = "vendor_error"
    #: Whether the same call may well succeed a little later.
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        if retryable is not None:
            self.retryable = retryable


class VendorRejected(VendorError):
    """The vendor refused our credentials: a wrong, disabled or too weak key."""

    code = "vendor_rejected"


class ReconnectNeeded(VendorError):
    """No connection to the vendor is left; only its owner can make another."""

    code = "reconnect_needed"


class VendorRateLimited(VendorError):
    """The vendor asked us to slow down."""

    code = "rate_limited"
    retryable = True


class VendorInvalid(VendorError):
    """The vendor's answer is not what its documents promise."""

    code = "vendor_invalid"


class VendorUnavailable(VendorError):
    """The vendor cannot be reached, or says that it is down."""

    code = "vendor_unavailable"
    retryable = True


class VendorTimeout(VendorError):
    """No whole answer came within the deadline."""

    code = "vendor_timeout"
    retryable = True
