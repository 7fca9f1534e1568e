"""Adding what a page needs to a Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

#: A policy as people write it: Talisman's dict or werkzeug's object.
Policy = Mapping[str, "str | Sequence[str] | None"]


def add_sources(
    policy: Policy, needed: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return a site's own policy with the sources that a page also needs.

    A directive that the policy lacks starts from its ``default-src``, because a
    directive replaces ``default-src`` and does not add to it. Without ``default-src``
    everything is allowed already.

    :returns: lists of sources by directive.
    """
    merged = {name: _listed(sources) for name, sources in policy.items()}
    default = merged.get("default-src")
    for name, sources in needed.items():
        if name in merged:
            merged[name] = added(merged[name], sources)
        elif default is not None:
            merged[name] = added(default, ["'self'", *sources])
    return merged


def added(before: Sequence[str], more: Sequence[str]) -> list[str]:
    """Return a directive's sources with more sources, each once."""
    kept = [source for source in before if source != "'none'"]
    if "*" in kept:
        return kept
    return list(dict.fromkeys((*kept, *more)))


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _listed(sources: str | Sequence[str] | None) -> list[str]:
    if sources is None:
        return []
    return sources.split() if isinstance(sources, str) else list(sources)
