"""A page of the site: are our script, the anchor and nothing else of the kind in it?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ...client.contact import Contact
from ...client.site import find_script_id
from ...errors import LoaderError
from ..settings import Settings
from .finding import Area
from .visit import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

LOG_IN = """\
flask app-inbox check --cookie 'session=…'  # out of your browser, or
flask app-inbox check --session _user_id=1  # what a login leaves in your session; \
with Flask-Login the get_id() of a user"""

_OWN_SCRIPT = re.compile(r"/app_inbox\.[0-9a-f]{16}\.js$")
_INIT = re.compile(r"""^(?!\s*//).*\beS\s*\(\s*['"`]init['"`].*$""", re.MULTILINE)


def read_html(page: Page) -> BeautifulSoup:
    """Parse a page."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(page.text, "html.parser")


def check_answer(page: Page, area: Area) -> bool:
    """Tell whether there is a page to look at."""
    if page.status == 200 and "html" in page.headers.get("Content-Type", ""):
        return True
    path = urlsplit(page.url).path
    if 300 <= page.status < 400:
        target = page.headers.get("Location", "nowhere")
        area.error(
            "page_redirects",
            f"{path} answers {page.status} to {target}: no page could be checked.",
            why="Most often the page is for people who are logged in.",
            mend=LOG_IN,
        )
    else:
        kind = page.headers.get("Content-Type", "nothing")
        area.error(
            "page_missing",
            f"{path} answers {page.status} with {kind}: no page could be checked.",
            why="Script, anchor and policy can only be seen in a page.",
            mend="flask app-inbox check --url /a/page/with/your/layout",
        )
    return False


def check_page(page: Page, html: BeautifulSoup, settings: Settings, area: Area) -> None:
    """Find what keeps the bell out of a page, the policy aside."""
    _check_own_script(page, html, area)
    _check_anchor(html, settings, area)
    _check_init(html, area)
    _check_loader(html, settings, area)


def find_own_script(html: BeautifulSoup) -> Tag | None:
    """Return the element of our script, None if the page has none."""
    return next(iter(_own_scripts(html)), None)


def _own_scripts(html: BeautifulSoup) -> list[Tag]:
    return [
        tag
        for tag in html.find_all("script", src=True)
        if _OWN_SCRIPT.search(urlsplit(str(tag["src"])).path)
    ]


def _check_own_script(page: Page, html: BeautifulSoup, area: Area) -> None:
    scripts = _own_scripts(html)
    if len(scripts) == 1 and scripts[0].get("data-token-url"):
        area.ok("Our script is in the page, once.")
        return
    if scripts:
        _tell_unusual(scripts, page, area)
        return
    if isinstance(page.visitor, LoaderError):
        area.error(
            "loader_failed",
            str(page.visitor),
            why="Nobody can be told from another, so the page carries no bell.",
            mend='APP_INBOX_CONTACT_FIELDS = {"email": "the_attribute_of_your_user"}',
        )
    elif page.visitor is None:
        _tell_visitor(page, area)
    else:
        area.error(
            "script_missing",
            "The page does not carry our script.",
            why="Without it nobody calls the vendor's init, and there is no bell.",
            mend="{{ app_inbox() }}  {# before </body> in your layout #}",
        )


def _tell_unusual(scripts: list[Tag], page: Page, area: Area) -> None:
    if len(scripts) > 1:
        area.error(
            "script_twice",
            f"Our script is in the page {len(scripts)} times.",
            why="The vendor wants one init for each page.",
            mend="{{ app_inbox() }}  {# keep one of them #}",
        )
    else:
        _tell_visitor(page, area)


def _tell_visitor(page: Page, area: Area) -> None:
    known = isinstance(page.visitor, Contact)
    area.error(
        "nobody_logged_in",
        "The page was rendered for nobody"
        + (", though the loader knows a contact." if known else "."),
        why="Only those who are logged in have an inbox, so the bell is not in it. "
        "(Or {{ app_inbox() }} is missing.)",
        mend=LOG_IN,
    )


def _check_anchor(html: BeautifulSoup, settings: Settings, area: Area) -> None:
    found = html.select(settings.anchor)
    if len(found) == 1:
        area.ok(f"The anchor {settings.anchor} is in the page, once.")
    elif not found:
        area.error(
            "anchor_missing",
            f"Nothing in the page matches the anchor {settings.anchor}.",
            why="The vendor inserts the bell there; it has no other place.",
            mend="{{ app_inbox_anchor() }}  {# where the bell shall be #}",
        )
    else:
        area.error(
            "anchor_twice",
            f"{len(found)} elements of the page match the anchor {settings.anchor}.",
            why="The bell may appear at the wrong one, or at one that is not visible.",
            mend="{{ app_inbox_anchor() }}  {# once; or a narrower APP_INBOX_ANCHOR, "
            "told to the vendor, too #}",
        )


def _check_init(html: BeautifulSoup, area: Area) -> None:
    calls = [
        line.strip()
        for script in html.find_all("script", src=False)
        for line in _INIT.findall(script.get_text())
    ]
    if not calls:
        area.ok("Nobody else calls the vendor's init in the page.")
        return
    area.error(
        "second_init",
        f"The page calls the vendor's init itself: {calls[0][:80]}",
        why="The vendor wants one init for each page, and ours brings the token: the "
        "bell stays away.",
        mend="eS('init');  // take this line out of the vendor's snippet",
    )


def _check_loader(html: BeautifulSoup, settings: Settings, area: Area) -> None:
    others = {
        script_id
        for script in html.find_all("script")
        if (
            script_id := find_script_id(f"{script.get('src', '')}\n{script.get_text()}")
        )
    }
    if settings.script_id is None and not others:
        area.error(
            "loader_missing",
            "Nothing loads the vendor's script: APP_INBOX_SCRIPT_ID is unset, and the "
            "page has no snippet of the vendor's.",
            why="The vendor's script draws the bell.",
            mend='APP_INBOX_SCRIPT_ID = "…"  # from: flask app-inbox script --domain',
        )
    elif settings.script_id and others - {settings.script_id}:
        area.error(
            "another_script",
            "The page carries the vendor's snippet with another script id than "
            "APP_INBOX_SCRIPT_ID.",
            why="Two scripts of the vendor fight over one page.",
            mend="APP_INBOX_SCRIPT_ID = None  # the page's snippet loads the script",
        )


def address_in(page: Page, link: str) -> str:
    """Return the whole address of a link in a page."""
    return urljoin(page.url, link)
