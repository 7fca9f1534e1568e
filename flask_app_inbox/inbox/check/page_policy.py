"""Does the page's Content-Security-Policy let everything through?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...web.csp import origin_of
from ..csp import TRUSTED_TYPES_POLICY, csp_sources
from ..settings import Settings
from .finding import Area
from .page import address_in, find_own_script
from .policy import ContentSecurityPolicy
from .visit import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_HELPER = "  # app_inbox.csp_sources(into=policy) adds it"


def check_policy(
    page: Page, html: BeautifulSoup, settings: Settings, area: Area
) -> None:
    """Find what the policy of a page forbids of what the bell needs."""
    policies = _policies(page, html)
    if not policies:
        area.ok("The page has no Content-Security-Policy.")
        return
    before = len(area.findings)
    for policy in policies:
        _check_scripts(policy, page, html, settings, area)
        _check_connections(policy, page, html, settings, area)
    if len(area.findings) == before:
        area.ok("The Content-Security-Policy lets the bell through.")


def _policies(page: Page, html: BeautifulSoup) -> list[ContentSecurityPolicy]:
    texts = page.headers.getlist("Content-Security-Policy")
    texts += [
        str(tag.get("content", ""))
        for tag in html.find_all("meta")
        if str(tag.get("http-equiv", "")).lower() == "content-security-policy"
    ]
    return [
        ContentSecurityPolicy(text, page.url)
        for header in texts
        for text in header.split(",")
        if text.strip()
    ]


def _check_scripts(
    policy: ContentSecurityPolicy,
    page: Page,
    html: BeautifulSoup,
    settings: Settings,
    area: Area,
) -> None:
    own = find_own_script(html)
    nonce = str(own.get("nonce") or "") or None if own else None
    own_allowed = own is None or policy.allows_script(
        address_in(page, str(own["src"])), nonce=nonce
    )
    if not own_allowed:
        strict = "'strict-dynamic'" in (
            policy.sources("script-src", "default-src") or ()
        )
        _blocked(
            area,
            "csp_own_script",
            "our own script",
            "{{ app_inbox(nonce=csp_nonce()) }}  {# the nonce of this policy #}"
            if strict
            else f"script-src 'self'{_HELPER}",
        )
    source = settings.script_source or f"{settings.script_url}/scripts/"
    vendor_allowed = policy.allows_script(
        source, nonce=nonce, by_script=own is not None and own_allowed
    )
    if not vendor_allowed and settings.script_source:
        _blocked(
            area,
            "csp_vendor_script",
            "the vendor's script",
            f"script-src {origin_of(source)}{_HELPER}",
        )
    if not policy.allows_trusted_types(TRUSTED_TYPES_POLICY):
        _blocked(
            area,
            "csp_trusted_types",
            "the loading of the vendor's script (Trusted Types)",
            f"trusted-types {TRUSTED_TYPES_POLICY}{_HELPER}",
        )


def _check_connections(
    policy: ContentSecurityPolicy,
    page: Page,
    html: BeautifulSoup,
    settings: Settings,
    area: Area,
) -> None:
    own = find_own_script(html)
    token_url = str(own.get("data-token-url") or "") if own else ""
    if token_url and not policy.allows("connect-src", address_in(page, token_url)):
        _blocked(
            area,
            "csp_own_endpoint",
            "the token endpoint of this site",
            f"connect-src 'self'{_HELPER}",
        )
    needed = csp_sources(settings)
    vendor = origin_of(settings.api_url)
    if not policy.allows("connect-src", f"{vendor}/"):
        sources = " ".join(one for one in needed["connect-src"] if one != "'self'")
        area.warn(
            "csp_vendor_calls",
            f"The Content-Security-Policy forbids calls to {vendor}.",
            why="The widget most likely asks there for messages; the vendor does not "
            "document which hosts it calls.",
            mend=f"connect-src {sources}{_HELPER}",
        )
    if not policy.allows("img-src", "https://images.app-inbox.invalid/picture.png"):
        area.warn(
            "csp_images",
            "The Content-Security-Policy forbids images of other sites.",
            why="Messages may carry an image of any https address.",
            mend=f"img-src https:{_HELPER}",
        )


def _blocked(area: Area, code: str, what: str, mend: str) -> None:
    area.error(
        code,
        f"The Content-Security-Policy forbids {what}.",
        why="The browser blocks it, so there is no bell.",
        mend=mend,
    )
