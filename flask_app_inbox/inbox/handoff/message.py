"""The message to the vendor's support, who set up the widget for an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...client.account import Account
from ..settings import Settings
from .observed import Observed


@dataclass(frozen=True)
class Attachments:
    """The files that go with the message.

    :param icon: whether the folder holds ``icon.svg``.
    :param picture: whether it holds ``anchor.png``.
    """

    icon: bool
    picture: bool


def write_message(
    settings: Settings,
    *,
    site: str,
    account: Account | None,
    language: str,
    notes: Sequence[str],
    attachments: Attachments,
    observed: Observed,
) -> str:
    """Return the message, ready to send.

    It says nothing about the site's pages but what was seen of one.

    The guides "Configuring App Inbox for websites" ask for a CSS selector, the
    position for ``insertAdjacentHTML`` and, optionally, an SVG icon and a design.

    :param site: the address of the site.
    :param account: the account at the vendor, None if unknown.
    :param notes: requests for the design.
    :param observed: the page that was looked at.
    """
    lines = [
        f"Subject: App Inbox widget for {site}",
        "",
        "Hello,",
        "",
        "please set up the App Inbox widget for our site.",
        "",
        f"Site:             {site}",
    ]
    if account is not None and account.name:
        number = f" (id {account.id})" if account.id is not None else ""
        lines.append(f"Account:          {account.name}{number}")
    if settings.script_id is not None:
        lines.append(f"Script id:        {settings.script_id}")
    lines += [
        f"CSS selector:     {settings.anchor}",
        f"Insert position:  {settings.position} (as in insertAdjacentHTML)",
        f"Language:         {language}; each page names its own in the call of init",
        f"Icon:             {_icon(attachments)}",
        "",
        *_place(observed, attachments),
        "Design:",
        *(f"- {note}" for note in notes or ["The usual look is fine."]),
        "",
        "Our server is set up to request contact tokens with POST "
        f"{settings.token_path}.",
        "For a customer who is logged in, the page's script calls",
        _init_call(settings),
        "",
        "Two things that we did not find in your documents:",
        "- Which hosts does the widget call, and does it need inline styles?"
        + " We ask because" * observed.has_policy,
        *["  our page has a Content-Security-Policy."] * observed.has_policy,
        f"- Which right does {_credential(settings)} need to issue contact tokens?",
        "",
        "Thank you!",
        "",
    ]
    return "\n".join(lines)


def _place(observed: Observed, attachments: Attachments) -> list[str]:
    lines = []
    if observed.shows_anchor:
        lines.append(
            f"We looked at the page {observed.path} as a visitor who is not logged in: "
            "the element"
        )
        lines.append("of the selector is there, once.")
    if attachments.picture:
        lines.append("The attached anchor.png shows its place.")
    return [*lines, ""] if lines else []


def _credential(settings: Settings) -> str:
    return "an app (OAuth)" if settings.uses_oauth else "an API key"


def _icon(attachments: Attachments) -> str:
    return "icon.svg, attached" if attachments.icon else "the usual bell"


def _init_call(settings: Settings) -> str:
    options = "{getAuthTokenCallback: …, language: …}"
    if settings.init_form == "options":
        return f"  eS('init', {options})"
    flags = {**settings.features, "APP_INBOX": True}
    listed = ", ".join(f"{name}: {str(on).lower()}" for name, on in flags.items())
    return f"  eS('init', {{{listed}}}, {options})"
