"""A page of the site: are our script and the anchor in it, and no second init?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ...client.site import find_script_id
from ...errors import LoaderError
from ..settings import Settings
from .finding import FindingKind, Section
from .html import select
from .visit import Page, VisitError

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_LOG_IN = """\
flask app-inbox check --cookie 'session=…'  # from your browser, or
flask app-inbox check --session _user_id=1  # what a login leaves in your session; \
with Flask-Login the get_id() of a user"""
_ONE_INIT = "The vendor wants one init per page"

PAGE_MISSING = FindingKind(
    "page_missing",
    "error",
    what="There is no page to check: {reason}.",
    why="Only a page shows whether script, anchor and policy are right.",
    fix="flask app-inbox check --url /a/page/with/your/layout",
)
PAGE_REDIRECTS = FindingKind(
    "page_redirects",
    "error",
    what="There is no page to check: {path} answers {status} and redirects to "
    "{target}.",
    why="Usually such a page is only for customers who are logged in.",
    fix=_LOG_IN,
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
    why=f"{_ONE_INIT}.",
    fix="{{ app_inbox() }}  {# keep one of them #}",
)
NOBODY_LOGGED_IN = FindingKind(
    "nobody_logged_in",
    "error",
    what="The site rendered the page for a visitor who is not logged in.",
    why="Only customers who are logged in have an inbox, so the page has no bell. (If "
    "this one is logged in, {{ app_inbox() }} is missing or the page is from a cache.)",
    fix=_LOG_IN,
)
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
SECOND_INIT = FindingKind(
    "second_init",
    "error",
    what="The page calls the vendor's init itself: {call}",
    why=f"{_ONE_INIT}, and ours brings the token. So ours stays away, and the bell.",
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
    "APP_INBOX_SCRIPT_ID.",
    why="The vendor's two scripts get in each other's way.",
    fix="APP_INBOX_SCRIPT_ID = None  # the page's snippet loads the script",
)

_OWN_SCRIPT = re.compile(r"/app_inbox\.[0-9a-f]{16}\.js$")
# As in app_inbox.js.
_INIT = re.compile(r"""^.*\beS["'\]?.\s]*\(\s*["'`]init["'`].*$""", re.MULTILINE)
_COMMENTS = re.compile(r"^\s*(?://.*$|/\*(?:.|\n)*?\*/)", re.MULTILINE)


def report_no_page(error: VisitError, section: Section) -> None:
    """Report that a page could not be fetched."""
    section.report(PAGE_MISSING, reason=error)


def check_answer(page: Page, section: Section) -> bool:
    """Tell whether the site answered with a page."""
    if is_page(page):
        return True
    kind = page.headers.get("Content-Type", "nothing")
    path = urlsplit(page.url).path
    if 300 <= page.status < 400:
        target = page.headers.get("Location", "nowhere")
        section.report(PAGE_REDIRECTS, path=path, status=page.status, target=target)
    else:
        reason = f"{path} answers {page.status} with {kind}"
        section.report(PAGE_MISSING, reason=reason)
    return False


def is_page(page: Page) -> bool:
    """Tell whether a site answered with a page."""
    return page.status == 200 and "html" in page.headers.get("Content-Type", "")


def check_page(
    page: Page,
    html: BeautifulSoup,
    settings: Settings,
    section: Section,
    *,
    own_loader: bool,
) -> None:
    """Find what keeps the bell out of a page, except for its policy.

    :param own_loader: whether the site has a contact_loader.
    """
    _check_own_script(page, html, section, own_loader)
    _check_anchor(html, settings, section)
    if _lacks_init(html, settings) and not section.has(NOBODY_LOGGED_IN):
        _report_no_init("a contact", settings, section)
    _check_init(html, section)
    _check_loader(html, settings, section)


def check_page_of_visitors(
    html: BeautifulSoup, settings: Settings, section: Section
) -> None:
    """Find out whether a page that carries the vendor's snippet has its one init.

    :param html: of the page as somebody sees it who is not logged in.
    """
    if settings.script_id is not None or not _loaded_scripts(html):
        return
    if _lacks_init(html, settings):
        _report_no_init("a visitor", settings, section)
    elif _own_scripts(html):
        _check_init(html, section)
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
        and not _own_scripts(html)
        and not _init_calls(html)
    )


def loader_case(own_loader: bool) -> str:
    """Return the case of :data:`LOADER_FAILED`."""
    return "contact_loader" if own_loader else "flask_login"


def find_own_script(html: BeautifulSoup) -> Tag | None:
    """Return the element of our script, None if the page has none."""
    return next(iter(_own_scripts(html)), None)


def _own_scripts(html: BeautifulSoup) -> list[Tag]:
    return [
        tag
        for tag in html.find_all("script", src=True)
        if _OWN_SCRIPT.search(urlsplit(str(tag["src"])).path)
    ]


def _check_own_script(
    page: Page, html: BeautifulSoup, section: Section, own_loader: bool
) -> None:
    scripts = _own_scripts(html)
    if len(scripts) > 1:
        section.report(SCRIPT_TWICE, count=len(scripts))
    elif scripts and scripts[0].get("data-token-url"):
        section.ok("Our script is in the page, once.")
    elif scripts or page.visitor is None:
        section.report(NOBODY_LOGGED_IN)
    elif isinstance(page.visitor, LoaderError):
        section.report(LOADER_FAILED, loader_case(own_loader), reason=page.visitor)
    else:
        section.report(SCRIPT_MISSING)


def _check_anchor(html: BeautifulSoup, settings: Settings, section: Section) -> None:
    anchor = settings.anchor
    case = "written" if settings.anchor_element is None else "rendered"
    found = select(html, anchor)
    if len(found) == 1:
        section.ok(f"The anchor {anchor} is in the page, once.")
    elif not found:
        section.report(ANCHOR_MISSING, case, anchor=anchor)
    else:
        section.report(ANCHOR_TWICE, case, anchor=anchor, count=len(found))


def _check_init(html: BeautifulSoup, section: Section) -> None:
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


def _loaded_scripts(html: BeautifulSoup) -> set[str]:
    """Return the ids of the vendor's scripts that a page loads itself."""
    return {
        script_id
        for script in html.find_all("script")
        if (
            script_id := find_script_id(f"{script.get('src', '')}\n{script.get_text()}")
        )
    }


def _check_loader(html: BeautifulSoup, settings: Settings, section: Section) -> None:
    others = _loaded_scripts(html)
    if settings.script_id is None and not others:
        section.report(LOADER_MISSING)
    elif settings.script_id and others - {settings.script_id}:
        section.report(ANOTHER_SCRIPT)


def address_in(page: Page, link: str) -> str:
    """Return the whole address of a link in a page."""
    return urljoin(page.url, link)
