"""The manuals use one word for each thing."""

from __future__ import annotations

import re

import pytest

from . import MANUALS, text_of

#: What is not said, and what is said in its place.
INSTEAD = {
    r"he|she|his|him|himself|hers": "they: a customer may be anybody",
    r"mint|mints|minted|minting": "issue, issued",
    r"mend|mends|mended": "fix",
    r"affair": "is internal",
    r"wish|wishes": "option, note",
    r"sealer|sealed": "encryptor, encrypted",
}

#: What a line may quote: the names that were.
_QUOTES = {".github/CHANGELOG.md": ("`mend`",)}


@pytest.mark.parametrize("name", MANUALS)
@pytest.mark.parametrize("words", INSTEAD)
def test_one_word_for_each_thing(name: str, words: str) -> None:
    text = text_of(name)
    for quote in _QUOTES.get(name, ()):
        text = text.replace(quote, "")
    found = re.search(rf"^.*\b({words})\b.*$", text, re.IGNORECASE | re.MULTILINE)
    assert not found, f"{found and found[0]}\n→ {INSTEAD[words]}"
