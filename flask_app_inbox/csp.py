"""What a page's Content-Security-Policy must allow for the platform.

The vendor publishes no guide to this. Documented is one host, that of the page
script; the others follow from where its documents and plugins call it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from .settings import Settings

#: A policy as people write it: Talisman's dict or werkzeug's object.
Policy = Mapping[str, "str | Sequence[str] | None"]

#: The name of the Trusted Types policy of our page script.
TRUSTED_TYPES_POLICY = "app-inbox"

#: Directives and what the platform needs there, by the names of its own domains. The
#: script comes from statics.esputnik.com for all three (web guides). That messages
#: are asked for at the API's own domain is likely: the guide for mobile apps names
#: esputnik.com, and the one site whose policy is public allows it with all below it.
_DOMAINS = {
    "esputnik": ("esputnik.com",),
    "yespo": ("yespo.io", "esputnik.com"),
    "reteno": ("reteno.com", "esputnik.com"),
}


def csp_sources(settings: Settings, into: Policy | None = None) -> dict[str, list[str]]:
    """Return the directives that the platform needs.

    :param into: the site's own policy; the sources are added to its directives.
        One that it lacks starts from its ``default-src``, because a directive
        replaces that and does not add to it.
    :returns: the whole policy; only the platform's part without ``into``.
    """
    if into is None:
        return {name: ["'self'", *more] for name, more in _needed(settings).items()}
    policy = {name: _listed(sources) for name, sources in into.items()}
    default = policy.get("default-src")
    needed = _needed(settings)
    if "script-src-elem" in policy:
        needed["script-src-elem"] = needed["script-src"]
    for name, sources in needed.items():
        if name in policy:
            policy[name] = _added(policy[name], sources)
        elif default is not None:
            policy[name] = _added(default, ["'self'", *sources])
    if "trusted-types" in policy:
        policy["trusted-types"] = _added(
            policy["trusted-types"], [TRUSTED_TYPES_POLICY]
        )
    return policy


def _needed(settings: Settings) -> dict[str, list[str]]:
    return {
        "script-src": [origin_of(settings.script_url)],
        "connect-src": _connected(settings),
        # Messages carry images of any https address.
        "img-src": ["https:", *_plain_http(settings.script_url)],
    }


def _connected(settings: Settings) -> list[str]:
    api, script = origin_of(settings.api_url), origin_of(settings.script_url)
    domains = _DOMAINS[settings.platform.name]
    host = urlsplit(api).hostname or ""
    if not any(f".{host}".endswith(f".{domain}") for domain in domains):
        # A stand-in such as the sandbox calls nobody else.
        return list(dict.fromkeys((api, script)))
    return [
        source
        for domain in domains
        for source in (f"https://{domain}", f"https://*.{domain}")
    ]


def _plain_http(url: str) -> list[str]:
    origin = origin_of(url)
    return [origin] if origin.startswith("http:") else []


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _listed(sources: str | Sequence[str] | None) -> list[str]:
    if sources is None:
        return []
    return sources.split() if isinstance(sources, str) else list(sources)


def _added(before: Sequence[str], more: Sequence[str]) -> list[str]:
    kept = [source for source in before if source != "'none'"]
    if "*" in kept:
        return kept
    return list(dict.fromkeys((*kept, *more)))
