"""Is the site's own bell in the page, and does its policy let everything through?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from ...errors import LoaderError
from .endpoint import serves_file
from .finding import FindingKind, Section
from .login import Login, report_failure, report_nobody
from .page import address_in
from .page_policy import (
    CSP_IMAGES,
    CSP_OWN_ENDPOINT,
    CSP_OWN_SCRIPT,
    PICTURE,
    policies_of,
)
from .visit import Page, Site

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

#: The element of the bell, and the script that brings it to life.
BELL = "app-inbox-bell"
SCRIPT = "script[data-messages-url][src]"
#: The style sheet of the bell, in the folder of the script.
_STYLE = re.compile(r"bell\.[0-9a-f]{16}\.css")

#: What the bell asks: the view of the endpoint, the method, and the script's attribute
#: with the address.
_ENDPOINTS = (
    ("unread", "GET", "data-unread-url"),
    ("messages", "GET", "data-messages-url"),
    ("read", "POST", "data-read-url"),
)

BELL_MISSING = FindingKind(
    "bell_missing",
    "error",
    what="The page has no bell.",
    why="APP_INBOX_WIDGET is site, so app_inbox_anchor() renders it.",
    fix="{{ app_inbox_anchor() }}  {# where the bell should be #}",
)
BELL_SCRIPT_MISSING = FindingKind(
    "bell_script_missing",
    "error",
    what="The page does not carry the script of the bell.",
    why="Without it the bell is a link to a page of messages.",
    fix="{{ app_inbox() }}  {# in the <head> of your layout #}",
)
CSP_OWN_STYLE = FindingKind(
    "csp_own_style",
    "error",
    what="The Content-Security-Policy forbids the style sheet of the bell.",
    why="It comes from this site; without it the bell has no form.",
    fix="style-src 'self'  # app_inbox.csp_sources(into=policy) adds it",
)


def find_bell_script(html: BeautifulSoup) -> Tag | None:
    """Return the element of the bell's script, None if the page has none."""
    return html.select_one(SCRIPT)


def bell_style(page: Page, html: BeautifulSoup, script: Tag) -> str | None:
    """Return the address of the bell's style sheet, None if the page has none.

    It stands before the script or before each bell, whichever comes first.
    """
    folder = urljoin(address_in(page, str(script["src"])), ".")
    for link in html.select("link[rel=stylesheet][href]"):
        address = address_in(page, str(link["href"]))
        is_beside = address.startswith(folder)
        if is_beside and _STYLE.match(address.removeprefix(folder)):
            return address
    return None


def check_bell(page: Page, html: BeautifulSoup, login: Login, section: Section) -> None:
    """Look for bell and script, rendered for somebody who is logged in."""
    script = find_bell_script(html)
    bells = html.find_all(BELL)
    if script is None and not bells:
        if page.visitor is None:
            report_nobody(login, section)
            return
        if isinstance(page.visitor, LoaderError):
            report_failure(login, page.visitor, section)
            return
    if not bells:
        section.report(BELL_MISSING)
    if script is None:
        section.report(BELL_SCRIPT_MISSING)
    if bells and script:
        section.ok("The bell and its script are in the page.")


def check_bell_files(
    site: Site, page: Page, html: BeautifulSoup, section: Section
) -> None:
    """Fetch what a page with a bell loads, until something does not come."""
    script = find_bell_script(html)
    if script is None:
        return
    files = [
        (address_in(page, str(script["src"])), "script", "javascript"),
        (address_in(page, str(script["data-panel"])), "panel", "javascript"),
    ]
    style = bell_style(page, html, script)
    if style:
        files.append((style, "style sheet", "text/css"))
    if all(
        serves_file(site, address, section, file, kind=kind)
        for address, file, kind in files
    ):
        section.ok("The files of the bell are served.")


def endpoints_of(
    site: Site, page: Page, html: BeautifulSoup | None
) -> list[tuple[str, str]]:
    """Return method and address of what the bell asks, none if nothing tells them.

    :param html: of the page, if it is one.
    """
    script = find_bell_script(html) if html else None
    asked = []
    for view, method, attribute in _ENDPOINTS:
        address = site.own_address(f"app_inbox.{view}")
        if address is None and script is not None:
            address = address_in(page, str(script[attribute]))
            if view == "messages":
                address += "0"  # the number of the page goes there
        if address:
            asked.append((method, address))
    return asked


def check_bell_policy(page: Page, html: BeautifulSoup, section: Section) -> None:
    """Find what the bell needs and the policies of a page forbid."""
    script = find_bell_script(html)
    policies = policies_of(page, html)
    if script is None or not policies:
        return
    nonce = str(script.get("nonce") or "") or None
    style = bell_style(page, html, script)
    before = len(section.findings)
    for policy in policies:
        if not policy.allows_script(address_in(page, str(script["src"])), nonce=nonce):
            sources = policy.sources("script-src", "default-src") or ()
            case = "nonce" if "'strict-dynamic'" in sources else "host"
            section.report(CSP_OWN_SCRIPT, case)
        asked = address_in(page, str(script["data-messages-url"]))
        if not policy.allows("connect-src", asked):
            section.report(CSP_OWN_ENDPOINT)
        if style and not policy.allows("style-src", style):
            section.report(CSP_OWN_STYLE)
        if not policy.allows("img-src", PICTURE):
            section.report(CSP_IMAGES)
    if len(section.findings) == before:
        section.ok("The Content-Security-Policy lets the bell through.")
