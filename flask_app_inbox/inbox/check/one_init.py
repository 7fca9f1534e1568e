"""Does the page load the vendor's script, and call its init once?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...client.site import find_script_id
from ..settings import Settings
from .finding import FindingKind, Section
from .login import NOBODY_LOGGED_IN
from .own_script import ONE_INIT, own_scripts, vendor_script_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

SECOND_INIT = FindingKind(
    "second_init",
    "error",
    what="The page calls the vendor's init itself: {call}",
    why=f"{ONE_INIT}, and ours brings the token. So ours stays away, and the bell.",
    fix="eS('init');  // take this line out of the vendor's snippet",
)
NO_INIT = FindingKind(
    "no_init",
    "error",
    what="Nothing calls the vendor's init in the page of {visitor}, which carries the "
    "vendor's snippet.",
    why="Web tracking, forms and recommendations start with it; without it the "
    "vendor's script does nothing there, and says nothing.",
    fix={
        "missing": "{{ app_inbox() }}  {# in the layout of every page, outside any "
        "condition #}",
        "nothing": 'APP_INBOX_ANONYMOUS = "tracking"  # or take the setting out',
    },
)
LOADER_MISSING = FindingKind(
    "loader_missing",
    "error",
    what="Nothing loads the vendor's script: APP_INBOX_SCRIPT_ID is unset, and the "
    "page does not carry the vendor's snippet.",
    why="The vendor's script draws the bell.",
    fix='APP_INBOX_SCRIPT_ID = "…"  # from: flask app-inbox script --domain',
)
ANOTHER_SCRIPT = FindingKind(
    "another_script",
    "error",
    what="The page carries the vendor's snippet with another script id than "
    "our script loads.",
    why="The vendor's two scripts get in each other's way.",
    fix="APP_INBOX_SCRIPT_ID = None  # the page's snippet loads the script",
)

# As in app_inbox.js.
_INIT = re.compile(r"""^.*\beS["'\]?.\s]*\(\s*["'`]init["'`].*$""", re.MULTILINE)
_COMMENTS = re.compile(r"^\s*(?://.*$|/\*(?:.|\n)*?\*/)", re.MULTILINE)


def check_init(html: BeautifulSoup, settings: Settings, section: Section) -> None:
    """Find what keeps the one init out of the page of a contact, or makes it two."""
    if _lacks_init(html, settings) and not section.has(NOBODY_LOGGED_IN):
        _report_no_init("a contact", settings, section)
    _check_other_calls(html, section)
    _check_loader(html, settings, section)


def check_init_for_visitors(
    html: BeautifulSoup, settings: Settings, section: Section
) -> None:
    """Find out whether a page that carries the vendor's snippet has its one init.

    :param html: of the page as somebody sees it who is not logged in.
    """
    if settings.script_id is not None or not _loaded_scripts(html):
        return
    if _lacks_init(html, settings):
        _report_no_init("a visitor", settings, section)
    elif own_scripts(html):
        _check_other_calls(html, section)
    else:
        section.ok("The page of a visitor calls the vendor's init itself.")


def _report_no_init(visitor: str, settings: Settings, section: Section) -> None:
    case = "nothing" if settings.anonymous == "nothing" else "missing"
    section.report(NO_INIT, case, visitor=visitor)


def _lacks_init(html: BeautifulSoup, settings: Settings) -> bool:
    """Tell whether a page carries the vendor's snippet and nothing calls init."""
    return (
        settings.script_id is None
        and bool(_loaded_scripts(html))
        and not own_scripts(html)
        and not _init_calls(html)
    )


def _check_other_calls(html: BeautifulSoup, section: Section) -> None:
    calls = _init_calls(html)
    if calls:
        section.report(SECOND_INIT, call=calls[0][:80])
    else:
        section.ok("Nothing else in the page calls the vendor's init.")


def _init_calls(html: BeautifulSoup) -> list[str]:
    """Return the lines of inline scripts that call the vendor's init."""
    return [
        line.strip()
        for script in html.find_all("script", src=False)
        if "json" not in str(script.get("type", ""))
        for line in _INIT.findall(_COMMENTS.sub("", script.get_text()))
    ]


def _check_loader(html: BeautifulSoup, settings: Settings, section: Section) -> None:
    ours = vendor_script_of(html, settings.script_source)
    others = _loaded_scripts(html)
    if ours is None and not others:
        section.report(LOADER_MISSING)
    elif ours and others - {find_script_id(ours)}:
        section.report(ANOTHER_SCRIPT)


def _loaded_scripts(html: BeautifulSoup) -> set[str]:
    """Return the ids of the vendor's scripts that a page loads itself."""
    return {
        script_id
        for script in html.find_all("script")
        if (
            script_id := find_script_id(f"{script.get('src', '')}\n{script.get_text()}")
        )
    }
