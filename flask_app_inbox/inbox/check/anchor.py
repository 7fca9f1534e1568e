"""Is the anchor in the page, where the vendor inserts the bell?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..settings import Settings
from .finding import FindingKind, Section
from .html import select

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

ANCHOR_MISSING = FindingKind(
    "anchor_missing",
    "error",
    what="Nothing in the page matches the anchor {anchor}.",
    why="The vendor inserts the bell there; it has no other place.",
    fix={
        "rendered": "{{ app_inbox_anchor() }}  {# where the bell should be #}",
        "written": "<div …></div>  {# write an element that {anchor} matches into "
        "your layout; the selector is not simple, so app_inbox_anchor() renders "
        "nothing #}",
    },
)
ANCHOR_TWICE = FindingKind(
    "anchor_twice",
    "error",
    what="{count} elements of the page match the anchor {anchor}.",
    why="The bell may appear at the wrong one, or at one that is not visible.",
    fix={
        "rendered": "{{ app_inbox_anchor() }}  {# once; or set a narrower "
        "APP_INBOX_ANCHOR and tell the vendor #}",
        "written": 'APP_INBOX_ANCHOR = "…"  # narrower, so that it matches once; tell '
        "the vendor",
    },
)


def check_anchor(html: BeautifulSoup, settings: Settings, section: Section) -> None:
    """Look for the one element that the anchor's selector matches."""
    anchor = settings.anchor
    case = "written" if settings.anchor_element is None else "rendered"
    found = select(html, anchor)
    if len(found) == 1:
        section.ok(f"The anchor {anchor} is in the page, once.")
    elif not found:
        section.report(ANCHOR_MISSING, case, anchor=anchor)
    else:
        section.report(ANCHOR_TWICE, case, anchor=anchor, count=len(found))
