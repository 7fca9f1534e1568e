"""A message of somebody's inbox, read from whatever form the vendor gives it.

The guide for mobile apps prints one form; the vendor's own SDKs read another one, with
other names, dates as text, and messages without a content. Both are taken. What cannot
be read costs a field, not the message, and a message without an id costs itself alone:
nobody can mark it as read.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from ..errors import VendorInvalid
from .foreign_json import read_json

logger = logging.getLogger(__name__)

#: The longest id that is taken, in characters.
MAX_ID = 200
#: The longest title, category or address that is taken, in characters.
MAX_TEXT = 4000
#: How deep lists and dicts of custom data may be nested.
MAX_DEPTH = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: Numbers below are seconds, as no message is from 1973; others are milliseconds.
_FIRST_MILLISECOND = 100_000_000_000
_DATE = re.compile(
    r"""
    \s*(?P<date>\d{4}-\d\d-\d\d)
    (?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d{1,9}))?
    \s*(?P<zone>Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?\s*
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Message:
    """A message in somebody's inbox.

    :param id: what :meth:`.AppInbox.mark_read` takes.
    :param created_at: in UTC; None if the vendor does not say it in a form that we can
        read.
    :param title: plain text.
    :param html: the content. What the site gets, from :meth:`.AppInbox.messages` or
        the webhook, is cleaned: it holds nothing but simple formatting and links.
        ``image`` and ``link`` are None if a page must not load or follow them.
    :param image: the address of a picture.
    :param link: where the message leads.
    :param category: of the account's own.
    :param custom_data: what the sender gave the message, JSON.
    :param read: whether it is marked as read.
    """

    id: str
    created_at: datetime | None = field(default=None, repr=False)
    title: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    image: str | None = field(default=None, repr=False)
    link: str | None = field(default=None, repr=False)
    category: str | None = field(default=None, repr=False)
    custom_data: Any = field(default=None, repr=False, hash=False)
    read: bool = False


@dataclass(frozen=True)
class MessagePage:
    """A page of somebody's inbox.

    :param messages: the newest first.
    :param pages: how many such pages there are; 0 for an empty inbox.
    """

    messages: tuple[Message, ...] = field(default=(), repr=False)
    pages: int = 0


def page_of(told: object, *, page: int = 0, page_size: int) -> MessagePage:
    """Read the vendor's answer to a request for messages.

    If it does not say how many pages there are, a full one may have another after it.

    A vendor that sends more messages than it was asked for, and tells of no other page,
    has sent them all: they are divided into pages here. If it tells of other pages,
    these are longer than ours. Then what is too much of each is left out, and the log
    says so: no number of a page leads there.

    :param page: which was asked for, from 0 on.
    :param page_size: how many messages were asked for; no more are returned.
    :raises VendorInvalid: if it is no list of messages.
    """
    entries = told.get("list") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(entries, list):
        raise VendorInvalid("the vendor's answer holds no list of messages", status=200)
    # A message is in a page once, whatever the vendor does while others arrive.
    by_id = {id_of(one.get("id")): one for one in entries if isinstance(one, dict)}
    by_id.pop(None, None)
    found = list(by_id.values())
    if entries and not found:
        raise VendorInvalid("the vendor's list holds no message with an id", status=200)
    pages = count_of(told.get("totalPages"))
    if len(found) > page_size:
        if pages is None or pages <= 1:
            pages = math.ceil(len(found) / page_size)
            shown = found[page * page_size : (page + 1) * page_size]
            return MessagePage(_messages_of(shown), pages)
        logger.warning(
            "The vendor sent %s messages for a page of %s. Those that are too many are "
            "not shown.",
            len(found),
            page_size,
        )
        found = found[:page_size]
    if pages is None:
        pages = page + (2 if len(entries) >= page_size else 1 if found else 0)
    return MessagePage(_messages_of(found), max(pages, 1 if found else 0))


def _messages_of(entries: Iterable[object]) -> tuple[Message, ...]:
    return tuple(one for one in map(message_of, entries) if one)


def count_of(told: object) -> int | None:
    """Return a number of things; None if it is none."""
    if isinstance(told, str) and re.fullmatch("[0-9]{1,9}", told):
        return int(told)
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    if type(told) is int and 0 <= told < 10**9:
        return told
    return None


def message_of(told: object) -> Message | None:
    """Read one message; return None for what has no id."""
    if not isinstance(told, dict):
        return None
    message_id = id_of(told.get("id"))
    if message_id is None:
        return None
    return Message(
        id=message_id,
        created_at=_time_of(told.get("createdDate", told.get("createDate"))),
        title=_text_of(told.get("title")) or "",
        html=told["content"] if isinstance(told.get("content"), str) else "",
        image=_text_of(told.get("image")),
        link=_text_of(told.get("link")),
        category=_text_of(told.get("category")),
        custom_data=_data_of(told.get("customData")),
        read=_is_read(told),
    )


def id_of(told: object) -> str | None:
    """Return a message's id as text; None if it is unusable."""
    if type(told) is int:
        told = str(told)
    if not isinstance(told, str) or not 0 < len(told) <= MAX_ID:
        return None
    return told if told.isprintable() and told.strip() else None


def _is_read(told: dict[str, Any]) -> bool:
    """Tell by the status, else by ``newMessage``: SDKs know messages without either."""
    status = told.get("status")
    if isinstance(status, str):
        return status.upper() == "OPENED"
    return told.get("newMessage") is False


def _text_of(told: object) -> str | None:
    if type(told) is int:  # a category
        return str(told)
    text = told.strip() if isinstance(told, str) else ""
    return text if 0 < len(text) <= MAX_TEXT else None


def _data_of(told: object) -> Any:
    """Return JSON that may have been packed into a string, as the webhook does.

    What is nested too deep for whoever writes it again is left out.
    """
    if isinstance(told, str):
        try:
            unpacked = read_json(told)
        except ValueError:
            return told
        if not isinstance(unpacked, (dict, list)):
            return told
        told = unpacked
    return told if _is_flat(told, MAX_DEPTH) else None


def _is_flat(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_flat(inner, levels - 1) for inner in value)


def _time_of(told: object) -> datetime | None:
    """Return a moment from milliseconds, seconds or ISO 8601.

    A time without a zone is taken for UTC: what a machine that counts in milliseconds
    writes is no local time.
    """
    if isinstance(told, str) and re.fullmatch(r"\s*[0-9]{1,16}\s*", told):
        told = int(told)
    if isinstance(told, str):
        return _time_of_text(told)
    if isinstance(told, bool) or not isinstance(told, (int, float)):
        return None
    if not 0 < told < math.inf:
        return None
    milliseconds = told if told >= _FIRST_MILLISECOND else told * 1000
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _time_of_text(text: str) -> datetime | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    zone = (match["zone"] or "Z").upper().replace("Z", "+00:00").replace(":", "")
    zone = f"{zone:0<5}"
    # Older Pythons read fractions of three or six digits alone.
    fraction = f"{match['fraction'] or '':0<6}"[:6]
    time = match["time"] or "00:00"
    whole = f"{match['date']}T{time:0<5}{':00' * (len(time) == 5)}.{fraction}"
    try:
        moment = datetime.fromisoformat(f"{whole}{zone[:3]}:{zone[3:]}")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
