"""Does the site say who is logged in, and whom was a page rendered for?"""

from __future__ import annotations

from typing import Literal

from flask import Flask

from ..state import State
from .finding import FindingKind, Section

#: What tells the extension who is logged in; None: nothing does.
LoginSource = Literal["contact_loader", "flask_login"] | None

#: How to check as somebody who is logged in.
LOG_IN = """\
flask app-inbox check --cookie 'session=…'  # from your browser, or
flask app-inbox check --session _user_id=1  # what a login leaves in your session; \
with Flask-Login the get_id() of a user"""

CONTACT_LOADER_MISSING = FindingKind(
    "contact_loader_missing",
    "error",
    what="AppInbox cannot tell who is logged in: there is no contact_loader, and the "
    "app does not use Flask-Login.",
    why="Without a contact there is no token, and pages carry no bell.",
    fix="@app_inbox.contact_loader\n"
    "def contact():\n"
    "    return Contact(email=g.user.email) if g.user else None",
)
CHECKED_AS_STRANGER = FindingKind(
    "checked_as_stranger",
    "note",
    what="Nobody was logged in for this check: the page was rendered for a contact who "
    "does not exist, and the site was not asked who is logged in.",
    why="Only a check as one of your users shows whether they get a bell.",
    fix=LOG_IN,
)
NOBODY_LOGGED_IN = FindingKind(
    "nobody_logged_in",
    "error",
    what="The site rendered the page for a visitor who is not logged in.",
    why="Only customers who are logged in have an inbox, so the page has no bell. (If "
    "this one is logged in, {{ app_inbox() }} is missing or the page is from a cache.)",
    fix=LOG_IN,
)
LOADER_FAILED = FindingKind(
    "loader_failed",
    "error",
    what="The site could not say who is logged in. {reason}",
    why="Without a contact, pages carry no bell and the endpoint issues no token. A "
    "contact_loader fails if it raises or returns something other than a Contact or "
    "None.",
    fix={
        "contact_loader": "return None  # in your contact_loader, when nobody is "
        "logged in",
        "flask_login": 'APP_INBOX_CONTACT_FIELDS = {"email": '
        '"the_attribute_of_your_user"}',
    },
)


def login_source(app: Flask, state: State) -> LoginSource:
    """Return what tells the extension who is logged in."""
    if state.loaders.contact is not None:
        return "contact_loader"
    if getattr(app, "login_manager", None) is not None:
        return "flask_login"
    return None


def check_login_source(source: LoginSource, state: State, section: Section) -> None:
    """Find an app that does not say who is logged in."""
    if source is None:
        section.report(CONTACT_LOADER_MISSING)
    elif source == "contact_loader":
        section.ok("Contacts come from the site's contact_loader.")
    else:
        fields = ", ".join(
            f"{theirs} as {ours}"
            for ours, theirs in state.settings.contact_fields.items()
        )
        section.ok(f"Contacts come from Flask-Login's current user: {fields}.")


def report_nobody(source: LoginSource, section: Section) -> None:
    """Report a page that was rendered for a visitor.

    Where nothing says who is logged in, that has been found already.
    """
    if source is not None:
        section.report(NOBODY_LOGGED_IN)


def report_failure(source: LoginSource, reason: object, section: Section) -> None:
    """Report that the site could not say who is logged in, once.

    :param reason: a sentence.
    """
    if source is not None and not section.has(LOADER_FAILED):
        section.report(LOADER_FAILED, source, reason=reason)
