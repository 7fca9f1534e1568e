"""What a Content-Security-Policy allows, decided as browsers do (CSP Level 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?"
    r"(?P<host>\*|(?:\*\.)?[a-z0-9_.-]+|\[[0-9a-f:]+\])"
    r"(?::(?P<port>\d+|\*))?"
    r"(?P<path>/.*)?",
    re.IGNORECASE,
)


class ContentSecurityPolicy:
    """One policy of a page.

    :param text: its text in the header.
    :param page: the address of the page, for ``'self'``.
    """

    def __init__(self, text: str, page: str) -> None:
        self._page = urlsplit(page)
        self._directives: dict[str, list[str]] = {}
        for part in text.split(";"):
            name, *sources = part.split() or [""]
            # A second directive of the same name has no effect.
            self._directives.setdefault(name.lower(), sources)

    def sources(self, *names: str) -> Sequence[str] | None:
        """Return the sources of the first directive that the policy has, else None."""
        for name in names:
            if name in self._directives:
                return self._directives[name]
        return None

    def allows(self, directive: str, url: str) -> bool:
        """Tell whether pages may use an address."""
        sources = self.sources(directive, "default-src")
        return sources is None or self._matches_any(sources, url)

    def allows_script(
        self, url: str, *, nonce: str | None, by_script: bool = False
    ) -> bool:
        """Tell whether a script file may run.

        :param nonce: its element's nonce.
        :param by_script: whether a script that may run inserted the element.
        """
        sources = self.sources("script-src-elem", "script-src", "default-src")
        if sources is None:
            return True
        if nonce and f"'nonce-{nonce}'" in sources:
            return True
        if "'strict-dynamic'" in sources:
            # Then hosts do not count.
            return by_script
        return self._matches_any(sources, url)

    def allows_trusted_types(self, name: str) -> bool:
        """Tell whether scripts may create a Trusted Types policy of this name."""
        if "'script'" not in (self.sources("require-trusted-types-for") or ()):
            return True
        names = self.sources("trusted-types")
        return names is None or name in names or "*" in names

    def _matches_any(self, sources: Iterable[str], url: str) -> bool:
        parts = urlsplit(url)
        return any(self._matches(source, parts) for source in sources)

    def _matches(self, source: str, url: SplitResult) -> bool:
        lowered = source.lower()
        if lowered == "'self'":
            return self._is_own(url)
        if lowered.startswith("'"):
            return False
        if lowered == "*":
            return url.scheme in _DEFAULT_PORTS or url.scheme == self._page.scheme
        if re.fullmatch(r"[a-z][a-z0-9+.-]*:", lowered):
            return _scheme_fits(lowered[:-1], url.scheme)
        found = _SOURCE.fullmatch(source)
        return found is not None and self._host_source_fits(found, url)

    def _is_own(self, url: SplitResult) -> bool:
        return (
            url.hostname == self._page.hostname
            and _scheme_fits(self._page.scheme, url.scheme)
            and (
                _port(url) == _port(self._page)
                or (_is_default_port(url) and _is_default_port(self._page))
            )
        )

    def _host_source_fits(self, source: re.Match[str], url: SplitResult) -> bool:
        scheme = (source["scheme"] or self._page.scheme).lower()
        if not _scheme_fits(scheme, url.scheme):
            return False
        wanted, host = source["host"].lower(), (url.hostname or "").lower()
        if wanted.startswith("*."):
            if not host.endswith(wanted[1:]):
                return False
        elif wanted not in ("*", host, f"[{host}]"):
            return False
        if source["port"] is None:
            if not _is_default_port(url):
                return False
        elif source["port"] not in ("*", str(_port(url))):
            return False
        path = source["path"]
        if not path or path == "/":
            return True
        return url.path.startswith(path) if path.endswith("/") else url.path == path


def _scheme_fits(wanted: str, given: str) -> bool:
    return wanted == given or (wanted, given) in {
        ("http", "https"),
        ("ws", "wss"),
        ("http", "ws"),
        ("http", "wss"),
        ("https", "wss"),
    }


def _port(url: SplitResult) -> int | None:
    return url.port or _DEFAULT_PORTS.get(url.scheme)


def _is_default_port(url: SplitResult) -> bool:
    return _port(url) == _DEFAULT_PORTS.get(url.scheme)
