"""Is there a page to check?"""

from __future__ import annotations

from shlex import quote
from urllib.parse import urljoin, urlsplit

from .finding import FindingKind, Section
from .login import Login
from .visit import AppNotReached, Page, VisitError

PAGE_MISSING = FindingKind(
    "page_missing",
    "error",
    what="There is no page to check: {reason}.",
    why="Only a page shows whether script, anchor and policy are right.",
    fix={
        "page": "flask app-inbox check --url /a/page/with/your/layout",
        "in_front": "flask app-inbox check --url https://your.site/  # asks the "
        "running site, with all that is in front of it",
    },
)
PAGE_REDIRECTS = FindingKind(
    "page_redirects",
    "error",
    what="There is no page to check: {path} answers {status} and redirects to "
    "{target}.",
    why="Usually such a page is only for customers who are logged in.",
    fix="{ways}",
)


def report_no_page(error: VisitError, section: Section) -> None:
    """Report that a page could not be fetched."""
    case = "in_front" if isinstance(error, AppNotReached) else "page"
    section.report(PAGE_MISSING, case, reason=error)


def check_answer(page: Page, login: Login, section: Section) -> bool:
    """Tell whether the site answered with a page."""
    if is_page(page):
        return True
    kind = page.headers.get("Content-Type", "nothing")
    path = urlsplit(page.url).path
    if 300 <= page.status < 400:
        target = page.headers.get("Location", "nowhere")
        ways = login.ways
        if target.startswith("/") and urlsplit(target).path != path:
            there = quote(urlsplit(target).path)
            ways += f", or\nflask app-inbox check --url {there}  # without a login"
        section.report(
            PAGE_REDIRECTS, path=path, status=page.status, target=target, ways=ways
        )
    else:
        reason = f"{path} answers {page.status} with {kind}"
        section.report(PAGE_MISSING, "page", reason=reason)
    return False


def is_page(page: Page) -> bool:
    """Tell whether a site answered with a page."""
    return page.status == 200 and "html" in page.headers.get("Content-Type", "")


def address_in(page: Page, link: str) -> str:
    """Return the whole address of a link in a page."""
    return urljoin(page.url, link)
