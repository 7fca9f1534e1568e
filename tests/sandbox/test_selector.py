"""Selectors that are refused before a page uses them."""

from __future__ import annotations

import pytest

from flask_app_inbox.sandbox.selector import check_selector
from tests.sandbox.selectors import ACCEPTED, REFUSED, UNFINISHED


@pytest.mark.parametrize("selector", ACCEPTED)
def test_a_selector_that_browsers_accept_is_accepted(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize("selector", REFUSED + UNFINISHED)
def test_a_text_that_browsers_refuse_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="not a CSS selector"):
        check_selector(selector)


def test_the_refusal_tells_where_the_trouble_is() -> None:
    with pytest.raises(ValueError, match="'!' is not allowed at character 7"):
        check_selector("header!")
    with pytest.raises(ValueError, match="ends too early"):
        check_selector("header >")


def test_endless_nesting_is_refused_and_long_selectors_are_read_at_once() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        check_selector(":not(" * 100_000)
    check_selector(", ".join(["a\\aaaaaa é/**//**/ b"] * 10_000))
    with pytest.raises(ValueError, match="ends too early"):
        check_selector("[" + "\\aaaaaa" * 10_000 + "/**/" * 10_000)
