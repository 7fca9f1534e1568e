"""Does the page's Content-Security-Policy let everything through?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...web.csp import origin_of
from ..csp import TRUSTED_TYPES_POLICY, csp_sources
from ..settings import Settings
from .finding import FindingKind, Section
from .own_script import find_own_script, vendor_script_of
from .page import address_in
from .policy import ContentSecurityPolicy
from .visit import Page

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_BLOCKED = "The browser blocks it, so there is no bell."
#: A picture of a message may be anywhere.
PICTURE = "https://images.app-inbox.invalid/picture.png"
_HELPER = "  # app_inbox.csp_sources(into=policy) adds it"

COEP_VENDOR_SCRIPT = FindingKind(
    "coep_vendor_script",
    "warning",
    what="The Cross-Origin-Embedder-Policy of the page is require-corp.",
    why="Then browsers load the vendor's script, and pictures in messages, only with a "
    "Cross-Origin-Resource-Policy, which no document of the vendor promises.",
    fix="Cross-Origin-Embedder-Policy: credentialless  # or unsafe-none",
)
CSP_OWN_SCRIPT = FindingKind(
    "csp_own_script",
    "error",
    what="The Content-Security-Policy forbids our own script.",
    why=_BLOCKED,
    fix={
        "nonce": "{{ app_inbox(nonce=csp_nonce()) }}  {# the nonce of this policy #}",
        "host": "script-src 'self'" + _HELPER,
    },
)
CSP_VENDOR_SCRIPT = FindingKind(
    "csp_vendor_script",
    "error",
    what="The Content-Security-Policy forbids the vendor's script.",
    why=_BLOCKED,
    fix="script-src {origin}" + _HELPER,
)
CSP_TRUSTED_TYPES = FindingKind(
    "csp_trusted_types",
    "error",
    what="The Content-Security-Policy wants Trusted Types and forbids our policy for "
    "loading the vendor's script.",
    why=_BLOCKED,
    fix=f"trusted-types {TRUSTED_TYPES_POLICY}{_HELPER}",
)
CSP_OWN_ENDPOINT = FindingKind(
    "csp_own_endpoint",
    "error",
    what="The Content-Security-Policy forbids calls to this site's own endpoints.",
    why="The browser blocks them, so nobody sees their messages.",
    fix="connect-src 'self'" + _HELPER,
)
CSP_VENDOR_CALLS = FindingKind(
    "csp_vendor_calls",
    "warning",
    what="The Content-Security-Policy forbids calls to {vendor}.",
    why="The widget most likely asks there for messages; the vendor does not document "
    "which hosts it calls.",
    fix="connect-src {sources}" + _HELPER,
)
CSP_IMAGES = FindingKind(
    "csp_images",
    "warning",
    what="The Content-Security-Policy forbids images of other sites.",
    why="Messages may carry an image of any https address.",
    fix="img-src https:" + _HELPER,
)


def check_policy(
    page: Page, html: BeautifulSoup, settings: Settings, section: Section
) -> None:
    """Find what the bell needs and the policies of a page forbid."""
    embedder = page.headers.get("Cross-Origin-Embedder-Policy", "")
    if embedder.partition(";")[0].strip() == "require-corp":
        section.report(COEP_VENDOR_SCRIPT)
    policies = policies_of(page, html)
    if not policies:
        section.ok("The page has no Content-Security-Policy.")
        return
    before = len(section.findings)
    for policy in policies:
        _check_scripts(policy, page, html, settings, section)
        _check_connections(policy, page, html, settings, section)
    if len(section.findings) == before:
        section.ok("The Content-Security-Policy lets the bell through.")


def policies_of(page: Page, html: BeautifulSoup) -> list[ContentSecurityPolicy]:
    """Return the policies of a page, from its headers and its HTML."""
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
    section: Section,
) -> None:
    own = find_own_script(html)
    nonce = str(own.get("nonce") or "") or None if own else None
    own_allowed = own is None or policy.allows_script(
        address_in(page, str(own["src"])), nonce=nonce
    )
    if not own_allowed:
        sources = policy.sources("script-src", "default-src") or ()
        case = "nonce" if "'strict-dynamic'" in sources else "host"
        section.report(CSP_OWN_SCRIPT, case)
    source = vendor_script_of(html, settings.script_source)
    if source and not policy.allows_script(
        source, nonce=nonce, by_script=own is not None and own_allowed
    ):
        section.report(CSP_VENDOR_SCRIPT, origin=origin_of(source))
    if not policy.allows_trusted_types(TRUSTED_TYPES_POLICY):
        section.report(CSP_TRUSTED_TYPES)


def _check_connections(
    policy: ContentSecurityPolicy,
    page: Page,
    html: BeautifulSoup,
    settings: Settings,
    section: Section,
) -> None:
    own = find_own_script(html)
    token_url = str(own.get("data-token-url") or "") if own else ""
    if token_url and not policy.allows("connect-src", address_in(page, token_url)):
        section.report(CSP_OWN_ENDPOINT)
    vendor = origin_of(settings.api_url)
    if not policy.allows("connect-src", f"{vendor}/"):
        needed = csp_sources(settings)["connect-src"]
        sources = " ".join(source for source in needed if source != "'self'")
        section.report(CSP_VENDOR_CALLS, vendor=vendor, sources=sources)
    if not policy.allows("img-src", PICTURE):
        section.report(CSP_IMAGES)
