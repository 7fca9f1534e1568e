"""The page keeps the bell's place free, so that nothing moves when it comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_policy import POLICIES
from tests.fixtures.bell import bell
from tests.fixtures.browser import LAYOUT
from tests.fixtures.control import Control

ANN = "ann@example.com"
#: What the sandbox's bell takes.
SIZE = "app_inbox_anchor(size=44)"

RECORD_SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) => {
  for (const { value } of list.getEntries()) window.shifts += value;
}).observe({ type: "layout-shift", buffered: true });"""
HEIGHT = "document.querySelector('header').getBoundingClientRect().height"
PAINTED = "new Promise((go) => requestAnimationFrame(() => setTimeout(go)))"


def heights(page: Page, address: str) -> tuple[float, float]:
    """Return the header's height before the bell has come, and after."""
    before: float | None = None
    held: list[Route] = []

    def hold(route: Route) -> None:
        if before is None:
            held.append(route)
        else:
            route.continue_()

    page.route("**/scripts/SITE.js", hold)
    page.add_init_script(RECORD_SHIFTS)
    page.goto(address, wait_until="domcontentloaded")
    page.evaluate(PAINTED)
    expect(bell(page)).to_have_count(0)
    before = page.evaluate(HEIGHT)
    for route in held:
        route.continue_()
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate(PAINTED)
    return before, page.evaluate(HEIGHT)


ROW = "<header style='display: flex'>{}</header>"


def with_header(header: str) -> str:
    """Return the layout with another header; ``BELL`` stands for our call."""
    before, _, rest = LAYOUT.partition("<header>")
    call = "{{ " + SIZE + " }}"
    return before + header.replace("BELL", call) + rest.partition("</header>")[2]


@pytest.mark.parametrize(
    "header",
    [
        "<header><b>Site</b> BELL</header>",
        ROW.format("<b>Site</b> BELL"),
        ROW.format("BELL <b>Site</b>"),
    ],
    ids=["blocks", "last of a row", "first of a row"],
)
def test_nothing_moves_when_the_bell_comes(
    header: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    site = make_site(layout=with_header(header))
    before, after = heights(page, f"{site}/login?email={ANN}")
    assert before == after
    assert page.evaluate("window.shifts") == 0
    expect(page.locator("#app-inbox > svg")).to_have_count(0)


def test_in_a_line_of_text_one_rule_of_the_site_is_needed(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("PUT", "site", selector="span.bell", position="beforeend")
    rule = "<style>[data-app-inbox-place] { vertical-align: middle }</style>"
    layout = with_header(f"<header>{rule}<b>Site</b> BELL and more</header>")
    site = make_site(layout=layout, ANCHOR="span.bell")
    before, after = heights(page, f"{site}/login?email={ANN}")
    assert before == after
    assert page.evaluate("window.shifts") == 0


def test_the_place_is_kept_free_under_a_strict_policy(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    layout = with_header("<header><b>Site</b> BELL</header>")
    site = make_site(layout=layout, policy=POLICIES["hosts"])
    before, after = heights(page, f"{site}/login?email={ANN}")
    assert before == after
    assert page.evaluate("window.shifts") == 0


@pytest.mark.parametrize("position", ["beforebegin", "afterbegin", "afterend"])
def test_nothing_moves_wherever_the_bell_comes(
    position: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    control.call("PUT", "site", selector="#app-inbox", position=position)
    layout = with_header(ROW.format("<b>Site</b> BELL <i>Basket</i>"))
    site = make_site(layout=layout, POSITION=position)
    before, after = heights(page, f"{site}/login?email={ANN}")
    assert before == after
    assert page.evaluate("window.shifts") == 0


def test_without_a_size_the_page_moves(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    # So that the tests above would see it.
    control.add(ANN, "Hello")
    before, after = heights(page, f"{make_site()}/login?email={ANN}")
    assert before < after
    assert page.evaluate("window.shifts") > 0


def test_a_new_anchor_has_the_bell_and_no_place(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    layout = with_header("<header><b>Site</b> BELL</header>")
    page.goto(f"{make_site(layout=layout)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate(
        """() => { document.querySelector("#app-inbox").outerHTML =
        '<div id="app-inbox"><svg width="44" data-app-inbox-place></svg></div>' }"""
    )
    expect(bell(page, unread=1)).to_be_visible()
    expect(page.locator("#app-inbox > svg")).to_have_count(0)
