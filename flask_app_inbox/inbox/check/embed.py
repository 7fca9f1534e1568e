"""A page that no template renders: what its script will put into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ...errors import LoaderError
from ...web.addresses import matches
from ...web.elements import Element
from ..settings import Settings
from .endpoint import EXEMPT_US, IN_FRONT
from .finding import FindingKind, Section
from .visit import Page, Site, VisitError

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

EMBED_UNREACHABLE = FindingKind(
    "embed_unreachable",
    "error",
    what="The page loads embed.js, and {path} does not say what belongs there: "
    "{reason}.",
    why=IN_FRONT,
    fix=EXEMPT_US,
)


def embed(
    page: Page,
    html: BeautifulSoup,
    settings: Settings,
    section: Section,
    site: Site,
    fetch: Callable[[str], Page],
) -> None:
    """Put into a page what ``embed.js`` makes there, if the page loads that.

    :param fetch: fetches an address as the page's visitor does.
    """
    script = _embed_script(html, settings)
    if script is None:
        return
    own = site.own_address("app_inbox.embed")
    address = own or urljoin(urljoin(page.url, str(script["src"])), "embed")
    try:
        body = _read(fetch(address))
    except VisitError as error:
        path = urlsplit(address).path
        section.report(EMBED_UNREACHABLE, path=path, reason=error)
        return
    for element in (body["anchor"], *body["hints"], body["script"]):
        if element:
            html.append(_tag(html, element, script.get("nonce")))


def _embed_script(html: BeautifulSoup, settings: Settings) -> Tag | None:
    for tag in html.find_all("script", src=True):
        path = urlsplit(str(tag["src"])).path
        if matches(settings.url_prefix, path, "/embed.js"):
            return tag
    return None


def _read(answer: Page) -> dict[str, Any]:
    """Return what the address says.

    :raises VisitError: if something else answers.
    """
    kind = answer.headers.get("Content-Type", "nothing")
    if answer.status == LoaderError.http_status and kind == "application/problem+json":
        # A function of the site fails; what that costs the page is found in the page.
        return {"anchor": None, "hints": [], "script": None}
    if answer.status != 200 or kind != "application/json":
        raise VisitError(f"it answers {answer.status} with {kind}")
    body: dict[str, Any] = json.loads(answer.text)
    return body


def _tag(html: BeautifulSoup, element: Element, nonce: object) -> Tag:
    """Return an element as a tag; what a script makes may do what the script may."""
    attributes = element["attributes"] | ({"nonce": str(nonce)} if nonce else {})
    tag = html.new_tag(element["tag"], attrs=attributes)
    tag.extend([_tag(html, child, nonce) for child in element["children"]])
    return tag
