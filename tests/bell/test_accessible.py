"""No barrier that axe-core finds, in each state of bell and panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.bell.conftest import bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.fixtures.axe import barriers, barriers_in_all_colours
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.libraries import source_of

Look = Callable[[Page], list[list[str]]]

#: What differs in the browser, in the address, and how a state is looked at.
MODES: dict[str, tuple[dict[str, Any], str, Look]] = {
    "all colours": ({}, "", barriers_in_all_colours),
    "320 px": ({"viewport": {"width": 320, "height": 640}}, "", barriers),
    "right to left": ({}, "?dir=rtl", barriers),
}
DARK = ":root { color-scheme: light dark; background: Canvas; color: CanvasText }"


@pytest.mark.parametrize("mode", MODES)
def test_no_state_has_a_barrier(
    mode: str,
    new_context: Callable[..., Any],
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    # The second one is axe-core's own doing.
    complaints.expected += [FAILED_LOAD, "Applying inline style"]
    options, direction, look = MODES[mode]
    context = new_context(reduced_motion="reduce", **options)
    inbox.play(context)
    page = context.new_page()
    page.add_init_script(source_of("axe-core/axe.min.js"))
    page.goto(make_shop(style=DARK) + direction)
    found = {}
    expect(bell(page, 0)).to_be_visible()
    found["closed"] = look(page)

    held: list[Route] = []
    page.route("**/app-inbox/messages*", lambda route: held.append(route))
    open_panel(page)
    expect(panel(page).get_by_text("Loading notifications…")).to_be_visible()
    found["loading"] = look(page)
    for route in held:
        route.fulfill(status=503, body="{}")
    page.unroute("**/app-inbox/messages*")
    expect(panel(page).get_by_text("Notifications did not load")).to_be_visible()
    found["error"] = look(page)
    context.set_offline(True)
    page.keyboard.press("Escape")
    page.route("**/app-inbox/messages*", lambda route: route.abort())
    open_panel(page)
    expect(panel(page).get_by_text("You are offline")).to_be_visible()
    found["offline"] = look(page)
    context.set_offline(False)
    page.unroute("**/app-inbox/messages*")
    panel(page).get_by_role("button", name="Try again").click()
    expect(panel(page).get_by_text("Nothing here yet")).to_be_visible()
    found["empty"] = look(page)
    page.keyboard.press("Escape")
    html = '<p>It is <b>here</b>, <a href="/two" rel="noopener">see</a>.</p>'
    inbox.page_size = 2
    inbox.arrive("Read one", html=html, read=True)
    inbox.arrive("A link", html=html, link="https://other.example/")
    inbox.arrive("No link", html=html)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(2)
    found["open"] = look(page)
    assert {state: list_ for state, list_ in found.items() if list_} == {}


def test_targets_are_as_large_as_a_finger(
    new_context: Callable[..., Any], shop: str, inbox: Inbox
) -> None:
    context = new_context(viewport={"width": 320, "height": 640}, has_touch=True)
    inbox.play(context)
    inbox.page_size = 1
    for _ in range(2):
        inbox.arrive()
    page = context.new_page()
    page.goto(shop)
    bell(page, 2).tap()
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    targets = [bell(page), *panel(page).get_by_role("button").all()]
    targets = [target for target in targets if target.get_attribute("part") != "title"]
    targets.append(panel(page).get_by_role("listitem"))
    for target in targets:
        box = target.bounding_box()
        assert box is not None
        assert (box["width"] >= 44, box["height"] >= 44) == (True, True), box


def test_nothing_moves_for_those_who_want_that(
    new_context: Callable[..., Any], shop: str, inbox: Inbox
) -> None:
    context = new_context(reduced_motion="reduce")
    inbox.play(context)
    page = context.new_page()
    page.goto(shop)
    open_panel(page)
    assert panel(page).evaluate("(panel) => panel.getAnimations().length") == 0
