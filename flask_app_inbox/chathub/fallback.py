"""What an operator is shown while the panel does not work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..config.languages import DEFAULT_LANGUAGE, two_letters

_NEEDED = (
    'a dict like {"text": "Call 5000", "link": "tel:+380445000000"}: a text, or one '
    'for each language as in {"en": "Call us", "uk": "Телефонуйте"}, and a link '
    "(https:, mailto:, tel: or a path of this site); one of the two is enough"
)


@dataclass(frozen=True)
class Fallback:
    """Another way to get in touch.

    :param text: a text, a lazy text of Flask-Babel, or a dict of texts by language.
    :param link: an address; "": none.
    """

    text: Any
    link: str

    def text_in(self, language: str) -> str:
        """Return the text in a language, else in English, else the first."""
        if not isinstance(self.text, Mapping):
            return str(self.text)
        texts = {two_letters(name): text for name, text in self.text.items()}
        first = next(iter(texts.values()))
        return str(texts.get(language) or texts.get(DEFAULT_LANGUAGE) or first)


def read_fallback(value: Any) -> Fallback:
    """Check ``CHATHUB_FALLBACK``."""
    if not isinstance(value, Mapping) or not set(value) <= {"text", "link"}:
        raise ValueError(_NEEDED)
    text, link = value.get("text"), value.get("link", "")
    if isinstance(text, Mapping):
        texts = list(text.values())
        if not texts or not all(map(two_letters, text)):
            raise ValueError(_NEEDED)
    else:
        texts = [] if text is None else [text]
    if not (texts or link) or not all(map(_is_text, texts)) or not _is_link(link):
        raise ValueError(_NEEDED)
    return Fallback(text or link, link)


def _is_text(value: Any) -> bool:
    # A lazy text has no language outside a request, and so no content.
    is_lazy = type(value).__name__ in ("LazyString", "_LazyString")
    return is_lazy or (isinstance(value, str) and bool(value.strip()))


def _is_link(value: Any) -> bool:
    if value == "":
        return True
    if not isinstance(value, str) or re.search(r"[\s\\\x00-\x1f\x7f]", value):
        return False
    if re.match(r"/(?!/)", value) or re.fullmatch(r"(mailto|tel):[^<>\"']+", value):
        return True
    try:
        parts = urlsplit(value)
        return parts.scheme in ("https", "http") and bool(parts.hostname)
    except ValueError:
        return False
