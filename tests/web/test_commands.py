"""What the commands print of other people's words."""

from __future__ import annotations

import json

import pytest

from flask_app_inbox.web.commands import print_json, printable


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Дякуємо \N{SNOWMAN}", "Дякуємо \N{SNOWMAN}"),
        ("\x1b[31mred\x07", "[31mred"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("\x9b2J", "2J"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe", "gpj.exe"),
        ("\ud83d", ""),
    ],
)
def test_words_move_no_cursor(words: str, shown: str) -> None:
    assert printable(words) == shown


def test_json_moves_no_cursor_and_says_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = "\x1b[2J \x9b2J \x7f \N{RIGHT-TO-LEFT OVERRIDE} \ud83d \U000e0001 \n"
    value = {"title": ["Дякуємо \N{SNOWMAN}", odd]}
    print_json(value)
    told = capsys.readouterr().out
    assert json.loads(told) == value
    assert "Дякуємо \N{SNOWMAN}" in told
    assert all(line.isprintable() for line in told.split("\n"))
