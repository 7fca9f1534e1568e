"""What a page's Content-Security-Policy must allow for the platform.

The vendor publishes no guide to this. It documents one host, that of the page script.
The others follow from the addresses that its documents and plugins call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..web.csp import Policy, add_sources, added, origin_of

if TYPE_CHECKING:
    from .settings import Settings

#: The name of the Trusted Types policy of our page script.
TRUSTED_TYPES_POLICY = "app-inbox"


def csp_sources(settings: Settings, into: Policy | None = None) -> dict[str, list[str]]:
    """Return the directives that the bell needs, whoever draws it.

    :param into: the site's own policy, to which the sources are added.
    :returns: the whole policy; without ``into`` only the platform's part.
    """
    needed = _needed(settings)
    if into is None:
        return {name: added(["'self'"], sources) for name, sources in needed.items()}
    if "script-src-elem" in into:
        needed["script-src-elem"] = needed["script-src"]
    policy = add_sources(into, needed)
    if "trusted-types" in policy and settings.widget == "vendor":
        policy["trusted-types"] = added(policy["trusted-types"], [TRUSTED_TYPES_POLICY])
    return policy


def _needed(settings: Settings) -> dict[str, list[str]]:
    if settings.widget == "site":
        # Nothing of the vendor: messages come from this site.
        return {
            **{name: ["'self'"] for name in ("script-src", "connect-src", "style-src")},
            "img-src": ["'self'", "https:"],
        }
    script = origin_of(settings.script_url)
    plain_http = [script] if script.startswith("http:") else []
    return {
        # Our own script and endpoints, too: a site's directive need not name itself.
        "script-src": ["'self'", script],
        "connect-src": ["'self'", *_connected(settings)],
        # Messages carry images of any https address.
        "img-src": ["https:", *plain_http],
    }


def _connected(settings: Settings) -> list[str]:
    api, script = origin_of(settings.api_url), origin_of(settings.script_url)
    domains = settings.platform.domains
    host = urlsplit(api).hostname or ""
    if not any(f".{host}".endswith(f".{domain}") for domain in domains):
        # The sandbox and other stand-ins call nobody else.
        return list(dict.fromkeys((api, script)))
    return [
        source
        for domain in domains
        for source in (f"https://{domain}", f"https://*.{domain}")
    ]
