"""A request for messages: whose they are, until when, and which page."""

from __future__ import annotations

from ..client.deadline import Deadline
from ..web.problems import BadRequest
from .reading import Reader, inboxes_of, reader_of
from .state import current_state
from .token import who_asks

#: How many messages a page of them has.
PAGE_SIZE = 20
#: The most bytes of a body that is read.
MAX_BODY = 256 * 1024

#: Digits of the highest number of a page.
_DIGITS = 5


def asking_reader(
    *, limited: bool, user: str | None = None, from_anywhere: bool = False
) -> tuple[Reader, Deadline]:
    """Return whose messages this request may read, and until when.

    :param limited: whether the request counts against the site's rate limit. Messages
        are counted apart from tokens.
    :param user: the tag of the page's user, where no header says it.
    :param from_anywhere: whether pages of other sites may lead here.
    :raises LoaderError: if the site cannot say who is logged in.
    :raises Problem: if nobody is logged in, or not the user of the page.
    """
    state = current_state()
    contact, contact_tag = who_asks(state, user, from_anywhere=from_anywhere)
    deadline = inboxes_of(state).deadline(PAGE_SIZE)
    if limited:
        state.rate_limiter.check(f"{contact_tag}:messages", deadline.remaining())
    return reader_of(state, contact, deadline, user=contact_tag), deadline


def page_number(given: str) -> int:
    """Read the number of a page.

    :raises BadRequest: if it is none.
    """
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS):
        raise BadRequest
    return int(given)
