"""Whose page it is, where libraries show another one in the same document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.bell.conftest import LAYOUT, Check, bell, open_panel, panel, with_head
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.libraries import MORPHING, MORPHS, SWAPPING, load_libraries

IN_HEAD = LAYOUT.replace("{{ app_inbox() }}\n", "").replace(
    "</title>", "</title>{{ app_inbox() }}"
)
SCRIPT = "script[data-unread-url]"


@pytest.mark.parametrize("way", MORPHS)
def test_a_page_that_is_morphed_into_another_users_has_their_bell(
    way: str, context: BrowserContext, open_shop: Callable[..., Page], inbox: Inbox
) -> None:
    libraries, run = MORPHS[way]
    page = open_shop(with_head(load_libraries(context, *libraries) + MORPHING))
    for number, name in enumerate(["bob", "ann"], start=2):
        inbox.arrive("Later")
        inbox.users.clear()
        page.evaluate("(name) => fetch(`/login?email=${name}@example.com`)", name)
        page.evaluate(f"(async () => {{ {run} }})()")
        expect(bell(page, number)).to_be_visible()
        open_panel(page)
        expect(panel(page).get_by_role("listitem")).to_have_count(number)
        assert inbox.users == {page.locator(SCRIPT).get_attribute("data-user")}
        page.keyboard.press("Escape")


def test_a_page_that_is_morphed_into_another_language_speaks_it(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    libraries, run = MORPHS["htmx, idiomorph"]
    page = open_shop(with_head(load_libraries(context, *libraries)))
    run = run.replace('"/"', '"/two?lang=de"')
    page.evaluate(f"(async () => {{ {run} }})()")
    expect(page.locator(f"{SCRIPT}[data-language='de']")).to_have_count(1)
    page.locator("app-inbox-bell a").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Benachrichtigungen")


@pytest.mark.parametrize("layout", [LAYOUT, IN_HEAD], ids=["body", "head"])
def test_a_bell_that_stays_from_page_to_page_tells_nobody_of_the_user_of_before(
    layout: str,
    context: BrowserContext,
    open_shop: Callable[..., Page],
    complaints: Complaints,
) -> None:
    complaints.expected.append("signal is aborted without reason")
    layout = layout.replace("<header>", '<header id="top" data-turbo-permanent>')
    page = open_shop(SWAPPING["turbo"].dress(context, layout))
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    tag = page.locator("app-inbox-bell").get_attribute("data-user")
    page.evaluate("fetch('/login?email=bob@example.com')")
    page.locator("nav").get_by_role("link", name="Two").last.click()
    expect(page.locator(f"{SCRIPT}:not([data-user='{tag}'])")).to_have_count(1)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)


def test_whoever_logs_in_again_has_their_bell_again(
    check: Check,
    context: BrowserContext,
    open_shop: Callable[..., Page],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected += [FAILED_LOAD, "signal is aborted without reason"]
    page = open_shop(SWAPPING["turbo"].dress(context, LAYOUT))
    inbox.problems = {"/unread": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    inbox.problems = {}
    page.locator("nav").get_by_role("link", name="Two").last.click()
    expect(bell(page, 1)).to_be_visible()


def test_a_bell_that_is_drawn_again_when_its_user_is_gone_asks_nobody(
    check: Check, left_page: Page, inbox: Inbox
) -> None:
    inbox.asked.clear()
    for _ in range(5):
        left_page.evaluate("""() => {
          const host = document.querySelector("app-inbox-bell");
          host.replaceWith(host.cloneNode(true)); }""")
        check(left_page)
        left_page.evaluate("fetch('/two')")
    assert inbox.asked == []


def test_attributes_of_a_bell_are_no_settings(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    """Sanitizers that know custom elements and data attributes let such a bell pass."""
    asked: list[Route] = []
    context.route("https://evil.example/**", lambda route: asked.append(route))
    attributes = "data-panel='{0}' data-read-url='{0}' data-texts='x' data-user='y'"
    theirs = attributes.format("https://evil.example/x.js")
    page = open_shop(
        LAYOUT.replace("<h1>", f"<app-inbox-bell {theirs}></app-inbox-bell><h1>")
    )
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()
    assert asked == []


def test_a_script_that_a_library_takes_out_before_it_runs_has_settings(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    layout = (
        with_head(load_libraries(context, "vue"))
        .replace("<main>", "<div id='app'><main>")
        .replace(
            "{{ app_inbox() }}",
            """{{ app_inbox() }}</div><script>Vue.createApp({ compilerOptions: {
            isCustomElement: (tag) => tag.includes("-") } }).mount("#app")</script>""",
        )
    )
    page = open_shop(layout)
    expect(page.locator(SCRIPT)).to_have_count(0)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_in_a_visitors_page_nothing_of_the_user_is_left(
    check: Check, page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("Secret")
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    page.evaluate("""() => {
      window.gone = document.body;
      document.body = document.createElement("body"); }""")
    left = page.evaluate("JSON.stringify(appInbox.state())")
    assert "Secret" not in left
    assert '"unread":null' in left
    # Somebody is back.
    page.evaluate("document.body.replaceWith(window.gone)")
    check(page)
    expect(bell(page, 1)).to_be_visible()


def test_who_subscribes_when_a_user_goes_keeps_no_lock_of_theirs(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    page.evaluate(f"""() => {{
      appInbox.subscribe(({{ unread }}) => {{
        if (unread === null) appInbox.subscribe(() => {{}}); }});
      document.querySelector("{SCRIPT}").dataset.user = "bob";
      document.querySelector("app-inbox-bell").dataset.user = "bob";
      document.dispatchEvent(new Event("app-inbox:check")); }}""")
    expect(bell(page, 1)).to_be_visible()
    held = page.evaluate("navigator.locks.query().then(({ held }) => held.length)")
    assert held == 1
