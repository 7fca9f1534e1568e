"""Which methods an app may call by OAuth, by the right it is registered with.

The guide "Authorization using OAuth 2.0" lists six groups of methods and four
rights, but no table between them; this one is read from their names. Methods that
are in no group, the contact token's among them, need full access here.
"""

from __future__ import annotations

from collections.abc import Collection

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

FULL = "full"
RIGHTS = (FULL, "events", "events_and_contacts", "messages")

_GENERAL = "general"
_GROUPS_OF: dict[str, tuple[str, ...]] = {
    "events": (_GENERAL, "events"),
    "events_and_contacts": (
        _GENERAL,
        "events",
        "contacts: update",
        "contacts: read",
        "contacts: activity",
    ),
    "messages": (_GENERAL, "messages"),
}

_METHODS = {
    _GENERAL: """
        GET version
        GET account/info, balance, subscriptions, addressbooks
        GET POST messages/email
        GET DELETE PUT messages/email/<id>
        DELETE PUT messages/email/<id>/<language>
        GET messages/email/<id>/viewLink
        GET messages/sms, messages/sms/<id>
        GET interfaces/email, interfaces/sms, callouts/sms
        GET PUT contact/token/activated/<app>/<token>
        PUT interactions/<id>/status
    """,
    "contacts: update": """
        POST contacts, contacts/upload, contact, contact/subscribe
        GET importstatus/<id>
        PUT DELETE contact/<id>
        PUT contact/<id>/subscriptions
        POST emails/unsubscribed/add, emails/unsubscribed/delete
        POST group/<id>/contacts/detach
    """,
    "contacts: read": """
        GET contacts, contact/<id>, contacts/email, contact/<id>/subscriptions
        GET groups, group/<id>/contacts
    """,
    "contacts: activity": "GET contacts/activity",
    "events": """
        POST event
        POST DELETE past_events
    """,
    "messages": """
        POST message/<id>/smartsend, message/<id>/send
        GET message/status, message/email/status, message/sms/status
        GET message/viber/status
        POST message/email, message/sms, message/viber, broadcast
        GET DELETE broadcast/<id>
        GET broadcasts
    """,
}


def documented_calls() -> list[tuple[str, str, str]]:
    """Return method, path and group of each call that the guide lists."""
    calls = []
    for group, lines in _METHODS.items():
        for line in lines.strip().splitlines():
            words = line.replace(",", " ").split()
            methods = [word for word in words if word.isupper()]
            paths = [word for word in words if not word.isupper()]
            calls += [(verb, path, group) for verb in methods for path in paths]
    return calls


_map = Map(
    [
        Rule(f"/v1/{path}", methods=[method], endpoint=group)
        for method, path, group in documented_calls()
    ]
    + [Rule("/v2/version", methods=["GET"], endpoint=_GENERAL)]
).bind("sandbox")


def group_of(method: str, path: str) -> str | None:
    """Return the group of a call; None if it is in none.

    `path` begins with `/v1` or `/v2`.
    """
    try:
        group, _ = _map.match(path, method="GET" if method == "HEAD" else method)
    except HTTPException:
        return None
    return str(group)


def allows(rights: Collection[str], method: str, path: str) -> bool:
    """Say whether an app with these rights may make a call."""
    if FULL in rights:
        return True
    group = group_of(method, path)
    return any(group in _GROUPS_OF[right] for right in rights)
