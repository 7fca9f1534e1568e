"""What libraries and the site do to the bell's place leaves the bell as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import WIDGET, bell, message, open_panel
from tests.fixtures.browser import LAYOUT
from tests.fixtures.control import Control
from tests.fixtures.libraries import MORPHING, MORPHS, load_libraries

ANN = "ann@example.com"
ANCHOR = "{{ app_inbox_anchor() }}"
ALPINE = f"""<div x-data="{{ shown: true }}" @toggle-anchor.window="shown = !shown">
<template x-if="shown"><div>{ANCHOR}</div></template></div>"""
VUE = f"""<div id="vue"><div v-if="shown">{ANCHOR}</div></div><script>
const vue = Vue.createApp({{ data: () => ({{ shown: true }}) }}).mount("#vue");
</script>"""
AGAIN = "await new Promise((done) => setTimeout(done));"

#: Libraries, what stands in the header, and what happens to it.
HAPPENINGS = {
    **{name: (libraries, ANCHOR, morph) for name, (libraries, morph) in MORPHS.items()},
    "alpine, x-if": (
        ["alpine"],
        ALPINE,
        f"""for (const _ of "12") {{
          dispatchEvent(new Event("toggle-anchor")); {AGAIN} }}""",
    ),
    "vue, v-if": (
        ["vue"],
        VUE,
        f"for (const shown of [false, true]) {{ vue.shown = shown; {AGAIN} }}",
    ),
    "emptied by the site": ([], ANCHOR, "anchor().innerHTML = '';"),
    "replaced by the site": (
        [],
        ANCHOR,
        "anchor().replaceWith(Object.assign(anchor().cloneNode(), { title: 'new' }));",
    ),
    "drawn anew with its surroundings": (
        [],
        ANCHOR,
        "const header = anchor().parentElement; header.innerHTML = header.innerHTML;",
    ),
}


def run(page: Page, script: str) -> None:
    """Run a script that may wait; ``anchor()`` is the anchor as it is then."""
    find = "const anchor = () => document.querySelector('#app-inbox');"
    page.evaluate(f"async () => {{ {find} {script} }}")


@pytest.mark.parametrize(
    ("libraries", "header", "happening"), HAPPENINGS.values(), ids=HAPPENINGS
)
def test_an_open_panel_stays_open_whatever_happens_to_its_place(
    libraries: list[str],
    header: str,
    happening: str,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.add(ANN, "First")
    head = load_libraries(page.context, *libraries) + MORPHING
    if "alpine" in libraries:
        head = head.replace("<script", "<script defer")
    layout = LAYOUT.replace("</head>", head + "</head>").replace(ANCHOR, header)
    page.goto(f"{make_site(layout=layout)}/login?email={ANN}")
    panel = open_panel(page)
    first = message(page, "First")
    first.focus()
    for _ in range(2):
        run(page, happening)
        expect(bell(page)).to_have_count(1)
        expect(panel).to_be_visible()
        expect(first).to_be_focused()
    first.click()
    expect(bell(page, unread=0)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_late_element_of_the_site_is_there_once_and_so_is_the_bell(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    late = """<script>for (const name of ["turbo:load", "late"]) {
      document.addEventListener(name, () => {
        const own = document.createElement("i");
        own.textContent = ++window.visits;
        document.querySelector("#app-inbox").append(own);
      }); } window.visits = 0;</script>"""
    head = load_libraries(page.context, "turbo") + late
    layout = LAYOUT.replace("</head>", head + "</head>")
    page.goto(f"{make_site(layout=layout)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    for visit in range(2, 5):
        page.evaluate("Turbo.visit(location.href + '?')")
        expect(page.locator("#app-inbox > i")).to_have_text([str(visit)])
        expect(bell(page, unread=1)).to_have_count(1)
        assert page.evaluate("window.visits") == visit


def test_nothing_is_written_where_nothing_has_changed(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    written = page.evaluate(
        """async (widget) => {
          const main = document.querySelector("main");
          const written = [];
          const observer = new MutationObserver((records) => {
            for (const { target, type, attributeName } of records) {
              const isVendors = target.matches(widget);
              if (target === main || isVendors) continue;
              written.push([target.outerHTML, type, attributeName]);
            }
          });
          const everything = { subtree: true, childList: true, attributes: true };
          observer.observe(document, everything);
          for (let time = 0; time < 20; time++) {
            main.append(document.createElement("b"));
            await new Promise((done) => setTimeout(done));
          }
          return written;
        }""",
        WIDGET,
    )
    assert written == []


def test_a_site_that_keeps_its_anchor_empty_is_not_fought_for_ever(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    run(
        page,
        """window.emptied = 0;
        const observer = new MutationObserver(() => {
          if (!anchor().children.length) return;
          window.emptied++;
          anchor().replaceChildren();
        });
        observer.observe(anchor(), { childList: true });
        window.stop = () => observer.disconnect();
        anchor().append("");""",
    )
    page.wait_for_function("window.emptied > 5")
    assert page.evaluate("1 + 1") == 2  # the page is alive
    page.evaluate("window.stop()")
    expect(bell(page, unread=1)).to_be_visible()
