"""The rights that an app is registered with, and which of them opens which call.

The guide "Authorization using OAuth 2.0" lists four rights and six groups of methods,
but no table between them; what stands at the views is read from their names. A view
names the rights that open it with ``@open_to``. Without that it needs full access, as
does the call for a contact's token, which is in no group.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

FULL = "full"
EVENTS = "events"
EVENTS_AND_CONTACTS = "events_and_contacts"
MESSAGES = "messages"

#: Each right, in the words of the consent page.
RIGHTS = {
    FULL: "everything that the API can do",
    EVENTS: "events",
    EVENTS_AND_CONTACTS: "events and contacts",
    MESSAGES: "messages",
}

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "rights"


def open_to(*rights: str) -> Callable[[View], View]:
    """Make a decorator for a view that apps with one of these rights may call.

    Put it below the ``route`` decorator.

    :raises ValueError: for a right that does not exist.
    """
    if unknown := set(rights) - RIGHTS.keys():
        raise ValueError(f"No such rights: {', '.join(sorted(unknown))}.")

    def mark(view: View) -> View:
        setattr(view, _MARK, rights)
        return view

    return mark


def allows(rights: Collection[str], view: Callable[..., Any]) -> bool:
    """Tell whether an app with these rights may call a view."""
    return FULL in rights or any(right in rights for right in getattr(view, _MARK, ()))
