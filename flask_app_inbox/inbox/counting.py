"""How many messages are unread: what is known, else one request asks the vendor."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..client.contact import Contact
from ..client.deadline import Deadline
from ..errors import (
    LoaderError,
    ReconnectNeeded,
    VendorError,
    VendorRejected,
    VendorUnavailable,
)
from ..web.this_app import this_app
from ..web.turns import NoPlace
from .contact_key import contact_key
from .counts import Count
from .reading import Reader, count_unread, last_count
from .state import State
from .token_chain import UnknownContact, last_moment

#: Seconds between two looks whether another request has heard the count.
_GLANCE = 0.03
#: The part of its time that a request waits for another one's count.
_PATIENCE = 0.5
#: What does not pass by itself.
_FOR_THE_OWNER = (VendorRejected, ReconnectNeeded, LoaderError)
#: Seconds that a page waits for a count which processes share.
PAGE_PATIENCE = 0.1


def find_count(
    reader: Reader, deadline: Deadline, *, sleep: Callable[[float], None] = time.sleep
) -> Count:
    """Return how many messages are unread; of all who ask at once, one asks the vendor.

    While the vendor gives no count, the last one serves. Where there is none, the
    vendor's failure does for a few seconds. Few wait for whoever asks: each is a thread
    of the site.

    :raises AppInboxError: with the cause, if no count is known.
    """
    found = _find_or_ask(reader, deadline)
    if found is not None:
        return found
    try:
        with reader.inboxes.places.hold(reader.key.who):
            return _wait_for_count(reader, deadline, sleep)
    except NoPlace:
        last = last_count(reader, deadline)
    if last is None:
        raise VendorUnavailable(
            "too many requests wait for one contact's count", retry_after=1
        )
    return last


def known_count(
    state: State, contact: Contact, *, connection: str | None = None
) -> Count | None:
    """Return how many messages are unread, as far as a page can know it.

    Neither the vendor nor a database is asked.

    :param connection: the OAuth connection to use; None: this request's.
    """
    if state.inboxes is None:
        return None
    name = state.connection_name(connection)
    identity = state.known_identity(name)
    if identity is None:
        return None
    key = contact_key(this_app(), state.settings, contact, name or "", identity)
    return state.inboxes.counts.for_page(key, PAGE_PATIENCE)


def _find_or_ask(reader: Reader, deadline: Deadline) -> Count | None:
    """Return a count; None if somebody else asks for it.

    :raises AppInboxError: if the vendor gives none now, or has given none just now.
    """
    counts, rests, key = reader.inboxes.counts, reader.inboxes.rests, reader.key
    count = counts.find(key, deadline.remaining())
    if count is not None:
        return count
    failure = rests.find(key, deadline.remaining())
    if failure is not None:
        raise failure
    if counts.claim(key, deadline.remaining()):
        return _ask_for_count(reader, deadline)
    return None


def _wait_for_count(
    reader: Reader, deadline: Deadline, sleep: Callable[[float], None]
) -> Count:
    enough = deadline.remaining() * _PATIENCE
    while deadline.remaining() > enough:
        sleep(_GLANCE)
        found = _find_or_ask(reader, deadline)
        if found is not None:
            return found
    # Whoever asks may have died.
    return last_count(reader, deadline) or _ask_for_count(reader, deadline)


def _ask_for_count(reader: Reader, deadline: Deadline) -> Count:
    counts, key = reader.inboxes.counts, reader.key
    news = counts.news(key, deadline.remaining())
    try:
        try:
            with reader.chain(deadline) as chain:
                # Somebody may have heard it while this one waited for the chain.
                found = counts.find(key, deadline.remaining())
                if found is not None:
                    return found
                unread = count_unread(reader, chain, deadline)
                return counts.keep(key, unread, news, deadline.remaining())
        except UnknownContact:
            return counts.keep(key, 0, news, deadline.remaining())
    except (VendorError, LoaderError) as error:
        # The deadline may be over, but the next poll comes all the same.
        is_outage = not isinstance(error, _FOR_THE_OWNER)
        last = last_count(reader, deadline) if is_outage else None
        if last is None:
            reader.inboxes.rests.begin(key, error, last_moment(deadline))
            raise
        reader.state.failures.write(error)
        return counts.keep_late(key, last, last_moment(deadline))
    finally:
        counts.give_up(key, last_moment(deadline))
