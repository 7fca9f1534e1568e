"""When a connection is refreshed, and how long to wait after a refresh that failed.

These are decisions alone: they read no clock and wait for nothing.
"""

from __future__ import annotations

from ..errors import VendorError, VendorRejected
from .client import TIMEOUT
from .table import StoredConnection

#: A refresh begins at most so many seconds before the token expires…
LEEWAY = 3600.0
#: … or this part of its life, whichever is less.
LEEWAY_PART = 0.1
#: Seconds before a failed refresh is repeated; doubled with each failure…
FIRST_PAUSE = 0.25
#: … up to this.
LONGEST_PAUSE = 60.0
#: How often one refresh is tried before it is left to the next request.
ATTEMPTS = 5
#: The longest pause, in seconds, that a refresh itself waits through.
PATIENCE = 5.0
#: Seconds to wait for the lock: whoever holds it may be asking the vendor.
LOCK_PATIENCE = TIMEOUT + 10.0


def leeway(row: StoredConnection, share: float) -> float:
    """Return how many seconds before it expires a token is renewed.

    :param share: the part of the longest leeway that this process takes, from 0 to 1,
        so that not all processes begin at once.
    """
    return min(LEEWAY, LEEWAY_PART * (row.expires_at - row.issued_at)) * share


def pause_left(row: StoredConnection, now: float) -> float:
    """Return the seconds until a failed refresh may be repeated; 0: now."""
    left = row.retry_at - now
    # A longer one comes from another machine's clock and is no pause.
    return left if 0 < left <= LONGEST_PAUSE else 0.0


def pause_after(error: VendorError, failures: int, jitter: float) -> float:
    """Decide how many seconds to wait after a refresh that failed.

    :param failures: how many refreshes in a row failed before it.
    :param jitter: from 0 to 1.
    """
    if isinstance(error, VendorRejected):
        return LONGEST_PAUSE / 6
    pause: float = FIRST_PAUSE * 2 ** min(failures, 10) * (0.5 + jitter)
    return min(LONGEST_PAUSE, max(pause, error.retry_after or 0.0))
