"""The vendor's stand-in and the site draw one element; who is asked differs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell, message, open_panel
from tests.fixtures.control import Control

ANN = "ann@example.com"

#: Tags, parts, names and words of bell and panel, without what hangs on the server.
DRAWN = """tag => {
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.localName === "link") return null;
    const { role, ariaLabel } = node;
    const children = [...node.childNodes].map(read).filter((one) => one !== null);
    return [node.localName, node.getAttribute("part"), role, ariaLabel, children];
  };
  const { shadowRoot } = document.querySelector(tag);
  return [...shadowRoot.children].map(read).filter((one) => one !== null);
}"""


@pytest.fixture
def drawn_by(
    page: Page,
    control: Control,
    sandbox: SandboxServer,
    make_site: Callable[..., str],
) -> Callable[..., Any]:
    """Return what bell and open panel of a widget are made of."""
    control.add(ANN)
    link = "https://shop.example/2"
    control.send(ANN, "First", content="<p>One <b>bold</b> word</p>", link=link)
    control.send(ANN, "Second", content="Words &amp; <a href='/x'>a link</a>")
    site_settings = {
        "vendor": {},
        "site": {"WIDGET": "site", "MESSAGES_URL": f"{sandbox.url}/appinbox"},
    }

    def draw(widget: str, tag: str, language: str) -> Any:
        address = make_site(LANGUAGE=language, **site_settings[widget])
        page.goto(f"{address}/login?email={ANN}")
        bell = page.locator(f"{tag} [part=bell]")
        expect(bell).to_have_text("2")
        bell.click()
        expect(page.get_by_role("listitem")).to_have_count(2)
        return page.evaluate(DRAWN, tag)

    return draw


@pytest.mark.parametrize("language", ["en", "uk"])
def test_both_draw_the_same(drawn_by: Callable[..., Any], language: str) -> None:
    by_vendor = drawn_by("vendor", "app-inbox-sandbox", language)
    by_site = drawn_by("site", "app-inbox-bell", language)
    assert by_vendor == by_site


def test_the_stand_in_tells_no_page_what_a_vendor_would_not(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.add_init_script(
        """window.heard = [];
        for (const name of ["open", "read", "click", "change"]) {
          document.addEventListener(`app-inbox:${name}`, () => heard.push(name));
        }"""
    )
    page.goto(f"{make_site()}/login?email={ANN}")
    open_panel(page)
    message(page, "First").click()
    expect(bell(page, unread=0)).to_be_visible()
    assert page.evaluate("[heard, typeof window.appInbox]") == [[], "undefined"]


def test_a_sites_custom_properties_style_both(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.goto(f"{make_site()}/login?email={ANN}")
    page.evaluate(
        "document.body.style.setProperty('--app-inbox-surface', 'rgb(1, 2, 3)')"
    )
    expect(open_panel(page)).to_have_css("background-color", "rgb(1, 2, 3)")
