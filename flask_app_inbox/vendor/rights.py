"""Which right of an app a call needs, for those who have to mend a 403.

Source: the method groups in the guide "Authorization using OAuth 2.0". An app is
registered with one of four rights: full access, events, events and contacts,
messages.
"""

from __future__ import annotations

_GENERAL = ("/version", "/account/info")
_CONTACTS = ("/contact", "/contacts")


def right_for(path: str) -> str:
    """Return what an app must be registered with to make a call.

    :param path: of the request's address.
    """
    if path.endswith(_GENERAL):
        return "no special right, only a connected account"
    if path.endswith(_CONTACTS):
        return "the right 'events and contacts' or 'full access to the API'"
    # The token call is in none of the guide's groups.
    return "the right 'full access to the API'"
