"""The errors that this package raises.

    AppInboxError
    ├── ConfigError           settings that cannot work, all of them at once
    ├── LoaderError           a loader of the site failed or returned nonsense
    ├── StorageError          OAuth connections cannot be read or written
    └── VendorError           the vendor did not do what it was asked
        ├── VendorRejected     the vendor refused our credentials (401, 403)
        ├── ReconnectNeeded    the owner must connect the site again by OAuth
        ├── VendorRateLimited  the vendor asked us to slow down (429)
        ├── VendorInvalid      the answer is not what the documents promise
        ├── VendorUnavailable  the vendor cannot be reached or says it is down
        └── VendorTimeout      no complete answer within the deadline

Messages name settings, statuses and causes. They never hold a credential, a
token, the vendor's body or personal data.
"""

from __future__ import annotations

from collections.abc import Sequence

from click import ClickException


class AppInboxError(Exception):
    """The root of all errors of this package.

    The class says what endpoints, the log and signals tell about an error. A subclass
    says the same unless it defines its own.
    """

    #: Stable and machine-readable.
    code = "app_inbox_error"
    #: The status of the problem that an endpoint answers.
    http_status = 500
    #: The title of that problem.
    title = "The site cannot do this."
    #: When that problem is answered, for the manual.
    when = ""
    #: What the site's owner can do, for the log; "": it passes by itself.
    advice = ""
    #: Whether the same call may succeed a little later.
    retryable = False
    #: Seconds to wait before the next try, if known.
    retry_after: float | None = None
    #: Seconds that a browser is asked to wait if ``retry_after`` is not known.
    default_retry_after: float | None = None


class ConfigError(AppInboxError, ClickException):
    """Settings that cannot work; a command that loads the app says so in its words.

    :param problems: a sentence about each; it names the key and the fix.
    """

    code = "config_error"

    def __init__(self, problems: Sequence[str]) -> None:
        #: A sentence about each setting that cannot work.
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"The configuration cannot work:{lines}")


class LoaderError(AppInboxError):
    """A loader of the site failed or returned something unusable."""

    code = "loader_failed"
    http_status = 500
    title = "The site could not say who is logged in."
    when = (
        "a loader of the site raised or aborted, or returned something unusable, or a "
        "receiver of a signal raised; see the log"
    )


class StorageError(AppInboxError):
    """OAuth connections cannot be read or written. The message names the fix.

    :param retryable: whether the same call may succeed a little later.
    """

    code = "storage_failed"
    http_status = 503
    title = "The site cannot read its connection to the vendor."
    when = (
        "the database with the OAuth connections cannot be used, or its key has "
        "changed; the log names the fix"
    )

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class VendorError(AppInboxError):
    """The vendor did not do what it was asked.

    :param message: what happened, for the log, without secrets and personal data.
    :param status: the vendor's HTTP status; None if no answer came.
    :param retryable: whether the same call may succeed a little later; by default
        what the class says.
    :param retry_after: seconds to wait before the next try, if known.
    """

    code = "vendor_error"
    http_status = 502
    title = "The vendor did not do what it was asked."
    #: Whether the vendor may have done it all the same: the request was sent, and no
    #: answer says that it was refused. What must not be done twice is not asked again.
    may_have_worked = False

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
    """The vendor refused our credentials: wrong, disabled, or lacking a right."""

    code = "vendor_rejected"
    title = "The vendor refused the site's credentials."
    when = (
        "the vendor refused the credentials: wrong key, one disabled after 90 idle "
        "days, or a missing right"
    )
    advice = (
        "Check the credentials at the vendor: they are wrong, were disabled (the "
        "vendor disables a key after 90 days without use), or lack a right (full "
        "access has them all)."
    )


class ReconnectNeeded(VendorError):
    """The site is not connected to the vendor; only its owner can connect it."""

    code = "reconnect_needed"
    http_status = 503
    title = "The site is not connected to the vendor. Its owner must connect it."
    when = "there is no OAuth connection, or it was lost; its owner must connect again"


class VendorRateLimited(VendorError):
    """The vendor asked us to slow down."""

    code = "rate_limited"
    http_status = 429
    title = "Asked too often."
    when = "this user asked too often, or the vendor said so"
    advice = "The vendor allows an account 200 requests/s over most of its methods."
    retryable = True
    default_retry_after = 5.0


class VendorInvalid(VendorError):
    """The vendor's answer is not what its documents promise."""

    code = "vendor_invalid"
    title = "The vendor answered something unusable."
    when = "the vendor answered nonsense"


class VendorUnavailable(VendorError):
    """The vendor cannot be reached or says that it is down."""

    code = "vendor_unavailable"
    http_status = 503
    title = "The vendor cannot be reached now."
    when = "the vendor cannot be reached or says that it is down; all slots are busy"
    retryable = True
    default_retry_after = 5.0


class VendorTimeout(VendorError):
    """No complete answer came within the deadline."""

    code = "vendor_timeout"
    http_status = 504
    title = "The vendor did not answer in time."
    when = "no complete answer within `TIMEOUT`"
    retryable = True


def explain(error: AppInboxError) -> str:
    """Return an error as a sentence for the site's owner."""
    text = str(error)
    if isinstance(error, VendorError):
        text = f"{text[:1].upper()}{text[1:].rstrip('.')}."
    return text
