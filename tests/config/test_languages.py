"""From language tags to the vendor's two letters."""

from __future__ import annotations

import pytest

from flask_app_inbox.config.languages import two_letters


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" uk ", "uk"),
        ("pt-BR", "pt"),
        ("pt_BR", "pt"),
        ("zh_Hant_TW", "zh"),
        ("de-CH-1996", "de"),
    ],
)
def test_a_tag_is_cut_to_two_letters(tag: str, code: str) -> None:
    assert two_letters(tag) == code


@pytest.mark.parametrize(
    "tag",
    [
        None,
        5,
        b"en",
        "",
        "e",
        "eng",
        "English",
        "ua",
        "xx",
        "en-",
        "en;q=1",
        'en"><script>alert(1)</script>',
        "en-\nUS",
        "\N{FULLWIDTH LATIN SMALL LETTER E}n",
        "\N{LATIN SMALL LETTER DOTLESS I}t",
    ],
)
def test_anything_else_is_no_language(tag: object) -> None:
    assert two_letters(tag) is None
