"""What a site can do with the element: styles, events, its own drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.bell.conftest import COLOURS, LAYOUT, Check, bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.bell.test_without_jinja import LAYOUT as LAYOUT_WITHOUT_JINJA
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.waiting import wait_in

RECORD = """() => { window.heard = [];
  for (const name of ["open", "read", "click", "change"])
    document.addEventListener("app-inbox:" + name, (event) => {
      window.heard.push([name, event.detail?.ids ?? event.detail?.unread ??
        event.detail?.message?.title ?? null]);
      if (name === window.refused) event.preventDefault();
    }); }"""


def test_custom_properties_and_parts_style_it(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    style = """
      app-inbox-bell { --app-inbox-badge: rgb(0, 128, 0);
        --app-inbox-surface: rgb(255, 250, 240) }
      app-inbox-bell::part(bell) { border-radius: 4px }
      app-inbox-bell::part(heading) { color: rgb(1, 2, 3) }
      app-inbox-bell::part(unread) { background: rgb(4, 5, 6) }"""
    page.goto(make_shop(style=style))
    expect(bell(page, 1)).to_have_css("border-radius", "4px")
    badge = page.locator("app-inbox-bell [part=badge]")
    expect(badge).to_have_css("background-color", "rgb(0, 128, 0)")
    open_panel(page)
    expect(panel(page)).to_have_css("background-color", "rgb(255, 250, 240)")
    expect(panel(page).get_by_role("heading")).to_have_css("color", "rgb(1, 2, 3)")
    item = panel(page).get_by_role("listitem")
    expect(item).to_have_css("background-color", "rgb(4, 5, 6)")


def test_the_sites_rules_for_all_elements_do_not_reach_it(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    style = "* { padding: 40px !important } a, button, h2 { font-size: 60px }"
    page.goto(make_shop(style=style))
    expect(bell(page, 0)).to_have_css("padding", "0px")
    box = bell(page).bounding_box()
    assert box is not None
    assert box["width"] == 44


def test_the_icon_is_the_sites_own(
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
    tmp_path: Path,
) -> None:
    inbox.play(context)
    icon = tmp_path / "icon.svg"
    icon.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" id="own">'
        '<circle cx="4" cy="4" r="4"/></svg>'
    )
    page.goto(make_shop(ICON=str(icon)))
    expect(bell(page, 0).locator("#own circle")).to_be_visible()


@pytest.mark.parametrize("layout", [LAYOUT, LAYOUT_WITHOUT_JINJA])
def test_without_its_style_sheet_the_icon_is_as_small(
    layout: str,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.play(context)
    page.route("**/bell/bell.*.css", lambda route: route.abort())
    page.goto(make_shop(layout=layout))
    box = page.locator("app-inbox-bell [part=icon]").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (24, 24)


def test_a_slot_takes_the_sites_icon(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    page.goto(make_shop())
    expect(bell(page, 0)).to_be_visible()
    page.evaluate("""() => { const icon = document.createElement("i");
      icon.slot = "icon"; icon.textContent = "!";
      document.querySelector("app-inbox-bell").append(icon); }""")
    expect(page.locator("app-inbox-bell i")).to_be_visible()
    expect(page.locator("app-inbox-bell svg")).to_be_hidden()


def test_a_large_picture_in_the_slot_fits_into_the_bell(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    page.goto(make_shop())
    expect(bell(page, 0)).to_be_visible()
    page.evaluate("""() => { const canvas = document.createElement("canvas");
      canvas.width = 880; canvas.height = 440; canvas.slot = "icon";
      document.querySelector("app-inbox-bell").append(canvas); }""")
    box = page.locator("app-inbox-bell canvas").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (44, 22)


def test_the_page_hears_what_happens(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive("First")
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    page.evaluate(RECORD)
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()
    assert page.evaluate("heard") == [
        ["open", None],
        ["click", "First"],
        ["read", ["m1"]],
        ["change", 0],
    ]


def test_a_picture_stands_beside_the_words(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("Tasting", html="Five smoked teas", image="/picture.svg")
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="900"'
        ' height="900"><path d="M0 0h9v9z"/></svg>'
    )
    page.goto(make_shop(files={"/picture.svg": ("image/svg+xml", picture)}))
    open_panel(page)
    shown = panel(page)
    expect(shown.locator("img")).to_have_css("width", "64px")
    boxes = [
        shown.locator(f"[part={part}]").bounding_box()
        for part in ("title", "content", "time", "image")
    ]
    title, content, time, image = [box for box in boxes if box]
    assert title["x"] == content["x"] == time["x"] < image["x"]
    assert title["y"] < content["y"] < time["y"]
    assert image["y"] == title["y"]
    assert content["width"] > 200


#: As the manual has it, with a router that keeps what it is told.
ROUTER = """() => document.addEventListener("app-inbox:click", (click) => {
  const { event } = click.detail;
  const link = event.target.closest("a[href]");
  if (!link || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  click.preventDefault();
  window.gone = new URL(link.href).pathname;
})"""


@pytest.mark.parametrize(("link", "path"), [("Sale", "/sale"), ("inside", "/inside")])
def test_the_page_can_follow_a_link_itself(
    page: Page, shop: str, inbox: Inbox, link: str, path: str
) -> None:
    inbox.arrive("Sale", link="/sale", html='More <a href="/inside">inside</a>')
    page.goto(shop)
    page.evaluate(ROUTER)
    open_panel(page)
    panel(page).get_by_role("link", name=link).click()
    expect(bell(page, 0)).to_be_visible()
    assert page.evaluate("window.gone") == path
    assert page.url == f"{shop}/"


def test_a_router_leaves_tabs_to_the_browser(
    page: Page, shop: str, context: BrowserContext, inbox: Inbox
) -> None:
    inbox.arrive("Sale", link="/two")
    page.goto(shop)
    page.evaluate(ROUTER)
    open_panel(page)
    with context.expect_page() as opened:
        panel(page).get_by_role("link", name="Sale").click(modifiers=["Control"])
    opened.value.wait_for_url("**/two")
    assert page.evaluate("window.gone") is None


def test_the_page_can_keep_messages_unread(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive("First")
    page.goto(shop)
    page.evaluate(RECORD)
    page.evaluate("window.refused = 'read'")
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 1)).to_be_visible()
    assert inbox.count_of("/read") == 0


def test_who_draws_it_all_has_the_same_store(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    page.goto(make_shop(layout=LAYOUT.replace("{{ app_inbox_anchor() }}", "")))
    page.evaluate("""async () => {
      window.seen = [];
      while (!window.appInbox) await new Promise(requestAnimationFrame);
      window.stop = appInbox.subscribe(({ unread, list }) =>
        seen.push([unread, list?.messages.map(({ title, read }) => [title, read])]));
      const list = await appInbox.list();
      await list.refresh();
      await list.markRead(null); }""")
    assert page.evaluate("seen.at(-1)") == [0, [["First", True]]]
    assert inbox.unread == 0


def test_who_draws_it_all_has_the_list_when_something_comes(
    check: Check,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    page.goto(make_shop(layout=LAYOUT.replace("{{ app_inbox_anchor() }}", "")))
    wait_in(page, lambda: page.evaluate("!!window.appInbox"))
    page.evaluate("""async () => {
      appInbox.subscribe(({ list }) =>
        (window.titles = list?.messages.map(({ title }) => title)));
      await (await appInbox.list()).refresh(); }""")
    assert page.evaluate("window.titles") == ["First"]
    inbox.arrive("Second")
    check(page)
    wait_in(page, lambda: page.evaluate("window.titles") == ["Second", "First"])


def test_a_subscriber_that_fails_harms_nobody_and_is_told(
    check: Check,
    page: Page,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append("no badge")
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    with page.expect_event("pageerror") as told:
        page.evaluate("""() => { let calls = 0;
          appInbox.subscribe(() => { if (calls++) throw new Error("no badge"); }); }""")
        inbox.arrive()
        check(page)
        expect(bell(page, 1)).to_be_visible()
    assert "no badge" in str(told.value)
    expect(page.locator("app-inbox-bell[data-stale]")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1000])
def test_a_sites_rule_for_a_part_beats_ours(
    width: int,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    inbox.play(context)
    for _ in range(15):
        inbox.arrive()
    page.goto(make_shop(style="app-inbox-bell::part(panel) { max-height: 200px }"))
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(15)
    expect(panel(page)).to_have_css("max-height", "200px")
    expect(panel(page)).to_have_css("height", "200px")


def test_it_may_stand_in_a_shadow_tree_of_the_site(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("One")
    layout = LAYOUT.replace(
        "{{ app_inbox_anchor() }}",
        "<div><template shadowrootmode='open'>{{ app_inbox_anchor() }}</template>"
        "</div>",
    )
    page.goto(make_shop(layout=layout))
    open_panel(page)
    panel(page).get_by_role("heading").click()
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.get_by_role("heading", name="Tea").click()
    expect(panel(page)).to_be_hidden()


@pytest.mark.parametrize(
    "style",
    [
        "header { padding: 0 } app-inbox-bell { margin-right: -10px }",
        "header { padding: 8px 0 }",
        "header { width: 1400px }",
        "header { width: 100px } nav, b { display: none }",
        "header { position: fixed; bottom: 0; width: 90% }",
    ],
)
def test_the_panel_is_on_the_screen(
    style: str,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
) -> None:
    inbox.play(context)
    inbox.arrive("One")
    page.goto(make_shop(style=style))
    bell(page).evaluate("(bell) => bell.click()")
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    box = panel(page).bounding_box()
    assert box is not None
    width, height = page.evaluate("[document.documentElement.clientWidth, innerHeight]")
    assert 0 < box["x"] < box["x"] + box["width"] <= width - 8
    assert 0 < box["y"] < box["y"] + box["height"] < height


def test_a_direction_of_css_alone_is_followed(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("One", html="English words")
    page.goto(make_shop(style="body { direction: rtl }"))
    open_panel(page)
    expect(panel(page).locator("[part=content]")).to_have_css("text-align", "right")


#: Custom properties that sites may well set, and what nobody could read with them.
SURFACES = {
    "lines of the text's colour": "--app-inbox-line: #000; --app-inbox-text: #000",
    "a gradient": "--app-inbox-surface: linear-gradient(#fff, #eef)",
    "glass": "--app-inbox-surface: rgb(255 255 255 / 20%)",
}


@pytest.mark.parametrize("surface", SURFACES)
def test_words_can_be_read_on_whatever_the_site_sets(
    surface: str,
    page: Page,
    make_shop: Callable[..., str],
    context: BrowserContext,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.play(context)
    inbox.page_size = 1
    inbox.arrive("One", html="Text")
    inbox.arrive("Two", html="Text")
    page.goto(make_shop(style=f"app-inbox-bell {{ {SURFACES[surface]} }}"))
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    for part in ("mark-all", "more", "close", "message"):
        shown = panel(page).locator(f"[part~={part}]")
        shown.hover()
        colour, background = shown.evaluate(COLOURS)
        assert colour != background
    quiet, _ = panel(page).locator("[part=content]").evaluate(COLOURS)
    assert quiet != panel(page).evaluate(COLOURS)[0]
    page.keyboard.press("Escape")
    inbox.problems["/messages"] = 503
    page.reload()
    open_panel(page)
    colour, _ = panel(page).get_by_role("button", name="Try again").evaluate(COLOURS)
    assert colour.startswith("rgb("), "nothing shines through the word"


def test_a_bell_that_is_fixed_by_its_part_keeps_the_focus(
    page: Page, make_shop: Callable[..., str], context: BrowserContext, inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("One")
    page.goto(make_shop(style="app-inbox-bell::part(bell) { position: fixed }"))
    open_panel(page)
    bell(page).focus()
    page.evaluate("appInbox.list().then((list) => list.refresh())")
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    expect(bell(page)).to_be_focused()


def test_small_words_of_a_message_are_small(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("One", html="H<sub>2</sub>O <small>small</small>")
    page.goto(shop)
    open_panel(page)
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    content = panel(page).locator("[part=content]")
    assert content.locator("sub").evaluate(size) < content.evaluate(size)
    assert content.locator("small").evaluate(size) < content.evaluate(size)


def test_the_name_is_right_in_browsers_that_reflect_no_aria(
    page: Page, shop: str, inbox: Inbox
) -> None:
    page.add_init_script("""
      for (const name of ["role", "ariaLabel", "ariaExpanded"])
        delete Element.prototype[name];""")
    inbox.arrive("One")
    page.goto(shop)
    name = "Notifications, 1 unread"
    expect(page.locator("app-inbox-bell a")).to_have_attribute("aria-label", name)
