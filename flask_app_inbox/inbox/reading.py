"""Messages are read, counted and marked, each contact's through their chain of tokens.

What a page shows of a message is cleaned here, so nobody gets it in another form.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from ..client.contact import Contact
from ..client.deadline import Deadline
from ..client.message import MessagePage
from ..client.messages import TokenUse
from ..errors import AppInboxError, VendorError
from ..signals import messages_read
from ..web.loaders import send_to_each
from ..web.this_app import this_app
from .clean_message import clean_message
from .contact_key import ContactKey, contact_key
from .counts import Count
from .inboxes import Inboxes
from .login import user_tag
from .state import SWITCHED_OFF, State
from .token import issue_token
from .token_chain import Chain, UnknownContact, check_not_within, last_moment
from .vendor_time import vendor_time

Result = TypeVar("Result")


@dataclass(frozen=True)
class Reader:
    """A contact whose inbox is asked for.

    :param inboxes: what the app reads messages with.
    :param user: their tag, for signals.
    :param connection: the name of the OAuth connection; None: the API key.
    :param creates: whether a contact whom the vendor lacks may be created.
    """

    state: State
    inboxes: Inboxes
    contact: Contact
    user: str
    connection: str | None
    key: ContactKey
    creates: bool

    @contextmanager
    def chain(self, deadline: Deadline) -> Iterator[Chain]:
        """Have the contact's tokens alone."""

        def issue() -> str:
            if not self.creates:
                client = self.state.client_for(self.connection)
                return client.issue_to_known(self.contact, deadline)
            return issue_token(
                *(self.state, self.contact, deadline),
                user=self.user,
                connection=self.connection,
            )

        chains = self.inboxes.chains
        with chains.borrow(self.key.who, deadline, issue) as chain:
            yield chain


def inboxes_of(state: State) -> Inboxes:
    """Return what an app reads messages with.

    :raises AppInboxError: if the inbox is switched off.
    """
    if state.inboxes is None:
        raise AppInboxError(SWITCHED_OFF)
    return state.inboxes


def reader_of(
    state: State,
    contact: Contact,
    deadline: Deadline,
    *,
    user: str | None = None,
    connection: str | None = None,
    creates: bool = True,
) -> Reader:
    """Return the reader of a contact's messages, in the current app.

    Tokens and counts belong to the connection as it is now: what was kept for one that
    was disconnected since then is nobody's any more.

    :param user: the tag for signals; by default made of the contact and connection.
    :param connection: the OAuth connection to use; None: this request's.
    :param creates: whether a contact whom the vendor lacks may be created, if the site
        wants that.
    :raises AppInboxError: if the inbox is switched off, or the connection is lost or
        cannot be read.
    :raises ValueError: if the app has an API key and no connections.
    :raises RuntimeError: within another call for the same contact.
    """
    app, settings = this_app(), state.settings
    name = state.connection_name(connection)
    identity = state.connection_identity(name, deadline)
    key = contact_key(app, settings, contact, name or "", identity)
    check_not_within(key.who)
    return Reader(
        state=state,
        inboxes=inboxes_of(state),
        contact=contact,
        user=user or user_tag(app, settings, contact, connection=name),
        connection=name,
        key=key,
        creates=creates,
    )


def read_page(
    reader: Reader,
    deadline: Deadline,
    *,
    page: int,
    page_size: int,
    unread_only: bool = False,
) -> MessagePage:
    """Read a page of messages; an empty one for a contact whom the vendor lacks.

    Where it tells how many are unread, that is kept.

    :raises AppInboxError: with the cause, if that fails.
    """
    counts = reader.inboxes.counts
    news = counts.news(reader.key, deadline.remaining())
    try:
        with reader.chain(deadline) as chain:
            found = _read_page(reader, chain, deadline, page, page_size, unread_only)
            _keep_count(reader, _count_in(found, page), news, deadline)
    except UnknownContact:
        return MessagePage()
    return found


def read_page_and_count(
    reader: Reader,
    deadline: Deadline,
    *,
    page: int,
    page_size: int,
    unread_only: bool = False,
) -> tuple[MessagePage, Count | None]:
    """Read a page of messages, and how many of all are unread.

    The vendor is not asked for a number that the page tells. If it does not give one,
    the last serves.

    :returns: None instead of a count that nobody knows.
    :raises AppInboxError: with the cause, if there is no page.
    """
    counts = reader.inboxes.counts
    news = counts.news(reader.key, deadline.remaining())
    try:
        with reader.chain(deadline) as chain:
            found = _read_page(reader, chain, deadline, page, page_size, unread_only)
            unread = _count_in(found, page)
            if unread is None:
                unread = _count_if_possible(reader, chain, deadline)
            count = _keep_count(reader, unread, news, deadline)
    except UnknownContact:
        return MessagePage(), counts.keep(reader.key, 0, news, deadline.remaining())
    return found, count or last_count(reader, deadline)


def _count_in(found: MessagePage, page: int) -> int | None:
    """Return how many are unread, if a page tells that."""
    if page == 0 and found.pages <= 1:
        return sum(not message.read for message in found.messages)
    return None


def _keep_count(
    reader: Reader, unread: int | None, news: str, deadline: Deadline
) -> Count | None:
    """Keep a count that came with the list."""
    if unread is None:
        return None
    counts, within = reader.inboxes.counts, last_moment(deadline)
    return counts.keep(reader.key, unread, news, within, has_list=True)


def last_count(reader: Reader, deadline: Deadline) -> Count | None:
    """Return what was good once, for times when there is no other."""
    last = reader.inboxes.counts.last(reader.key, last_moment(deadline))
    return replace(last, is_late=True) if last else None


def mark_read(
    reader: Reader, deadline: Deadline, ids: Collection[str] | None
) -> int | None:
    """Mark messages as read; return how many are unread, None if that is not known.

    :param ids: None: all of them.
    :raises AppInboxError: with the cause, if nothing was marked.
    """
    counts = reader.inboxes.counts
    client = reader.inboxes.client
    news = counts.news(reader.key, deadline.remaining())
    # A page that is rendered meanwhile must not take the count for fresh.
    counts.drop(reader.key, deadline.remaining())
    unread: int | None = 0
    try:
        with reader.chain(deadline) as chain:
            with _ending_counts_if_unsure(reader, news, deadline):
                _ask(chain, lambda use: client.mark_read(use, deadline, ids))
            news = counts.note_mark(reader.key, news, last_moment(deadline))
            if ids is not None:
                unread = _count_if_possible(reader, chain, deadline)
            if unread is None:
                counts.drop(reader.key, last_moment(deadline))
            else:
                counts.keep(reader.key, unread, news, last_moment(deadline))
    except UnknownContact:
        return 0
    marked = None if ids is None else len(ids)
    # The vendor has marked them: a failure now would say that it had not.
    send_to_each(messages_read, user=reader.user, count=marked)
    return unread


@contextmanager
def _ending_counts_if_unsure(
    reader: Reader, news: str, deadline: Deadline
) -> Iterator[None]:
    """Let no count be good after a mark of which nobody knows whether it was made.

    One from before it may have been kept since: by whoever asked first.
    """
    try:
        yield
    except VendorError as error:
        if error.may_have_worked:
            counts, within = reader.inboxes.counts, last_moment(deadline)
            counts.note_mark(reader.key, news, within)
            counts.drop(reader.key, within)
        raise


def count_unread(reader: Reader, chain: Chain, deadline: Deadline) -> int:
    """Ask the vendor how many messages are unread.

    :raises VendorError: if it does not say it.
    """
    client = reader.inboxes.client
    return _ask(chain, lambda use: client.count_unread(use, deadline))


def _count_if_possible(reader: Reader, chain: Chain, deadline: Deadline) -> int | None:
    try:
        return count_unread(reader, chain, deadline)
    except VendorError as error:
        # What was asked for is done, and must not look as if it were not.
        reader.state.failures.write(error)
        return None


def _read_page(
    reader: Reader,
    chain: Chain,
    deadline: Deadline,
    page: int,
    page_size: int,
    unread_only: bool,
) -> MessagePage:
    client = reader.inboxes.client
    found = _ask(
        chain,
        lambda use: client.read_page(
            use, deadline, page=page, page_size=page_size, unread_only=unread_only
        ),
    )
    return replace(found, messages=tuple(map(clean_message, found.messages)))


def _ask(chain: Chain, call: Callable[[TokenUse], Result]) -> Result:
    """Make a call with a contact's token, and measure how long it takes."""

    def measured(use: TokenUse) -> Result:
        with vendor_time():
            return call(use)

    return chain.ask(measured)
