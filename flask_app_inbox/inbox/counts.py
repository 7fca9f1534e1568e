"""How many unread messages a contact has, as far as the site knows.

A count is good for a while. Until then whoever asks gets it, so that all pages and tabs
of a customer cost one call to the vendor. Of those who come later one asks, and the
others wait for what it hears.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

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
#: Seconds after the list in which a page may come of a click in it.
NEAR_LIST = 60.0
#: Seconds after news of a contact in which the vendor may not count it yet.
RECENT = 20.0


@dataclass(frozen=True)
class Count:
    """A number of unread messages.

    :param unread: how many there are.
    :param at: when the vendor said so, in seconds since the epoch.
    :param is_late: whether it would not say so again.
    :param has_list: whether it came with the list of messages. Whoever has that may
        mark one by the click that leads to the next page, and this page may be rendered
        before the mark has arrived.
    """

    unread: int
    at: float
    is_late: bool = False
    has_list: bool = False


class Counts:
    """The counts of all contacts.

    :param store: where they are kept.
    :param shared: what processes share of it, which raises where it does not work; by
        default all of it.
    :param hold: seconds after which somebody else may ask, although nobody has heard.
    :param hears_news: whether the vendor's webhook tells of new messages.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        store: SharedStore,
        *,
        shared: SharedStore | None = None,
        hold: float,
        hears_news: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._shared = shared or store
        self._hold = hold
        self._hears_news = hears_news
        self._clock = clock

    def find(self, key: ContactKey, within: float) -> Count | None:
        """Return a count that is good, None if there is none."""
        found = self._read("count", key, within)
        if found is None:
            return None
        count, news = found
        return count if news == self.news(key, within) else None

    def last(self, key: ContactKey, within: float) -> Count | None:
        """Return what was good once."""
        found = self._read("last", key, within)
        return found[0] if found else None

    def for_page(self, key: ContactKey, within: float) -> Count | None:
        """Return what a page may begin with; late if it is to ask at once."""
        end = time.monotonic() + within
        found = self.find(key, within)
        if found is not None:
            is_near_list = found.has_list and self._clock() - found.at < NEAR_LIST
            return replace(found, is_late=found.is_late or is_near_list)
        found = self.last(key, end - time.monotonic())
        if found is None or self._clock() - found.at > TOO_OLD_FOR_PAGES:
            return None
        return replace(found, is_late=True)

    def news(self, key: ContactKey, within: float) -> str:
        """Return what changes with each piece of news about a contact.

        Whoever asks the vendor looks first: news that come while the vendor answers may
        or may not be in what it says.
        """
        # The webhook names contacts by their external ids.
        if not (self._hears_news and key.has_id):
            return ""
        return (self._store.get(_news(key.names[0]), within=within) or b"").decode()

    def keep(
        self,
        key: ContactKey,
        unread: int,
        news: str,
        within: float,
        *,
        has_list: bool = False,
    ) -> Count:
        """Keep what the vendor has just said.

        :param news: what :meth:`news` said before.
        :param has_list: whether it came with the list of messages.
        """
        count = Count(unread, self._clock(), has_list=has_list)
        fresh = FRESH
        if self._hears_news and key.has_id:
            # The vendor may tell of a message a moment before it counts it.
            is_recent = news and self._clock() - float(news.split()[0]) < RECENT
            fresh = FRESH if is_recent else FRESH_WITH_WEBHOOK
        self._write("last", key, count, news, KEEP, within)
        self._write("count", key, count, news, fresh, within)
        return count

    def keep_late(self, key: ContactKey, count: Count, within: float) -> Count:
        """Keep an old count for as long as the vendor is left alone with new ones.

        :returns: one that somebody else has heard meanwhile, if there is one.
        """
        found = self.find(key, within)
        if found is not None and found.at > count.at:
            return found
        late = Count(count.unread, count.at, is_late=True)
        self._write("count", key, late, self.news(key, within), FRESH, within)
        return late

    def drop(self, key: ContactKey, within: float) -> None:
        """Let the next one who asks ask the vendor."""
        self._store.drop(f"count:{key.who}", within=within)

    def note_mark(self, key: ContactKey, news: str, within: float) -> str:
        """Let no count from before a mark be good, under whichever identifiers it is.

        :param news: what :meth:`news` said before.
        :returns: what to keep the next count with.
        """
        if not (self._hears_news and key.has_id):
            return news  # counts are good for a moment alone
        news = self._stamp()
        for name in map(_news, key.names):
            self._store.put(name, news.encode(), 2 * FRESH_WITH_WEBHOOK, within=within)
        return news

    def forget(self, key: ContactKey) -> None:
        """Let no count of a contact be good any more: there are news about them.

        This is for the vendor's webhook. It has an effect where ``hears_news`` is set;
        elsewhere counts are good for a moment alone.

        :param key: of a contact by one or more of their identifiers.
        :raises StorageError: if other processes cannot be told.
        """
        news = self._stamp().encode()
        for name in map(_news, key.names):
            self._shared.put(name, news, 2 * FRESH_WITH_WEBHOOK)
            # While the shared store is given a rest, this process reads its own.
            self._store.put(name, news, 2 * FRESH_WITH_WEBHOOK, within=0)

    def _stamp(self) -> str:
        return f"{self._clock()} {secrets.token_hex(4)}"

    def claim(self, key: ContactKey, within: float) -> bool:
        """Return whether this caller is the one who asks the vendor."""
        return self._store.add(f"asks:{key.who}", b"1", self._hold, within=within)

    def give_up(self, key: ContactKey, within: float) -> None:
        """Let others ask: this caller has heard, or will hear nothing."""
        self._store.drop(f"asks:{key.who}", within=within)

    def _read(
        self, kind: str, key: ContactKey, within: float
    ) -> tuple[Count, str] | None:
        kept = self._store.get(f"{kind}:{key.who}", within=within)
        if kept is None:
            return None
        try:
            unread, at, is_late, has_list, news = json.loads(kept)
        except (ValueError, TypeError):
            return None
        if type(unread) is not int or not isinstance(at, float):
            return None
        return Count(unread, at, bool(is_late), bool(has_list)), str(news)

    def _write(
        self,
        kind: str,
        key: ContactKey,
        count: Count,
        news: str,
        seconds: float,
        within: float,
    ) -> None:
        value = json.dumps([*astuple(count), news])
        name = f"{kind}:{key.who}"
        self._store.put(name, value.encode(), seconds, within=within)


def _news(name: str) -> str:
    return f"news:{name}"
