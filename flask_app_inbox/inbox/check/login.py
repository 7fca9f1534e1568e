"""Does the site say who is logged in, and whom was a page rendered for?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import Flask

from ...web.flask_login_user import uses_flask_login
from ..state import State
from .finding import FindingKind, Section

#: What tells the extension who is logged in; None: nothing does.
LoginSource = Literal["contact_loader", "flask_login"] | None

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
ADDRESSES_UNVERIFIED = FindingKind(
    "addresses_unverified",
    "note",
    what="Every user counts as the owner of their email address: "
    "APP_INBOX_VERIFIED_ATTRIBUTE is unset.",
    why="Where people can register with an address that is not theirs, they read the "
    "messages of its owner.",
    fix='APP_INBOX_VERIFIED_ATTRIBUTE = "email_verified"  # true once they proved it',
)
CHECKED_AS_STRANGER = FindingKind(
    "checked_as_stranger",
    "note",
    what="Nobody was logged in for this check: the page was rendered for a contact who "
    "does not exist, and the site was not asked who is logged in.",
    why="Only a check as one of your users shows whether they get a bell.",
    fix="{ways}",
)
NOBODY_LOGGED_IN = FindingKind(
    "nobody_logged_in",
    "error",
    what="The site rendered the page for a visitor who is not logged in.",
    why="Only customers who are logged in have an inbox, so the page has no bell. (If "
    "this one is logged in, {{ app_inbox() }} is missing or the page is from a cache.)",
    fix="{ways}",
)
LOADER_FAILED = FindingKind(
    "loader_failed",
    "error",
    what="The site could not say who is logged in. {reason}",
    why="Without a contact, pages carry no bell and the endpoint issues no token. A "
    "contact_loader fails if it raises or returns something other than a Contact or "
    "None. What one blueprint's own before_request has set is not there in the "
    "endpoint.",
    fix={
        "contact_loader": "return Contact(email=user.email) if user else None  # in "
        "your contact_loader",
        "flask_login": 'APP_INBOX_CONTACT_FIELDS = {"email": '
        '"the_attribute_of_your_user"}  # or APP_INBOX_VERIFIED_ATTRIBUTE, if that is '
        "what your users lack",
    },
)


@dataclass(frozen=True)
class Login:
    """Who is logged in during a check.

    :param source: what tells the extension who that is.
    :param command: the command line of this check, without a login.
    :param cookie: the name of the session cookie.
    :param session: the keys that the check has put into the session.
    :param uses_flask_login: whether the app has it, so that its sessions are known.
    :param is_remote: whether the site runs elsewhere, so that its sessions do, too.
    """

    source: LoginSource
    command: str
    cookie: str
    session: tuple[str, ...] = ()
    is_remote: bool = False
    uses_flask_login: bool = False

    @property
    def ways(self) -> str:
        """The lines that check as somebody who is logged in."""
        cookie = f"{self.command} --cookie '{self.cookie}=…'  # from your browser"
        if self.is_remote:
            return cookie
        if self.session:
            said = f"as a login leaves it; {', '.join(self.session)} did not log in"
            return f"{cookie}, or\n{self.command} --session KEY=VALUE  # {said}"
        entry, said = "KEY=VALUE", "what a login leaves in your session"
        if self.uses_flask_login:
            entry, said = "_user_id=1", "the get_id() of one of your users"
        return f"{cookie}, or\n{self.command} --session {entry}  # {said}"


def login_source(app: Flask, state: State) -> LoginSource:
    """Return what tells the extension who is logged in."""
    if state.loaders.contact is not None:
        return "contact_loader"
    if uses_flask_login(app):
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
        settings = state.settings
        if "email" in settings.contact_fields and not settings.verified_attribute:
            section.report(ADDRESSES_UNVERIFIED)


def report_nobody(login: Login, section: Section) -> None:
    """Report a page that was rendered for a visitor.

    Where nothing says who is logged in, that has been found already.
    """
    if login.source is not None:
        section.report(NOBODY_LOGGED_IN, ways=login.ways)


def report_failure(login: Login, reason: object, section: Section) -> None:
    """Report that the site could not say who is logged in, once.

    :param reason: a sentence.
    """
    if login.source is not None and not section.has(LOADER_FAILED):
        section.report(LOADER_FAILED, login.source, reason=reason)
