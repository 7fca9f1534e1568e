"""What a site can do with the element: styles, events, its own drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.bell.conftest import LAYOUT, bell, open_panel, panel
from tests.bell.inbox import Inbox

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


def test_the_page_can_follow_a_link_itself(page: Page, shop: str, inbox: Inbox) -> None:
    inbox.arrive("First", link="/two")
    page.goto(shop)
    page.evaluate(RECORD)
    page.evaluate("window.refused = 'click'")
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()
    assert page.url == f"{shop}/"


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
