"""The web guides on what the vendor has to be told, and what the account gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flask_app_inbox import ConfigError
from flask_app_inbox.client.site import find_script_id
from flask_app_inbox.inbox.anchor import POSITIONS
from tests.contract.site import client_of
from tests.fixtures.bell import WIDGET, bell
from tests.fixtures.control import Control
from tests.manuals import text_of

ANN = "ann@example.com"
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<path d="M0 0h9"></path></svg>'
)

#: Where the bell is, seen from its anchor.
PLACES = {
    "beforebegin": "anchor.previousElementSibling",
    "afterbegin": "anchor.firstElementChild",
    "beforeend": "anchor.lastElementChild",
    "afterend": "anchor.nextElementSibling",
}

Handoff = Callable[..., str]


@pytest.fixture
def handoff(tmp_path: Path) -> Handoff:
    """Return the message to the vendor's support, of a site with some settings."""

    def run(*options: str, **settings: Any) -> str:
        runner = client_of(**settings).application.test_cli_runner()
        command = ["app-inbox", "handoff", "--offline", "--out", str(tmp_path)]
        result = runner.invoke(args=[*command, *options])
        assert result.exit_code == 0, result.output
        return (tmp_path / "message.txt").read_text("utf-8")

    return run


@pytest.mark.parametrize("position", POSITIONS)
def test_the_bell_is_where_the_vendor_was_told(
    position: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    """
    000, 002 §5.4: the position is one of insertAdjacentHTML, seen from an element.
    000 §5.5: the element is the one that a CSS selector names.
    """
    control.add(ANN)
    selector = "nav.bells"
    control.call("PUT", "site", selector=selector, position=position)
    site = make_site(ANCHOR=selector, POSITION=position)
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page)).to_be_visible()
    place = f"anchor => {PLACES[position]}?.matches('{WIDGET}')"
    assert page.locator(selector).evaluate(place)


def test_the_vendor_is_told_selector_and_position(handoff: Handoff) -> None:
    """
    000, 002 §5.4
    000 §5.5
    """
    told = handoff(ANCHOR="header .bell", POSITION="afterend")
    assert "header .bell\n" in told
    assert "afterend (as in insertAdjacentHTML)" in told
    with pytest.raises(ConfigError, match="APP_INBOX_POSITION"):
        client_of(POSITION="inside")


def test_an_icon_goes_to_the_vendor(handoff: Handoff, tmp_path: Path) -> None:
    """000, 001, 002 §5.1: a file with the bell's picture may be sent, in SVG."""
    icon = tmp_path / "bell.svg"
    icon.write_text(ICON)
    assert "icon.svg, attached" in handoff(ICON=str(icon))
    assert (tmp_path / "icon.svg").read_text() == ICON
    icon.write_text("not SVG")
    with pytest.raises(ConfigError, match="APP_INBOX_ICON"):
        client_of(ICON=str(icon))


def test_the_design_is_the_sites_or_the_vendors(handoff: Handoff) -> None:
    """
    000, 001, 002 §5.2: how notifications shall look may be sent along.
    000, 001, 002 §5.3: the vendor may be left to design bell and notifications.
    """
    assert "- Round corners\n" in handoff("--note", "Round corners")
    told = handoff()
    assert "Icon:             the usual bell\n" in told
    assert "- The usual look is fine.\n" in told


def test_support_is_asked_for_app_inbox(handoff: Handoff) -> None:
    """
    000, 001, 002 §3.8: support is asked for what is needed, and told: for App Inbox.
    002 §3.17: support's address is support@esputnik.com.
    """
    assert handoff().startswith("Subject: App Inbox widget for ")
    assert "`support@esputnik.com`" in text_of("flask_app_inbox/inbox/README.md")


#: Snippets of an account, which hold the id in one of two ways.
SNIPPETS = [
    "<script src='https://statics.esputnik.com/scripts/5329D46F.js'></script>",
    """<script>((page, document, name, id) => {
        const script = document.createElement(name);
        script.src = "https://statics.esputnik.com/scripts/" + id + ".js";
        document.head.append(script);
    })(window, document, 'script', '5329D46F');</script><script>eS('init');</script>""",
]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_accounts_settings_have_the_script(snippet: str) -> None:
    """000, 001, 002 §3.9: the account has the script, below Settings, Web Tracking."""
    assert find_script_id(snippet) == "5329D46F"
    assert "*Settings → Web Tracking*" in text_of("README.md")
