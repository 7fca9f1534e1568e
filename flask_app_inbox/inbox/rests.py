"""Times in which the vendor is not asked for a count: there was just none to be had.

Asking for a count is limited by nothing else, so each poll of each tab would ask it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from ..errors import LoaderError, VendorError, VendorUnavailable
from ..web.shared_store import SharedStore
from .contact_key import ContactKey

#: Seconds that a rest lasts.
REST = 5.0


class Rests:
    """The rests of all contacts.

    :param store: where they are kept.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self, store: SharedStore, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._clock = clock

    def begin(
        self, key: ContactKey, error: VendorError | LoaderError, within: float
    ) -> None:
        """Let nobody ask for a while.

        :param error: what whoever comes meanwhile gets: the vendor's failure, or that
            of a receiver of the token's signal.
        """
        status = error.status if isinstance(error, VendorError) else None
        told = [error.code, str(error), status, error.retryable, self._clock()]
        self._store.put(_name(key), json.dumps(told).encode(), REST, within=within)

    def find(self, key: ContactKey, within: float) -> VendorError | LoaderError | None:
        """Return why there was no count, if the vendor is left alone now."""
        kept = self._store.get(_name(key), within=within)
        if kept is None:
            return None
        try:
            code, text, status, retryable, since = json.loads(kept)
            left = REST - (self._clock() - since)
        except (ValueError, TypeError):
            return None
        if code == LoaderError.code:
            return LoaderError(str(text))
        kinds = {kind.code: kind for kind in VendorError.__subclasses__()}
        return kinds.get(code, VendorUnavailable)(
            str(text),
            status=status,
            retryable=bool(retryable),
            retry_after=min(max(left, 0.0), REST),
        )


def _name(key: ContactKey) -> str:
    return f"rest:{key.who}"
