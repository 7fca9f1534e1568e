"""The message to the vendor's support, who set up the widget for an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...client.account import Account
from ..settings import Settings


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
) -> str:
    """Return the message, ready to send.

    The guides "Configuring App Inbox for websites" ask for a CSS selector, the
    position for ``insertAdjacentHTML`` and, optionally, an SVG icon and a design.

    :param site: the address of the site.
    :param account: the account at the vendor, None if unknown.
    :param notes: requests for the design.
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
        "The element of the selector is on every page, once, also for visitors who "
        "are not",
        "logged in."
        + (" The attached anchor.png shows its place." * attachments.picture),
        "",
        "Design:",
        *(f"- {note}" for note in notes or ["The usual look is fine."]),
        "",
        "Our server requests contact tokens with POST "
        f"{settings.token_path}, and our pages call",
        _init_call(settings),
        "",
        "Two things that we did not find in your documents:",
        "- Which hosts does the widget call, and does it need inline styles? Our pages "
        "have a",
        "  Content-Security-Policy.",
        "- Which right does an API key need to issue contact tokens?",
        "",
        "Thank you!",
        "",
    ]
    return "\n".join(lines)


def _icon(attachments: Attachments) -> str:
    return "icon.svg, attached" if attachments.icon else "the usual bell"


def _init_call(settings: Settings) -> str:
    options = "{getAuthTokenCallback: …, language: …}"
    if settings.init_form == "options":
        return f"  eS('init', {options})"
    flags = {**settings.features, "APP_INBOX": True}
    listed = ", ".join(f"{name}: {str(on).lower()}" for name, on in flags.items())
    return f"  eS('init', {{{listed}}}, {options})"
