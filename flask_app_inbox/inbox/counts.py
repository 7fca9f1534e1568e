"""How many unread messages a contact has, as far as the site knows.

A count is good for a while. Until then whoever asks gets it, so that all pages and tabs
of a customer cost one call to the vendor. Of those who come later one asks, and the
others wait for what it hears.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..web.shared_store import SharedStore
from .contact_key import ContactKey

#: Seconds that a count is good for.
FRESH = 15.0
#: The same for contacts of whose new messages the vendor's webhook tells. It does not
#: tell of messages that expire or are read elsewhere, so it is not for long either.
FRESH_WITH_WEBHOOK = 300.0
#: Seconds that the last count is kept for times when there is no other.
KEEP = 24 * 60 * 60.0
#: Seconds after which a page rather shows no count than the last one.
TOO_OLD_FOR_PAGES = 600.0
#: Seconds after news of a contact in which a count may have been asked for before.
NEWS = 20.0


@dataclass(frozen=True)
class Count:
    """A number of unread messages.

    :param unread: how many there are.
    :param at: when the vendor said so, in seconds since the epoch.
    :param is_late: whether it would not say so again.
    """

    unread: int
    at: float
    is_late: bool = False


class Counts:
    """The counts of all contacts.

    :param store: where they are kept.
    :param hold: seconds after which somebody else may ask, although nobody has heard.
    :param hears_news: whether the vendor's webhook tells of new messages.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        store: SharedStore,
        *,
        hold: float,
        hears_news: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._hold = hold
        self._hears_news = hears_news
        self._clock = clock

    def find(self, key: ContactKey, within: float) -> Count | None:
        """Return a count that is good, None if there is none."""
        return self._read("count", key, within)

    def last(self, key: ContactKey, within: float) -> Count | None:
        """Return what was good once."""
        return self._read("last", key, within)

    def for_page(self, key: ContactKey, within: float) -> Count | None:
        """Return what a page may begin with."""
        end = time.monotonic() + within
        found = self.find(key, within)
        if found is not None:
            return found
        found = self.last(key, end - time.monotonic())
        if found is None or self._clock() - found.at > TOO_OLD_FOR_PAGES:
            return None
        return found

    def keep(self, key: ContactKey, unread: int, within: float) -> Count:
        """Keep what the vendor has just said."""
        count = Count(unread, self._clock())
        fresh = FRESH
        # The webhook names contacts by their external ids.
        if self._hears_news and key.has_id:
            is_news = self._store.get(_news(key.names[0]), within=within)
            fresh = FRESH if is_news else FRESH_WITH_WEBHOOK
        self._write("last", key, count, KEEP, within)
        self._write("count", key, count, fresh, within)
        return count

    def keep_late(self, key: ContactKey, count: Count, within: float) -> Count:
        """Keep an old count for as long as the vendor is left alone with new ones."""
        late = Count(count.unread, count.at, is_late=True)
        self._write("count", key, late, FRESH, within)
        return late

    def forget(self, key: ContactKey) -> None:
        """Let the next one who asks ask the vendor: something has changed.

        :param key: of a contact by one or more of their identifiers.
        """
        for name in key.names:
            # Somebody may be asking already, and hear what was true before.
            self._store.put(_news(name), b"1", NEWS)
            self._store.drop(f"count:{name}")

    def claim(self, key: ContactKey, within: float) -> bool:
        """Return whether this caller is the one who asks the vendor."""
        return self._store.add(f"asks:{key.who}", b"1", self._hold, within=within)

    def give_up(self, key: ContactKey, within: float) -> None:
        """Let others ask: this caller has heard, or will hear nothing."""
        self._store.drop(f"asks:{key.who}", within=within)

    def _read(self, kind: str, key: ContactKey, within: float) -> Count | None:
        kept = self._store.get(f"{kind}:{key.names[0]}", within=within)
        if kept is None:
            return None
        try:
            who, unread, at, is_late = json.loads(kept)
        except (ValueError, TypeError):
            return None
        # Somebody else may have the same email, or the same id in another account.
        if who != key.who or type(unread) is not int:
            return None
        return Count(unread, at, is_late)

    def _write(
        self, kind: str, key: ContactKey, count: Count, seconds: float, within: float
    ) -> None:
        value = json.dumps([key.who, count.unread, count.at, count.is_late])
        name = f"{kind}:{key.names[0]}"
        self._store.put(name, value.encode(), seconds, within=within)


def _news(name: str) -> str:
    return f"news:{name}"
