"""Whose page it is, where libraries show another one in the same document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.bell.conftest import FREE, LAYOUT, bell, open_panel, panel
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.libraries import MORPHS, SWAPPING, load_libraries

IN_HEAD = LAYOUT.replace("{{ app_inbox() }}\n", "").replace(
    "</title>", "</title>{{ app_inbox() }}"
)
SCRIPT = "script[data-unread-url]"


@pytest.fixture
def morph(
    request: pytest.FixtureRequest,
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
) -> Callable[[Page], None]:
    """Open Ann's page, whose bell tells of one message; returns what morphs it."""
    inbox.play(context)
    inbox.arrive("First")
    libraries, run = MORPHS[request.param]
    head = load_libraries(context, *libraries)
    if "turbo" in libraries:
        head += "<meta name='turbo-refresh-method' content='morph'>"
    layout = LAYOUT.replace("</head>", head + "</head>")
    address = make_shop(layout=layout, policy=FREE)

    def morph(page: Page) -> None:
        if page.url == "about:blank":
            page.goto(address)
            expect(bell(page, 1)).to_be_visible()
        else:
            page.evaluate(f"(async () => {{ {run} }})()")

    return morph


@pytest.mark.parametrize("morph", MORPHS, indirect=True)
def test_a_page_that_is_morphed_into_another_users_has_their_bell(
    morph: Callable[[Page], None], page: Page, inbox: Inbox
) -> None:
    morph(page)
    for number, name in enumerate(["bob", "ann"], start=2):
        inbox.arrive("Later")
        inbox.users.clear()
        page.evaluate("(name) => fetch(`/login?email=${name}@example.com`)", name)
        morph(page)
        expect(bell(page, number)).to_be_visible()
        open_panel(page)
        expect(panel(page).get_by_role("listitem")).to_have_count(number)
        assert inbox.users == {page.locator(SCRIPT).get_attribute("data-user")}
        page.keyboard.press("Escape")


@pytest.mark.parametrize("morph", ["htmx, idiomorph"], indirect=True)
def test_a_page_that_is_morphed_into_another_language_speaks_it(
    morph: Callable[[Page], None], page: Page
) -> None:
    morph(page)
    page.evaluate("""htmx.ajax("GET", "/two?lang=de",
      { target: "body", swap: "morph:innerHTML" })""")
    expect(page.locator(f"{SCRIPT}[data-language='de']")).to_have_count(1)
    page.locator("app-inbox-bell a").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Benachrichtigungen")


@pytest.mark.parametrize("layout", [LAYOUT, IN_HEAD], ids=["body", "head"])
def test_a_bell_that_stays_from_page_to_page_tells_nobody_of_the_user_of_before(
    layout: str,
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append("signal is aborted without reason")
    inbox.play(context)
    inbox.arrive("Ann's secret")
    page = context.new_page()
    layout = layout.replace("<header>", '<header id="top" data-turbo-permanent>')
    layout = SWAPPING["turbo"].dress(context, layout)
    page.goto(make_shop(layout=layout, policy=FREE))
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    tag = page.locator("app-inbox-bell").get_attribute("data-user")
    page.evaluate("fetch('/login?email=bob@example.com')")
    page.locator("nav").get_by_role("link", name="Two").last.click()
    expect(page.locator(f"{SCRIPT}:not([data-user='{tag}'])")).to_have_count(1)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)


def test_whoever_logs_in_again_has_their_bell_again(
    check: Callable[[Page], None],
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected += [FAILED_LOAD, "signal is aborted without reason"]
    inbox.play(context)
    inbox.arrive("First")
    page = context.new_page()
    layout = SWAPPING["turbo"].dress(context, LAYOUT)
    page.goto(make_shop(layout=layout, policy=FREE))
    expect(bell(page, 1)).to_be_visible()
    inbox.problems = {"/unread": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    inbox.problems = {}
    page.locator("nav").get_by_role("link", name="Two").last.click()
    expect(bell(page, 1)).to_be_visible()


def test_a_bell_that_is_drawn_again_when_its_user_is_gone_asks_nobody(
    check: Callable[[Page], None],
    page: Page,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    inbox.problems = {"/unread": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)
    inbox.asked.clear()
    for _ in range(5):
        page.evaluate("""() => {
          const host = document.querySelector("app-inbox-bell");
          host.replaceWith(host.cloneNode(true)); }""")
        check(page)
        page.evaluate("fetch('/two')")
    assert inbox.asked == []


def test_attributes_of_a_bell_are_no_settings(
    page: Page,
    context: BrowserContext,
    make_shop: Callable[..., str],
    inbox: Inbox,
) -> None:
    """Sanitizers that know custom elements and data attributes let such a bell pass."""
    inbox.play(context)
    inbox.arrive("First")
    asked: list[Route] = []
    context.route("https://evil.example/**", lambda route: asked.append(route))
    attributes = "data-panel='{0}' data-read-url='{0}' data-texts='x' data-user='y'"
    theirs = attributes.format("https://evil.example/x.js")
    layout = LAYOUT.replace("<h1>", f"<app-inbox-bell {theirs}></app-inbox-bell><h1>")
    page.goto(make_shop(layout=layout, policy=FREE))
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()
    assert asked == []


def test_a_script_that_a_library_takes_out_before_it_runs_has_settings(
    context: BrowserContext, make_shop: Callable[..., str], inbox: Inbox
) -> None:
    inbox.play(context)
    inbox.arrive("First")
    layout = (
        LAYOUT.replace("</head>", load_libraries(context, "vue") + "</head>")
        .replace("<main>", "<div id='app'><main>")
        .replace(
            "{{ app_inbox() }}",
            """{{ app_inbox() }}</div><script>Vue.createApp({ compilerOptions: {
            isCustomElement: (tag) => tag.includes("-") } }).mount("#app")</script>""",
        )
    )
    page = context.new_page()
    page.goto(make_shop(layout=layout, policy=FREE))
    expect(page.locator(SCRIPT)).to_have_count(0)
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


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
