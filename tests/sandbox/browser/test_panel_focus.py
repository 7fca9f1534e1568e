"""The keyboard's place in the panel is kept while the list is drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import WIDGET, bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

ANN = "ann@example.com"

#: What makes the panel draw its list anew, and what shows that it did.
Redraw = Callable[[Page, Control], None]


def a_message_comes(page: Page, control: Control) -> None:
    messages = page.get_by_role("listitem")
    before = messages.count()
    control.send(ANN, "Newest")
    expect(messages).to_have_count(before + 1, timeout=15_000)


def the_tokens_die(page: Page, control: Control) -> None:
    """Make the panel forget everything and ask anew, as after a dead token."""
    page.evaluate(
        """(widget) => {
          const { shadowRoot } = document.querySelector(widget);
          const list = shadowRoot.querySelector("[part=list]");
          window.forgot = window.drawn = false;
          new MutationObserver(() => {
            if (!list.children.length) window.forgot = true;
            window.drawn = window.forgot && list.children.length > 0;
          }).observe(list, { childList: true });
        }""",
        WIDGET,
    )
    control.call("DELETE", "tokens")
    page.wait_for_function("window.drawn", timeout=30_000)


REDRAWS = [a_message_comes, the_tokens_die]


@pytest.fixture
def panel_page(
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    complaints: Complaints,
) -> Page:
    """A page with the open panel and three messages."""
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    control.send(ANN, "Second", content="Words", link="https://shop.example/2")
    control.send(ANN, "Third")
    page.goto(f"{make_site()}/login?email={ANN}")
    bell(page, unread=3).wait_for()
    expect(open_panel(page).get_by_role("listitem")).to_have_count(3)
    return page


def test_the_focus_stays_on_its_message(panel_page: Page, control: Control) -> None:
    message(panel_page, "Second").focus()
    for _ in range(2):
        a_message_comes(panel_page, control)
        expect(message(panel_page, "Second")).to_be_focused()


def test_the_focus_stays_in_the_panel_while_its_messages_are_forgotten(
    panel_page: Page, control: Control
) -> None:
    message(panel_page, "Second").focus()
    the_tokens_die(panel_page, control)
    expect(panel_page.get_by_role("dialog")).to_be_focused()
    panel_page.keyboard.press("Tab")
    button = panel_page.get_by_role("button", name="Mark all as read")
    expect(button).to_be_focused()


@pytest.mark.parametrize("redraw", REDRAWS)
def test_the_focus_stays_on_a_button_of_the_panel(
    panel_page: Page, control: Control, redraw: Redraw
) -> None:
    button = panel_page.get_by_role("dialog").get_by_role("button", name="Close")
    button.focus()
    redraw(panel_page, control)
    expect(button).to_be_focused()


def test_a_button_that_went_away_does_not_take_the_focus_when_it_is_back(
    panel_page: Page, control: Control
) -> None:
    panel = panel_page.get_by_role("dialog")
    panel.get_by_role("button", name="Mark all as read").press("Enter")
    expect(panel).to_be_focused()
    a_message_comes(panel_page, control)
    expect(panel).to_be_focused()
