"""Is our script in the page, once, and with what an inbox needs?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...errors import LoaderError
from .finding import FindingKind, Section
from .login import Login, report_failure, report_nobody
from .visit import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

ONE_INIT = "The vendor wants one init per page"

SCRIPT_MISSING = FindingKind(
    "script_missing",
    "error",
    what="The page does not carry our script.",
    why="Without it nothing calls the vendor's init, and there is no bell.",
    fix="{{ app_inbox() }}  {# before </body> in your layout #}",
)
SCRIPT_TWICE = FindingKind(
    "script_twice",
    "error",
    what="The page carries our script {count} times.",
    why=f"{ONE_INIT}.",
    fix="{{ app_inbox() }}  {# keep one of them #}",
)

_OWN_SCRIPT = re.compile(r"/app_inbox\.[0-9a-f]{16}\.js$")


def own_scripts(html: BeautifulSoup) -> list[Tag]:
    """Return the elements of our script."""
    return [
        tag
        for tag in html.find_all("script", src=True)
        if _OWN_SCRIPT.search(urlsplit(str(tag["src"])).path)
    ]


def find_own_script(html: BeautifulSoup) -> Tag | None:
    """Return the element of our script, None if the page has none."""
    return next(iter(own_scripts(html)), None)


def vendor_script_of(html: BeautifulSoup, default: str | None) -> str | None:
    """Return the vendor's script that ours loads; where ours is missing, the default.

    A page of a tenant may load another one than other pages.
    """
    own = find_own_script(html)
    if own is None:
        return default
    return str(own.get("data-script") or "") or None


def check_own_script(
    page: Page, html: BeautifulSoup, login: Login, section: Section
) -> None:
    """Look for our script, rendered for somebody who is logged in."""
    scripts = own_scripts(html)
    if len(scripts) > 1:
        section.report(SCRIPT_TWICE, count=len(scripts))
    elif scripts and scripts[0].get("data-token-url"):
        section.ok("Our script is in the page, once.")
    elif scripts or page.visitor is None:
        report_nobody(login, section)
    elif isinstance(page.visitor, LoaderError):
        report_failure(login, page.visitor, section)
    else:
        section.report(SCRIPT_MISSING)
