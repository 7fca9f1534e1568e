"""The opaque tag of a user."""

from __future__ import annotations

import hmac

import pytest

from flask_app_inbox.web.user_tag import keyed_tag

KEY = "a key of the app"


def test_a_tag_is_an_hmac_so_that_releases_and_processes_agree_on_it() -> None:
    words = "\0".join(("user", "", "ann@example.com")).encode()
    whole = hmac.digest(KEY.encode(), words, "sha256").hex()
    for _ in range(2):  # the second one uses what the first one left
        assert keyed_tag(KEY, "user", "", "ann@example.com") == whole[:32]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (KEY, ("user", "ann@example.com", "")),
        (KEY, ("user", "", "eve@example.com")),
        ("another key", ("user", "", "ann@example.com")),
    ],
)
def test_other_words_and_other_keys_make_other_tags(
    key: str, words: tuple[str, ...]
) -> None:
    assert keyed_tag(key, *words) != keyed_tag(KEY, "user", "", "ann@example.com")


def test_a_key_may_be_bytes_and_words_may_be_any_text() -> None:
    assert keyed_tag(KEY.encode(), "\udcff") == keyed_tag(KEY, "\udcff")
