"""What the element says: the texts that every language has."""

from __future__ import annotations

from dataclasses import dataclass

from .plurals import Plural


@dataclass(frozen=True)
class Texts:
    """The texts of one language; a language needs all of them.

    :param title: names bell and panel.
    :param none: after the title in the bell's name, if nothing is unread.
    :param unread: after the title otherwise.
    :param arrived: announced when messages come in.
    :param unread_mark: what a screen reader says before an unread message.
    :param mark_all: a button.
    :param close: a button.
    :param more: a button that loads older messages.
    :param follow: the link of a message.
    :param new_tab: after a link to another site.
    :param loading: while messages load.
    :param retry: a button.
    :param empty: heading where there is no message.
    :param empty_hint: the sentence below it.
    :param error: heading where no list could be loaded.
    :param error_hint: the sentence below it.
    :param offline: heading where the browser has no connection.
    :param offline_hint: the sentence below it.
    :param mark_failed: why a message is unread again.
    :param as_of: says how old the count is; ``{time}`` stands for "5 minutes ago".
    :param page: which page is shown; ``{n}`` of ``{pages}``.
    :param previous: a link to newer messages.
    :param next: a link to older messages.
    :param open: a button that opens a message's link and marks it as read.
    :param mark: a button that marks one message.
    :param read: the state of a message.
    :param marked: said after a button has marked something.
    :param home: a link to the site's first page.
    """

    title: str
    none: str
    unread: Plural
    arrived: Plural
    unread_mark: str
    mark_all: str
    close: str
    more: str
    follow: str
    new_tab: str
    loading: str
    retry: str
    empty: str
    empty_hint: str
    error: str
    error_hint: str
    offline: str
    offline_hint: str
    mark_failed: str
    as_of: str
    page: str
    previous: str
    next: str
    open: str
    mark: str
    read: str
    marked: str
    home: str
