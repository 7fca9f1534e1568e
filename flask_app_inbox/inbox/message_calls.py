"""A contact's messages from Python, through the same tokens and counts as the bell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..client.contact import Contact
from .state import current_state
from .telling import is_switched_off

if TYPE_CHECKING:
    from ..client.message import MessagePage

# What reads messages is imported by whoever asks for some: pages with the vendor's bell
# do not.


class MessageCalls:
    """The part of :class:`AppInbox` that reads messages, in the current app.

    It needs the extra ``bell``, whoever draws the bell. Each call takes the name of an
    OAuth ``connection``; by default it uses that of the current request.
    """

    def messages(
        self,
        contact: Contact,
        page: int = 0,
        page_size: int = 20,
        unread_only: bool = False,
        *,
        connection: str | None = None,
    ) -> MessagePage:
        """Return a page of a contact's messages, the newest first.

        Reading them marks nothing.

        :param page: from 0 on.
        :param page_size: 1 to 1,000. A page has 128 KiB for each message, at least 1
            and at most 8 MiB in all; a larger one is :class:`VendorInvalid`. So ask for
            64 at a time where messages may be long.
        :returns: an empty page for a contact that the vendor does not know.
        :raises ValueError: if there is no such page.
        :raises VendorError: with the cause, if the vendor does not give it.
        :raises AppInboxError: if ``APP_INBOX_ENABLED`` is False.
        """
        from ..client.messages import MAX_MESSAGES
        from .reading import inboxes_of, read_page, reader_of

        # True would be the second page, and one message to a page.
        are_numbers = type(page) is int and type(page_size) is int
        if not are_numbers or page < 0 or not 1 <= page_size <= MAX_MESSAGES:
            raise ValueError(
                f"Pages begin with 0 and hold 1 to {MAX_MESSAGES} messages each."
            )
        state = current_state()
        deadline = inboxes_of(state).deadline(page_size)
        return read_page(
            reader_of(state, contact, deadline, connection=connection),
            deadline,
            page=page,
            page_size=page_size,
            unread_only=unread_only,
        )

    def unread_count(
        self, contact: Contact, *, fetch: bool = True, connection: str | None = None
    ) -> int | None:
        """Return how many of a contact's messages are unread.

        A number that the vendor gave within the last 15 seconds is returned without a
        call; while the vendor gives none, the last one is.

        :param fetch: False: return what is known without asking the vendor, for a page
            that must not wait.
        :returns: None if nothing is known, which only ``fetch=False`` may return.
        :raises VendorError: with the cause, if nothing is known and the vendor does not
            say it.
        :raises AppInboxError: if ``APP_INBOX_ENABLED`` is False, and ``fetch`` is not.
        """
        from .counting import find_count, known_count
        from .reading import inboxes_of, reader_of

        state = current_state()
        if not fetch:
            count = known_count(state, contact, connection=connection)
            return count.unread if count else None
        deadline = inboxes_of(state).deadline()
        reader = reader_of(state, contact, deadline, connection=connection)
        return find_count(reader, deadline).unread

    def mark_read(
        self,
        contact: Contact,
        ids: Iterable[str | int] | None = None,
        *,
        connection: str | None = None,
    ) -> None:
        """Mark a contact's messages as read.

        Ids of messages that are not theirs do nothing. While ``APP_INBOX_ENABLED`` is
        False the call does nothing, and the log says so at debug level.

        :param ids: at most 1,000; None: all messages.
        :raises ValueError: if an id cannot be one, or there are too many.
        :raises VendorError: with the cause, if that fails.
        """
        from ..client.messages import checked_ids
        from .reading import inboxes_of, mark_read, reader_of

        chosen = None if ids is None else checked_ids(ids)
        if is_switched_off("mark_read") or chosen == ():
            return
        state = current_state()
        deadline = inboxes_of(state).deadline()
        reader = reader_of(state, contact, deadline, connection=connection)
        mark_read(reader, deadline, chosen)
