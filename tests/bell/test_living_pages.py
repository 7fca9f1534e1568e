"""The bell in pages that libraries change: it is right each time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.bell.conftest import LAYOUT, Check, bell, open_panel, panel, with_head
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.libraries import MORPHING, MORPHS, SWAPPING, load_libraries
from tests.fixtures.waiting import hold_first


@pytest.mark.parametrize("way", SWAPPING)
def test_it_lives_through_swapped_pages_and_goes_with_its_user(
    way: str,
    check: Check,
    context: BrowserContext,
    open_shop: Callable[..., Page],
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page = open_shop(SWAPPING[way].dress(context, LAYOUT))
    for name, path in (("Two", "/two"), ("Home", "/")):
        # Turbo shows what it kept of a page until the page of now is there.
        page.evaluate("document.querySelector('app-inbox-bell').dataset.seen = 'yes'")
        page.locator("nav").get_by_role("link", name=name).last.click()
        page.wait_for_url(f"**{path}")
        expect(page.locator("app-inbox-bell[data-seen]")).to_have_count(0)
        expect(bell(page, 1)).to_be_visible()
        expect(page.locator("app-inbox-bell")).to_have_count(1)
    open_panel(page)
    panel(page).get_by_role("listitem").click()
    expect(bell(page, 0)).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    inbox.problems = {"/unread": 401, "/messages": 401}
    check(page)
    expect(page.locator("app-inbox-bell a")).to_have_count(0)


@pytest.mark.parametrize("way", MORPHS)
def test_it_is_the_same_bell_after_a_morph(
    way: str, context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    libraries, run = MORPHS[way]
    page = open_shop(with_head(load_libraries(context, *libraries) + MORPHING))
    page.evaluate("window.kept = document.querySelector('app-inbox-bell')")
    page.evaluate(f"(async () => {{ {run} }})()")
    expect(bell(page, 1)).to_be_visible()
    expect(bell(page)).to_have_text("1")
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_vue_may_render_it_again_and_again(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    layout = with_head(load_libraries(context, "vue")).replace(
        "{{ app_inbox() }}",
        """{{ app_inbox() }}<script>
        addEventListener("load", () => {
          window.app = Vue.createApp({
            data: () => ({ n: 0 }),
            compilerOptions: { isCustomElement: (tag) => tag.includes("-") },
          });
          window.root = app.mount("header");
        });</script>""",
    )
    layout = layout.replace("<b>Shop</b>", "<b :key='n' v-text='n'></b>")
    page = open_shop(layout)
    expect(page.locator("header b")).to_have_text("0")
    for n in (1, 2):
        page.evaluate("root.n++")
        expect(page.locator("header b")).to_have_text(str(n))
        expect(bell(page, 1)).to_be_visible()


def test_vue_may_draw_the_whole_page_before_the_bells_script_runs(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    """Vue reads the page as HTML, which has no shadow trees."""
    layout = with_head(
        load_libraries(context, "vue") + "{{ app_inbox() }}<script>"
        "customElements.define = new Proxy(customElements.define, { apply: "
        "(define, all, given) => { window.was = document.querySelector("
        "'app-inbox-bell').shadowRoot; return define.apply(all, given); } })</script>"
    )
    layout = (
        layout.replace("</main>\n{{ app_inbox() }}", "</main>")
        .replace("<body>", "<body><div id='app'>")
        .replace(
            "</body>",
            """</div><script>Vue.createApp({ compilerOptions: {
            isCustomElement: (tag) => tag.includes("-") } }).mount("#app")</script>
            </body>""",
        )
    )
    page = open_shop(layout)
    assert page.evaluate("window.was") is None
    expect(bell(page).locator("svg")).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_htmx_may_bring_a_page_back_to_one_that_had_no_bell(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    """What it kept of the page is HTML, which has no shadow trees."""
    layout = with_head(load_libraries(context, "htmx") + "{{ app_inbox() }}")
    layout = (
        layout.replace("</main>\n{{ app_inbox() }}", "</main>")
        .replace("<body>", "<body hx-boost='true'>")
        .replace(
            "{{ app_inbox_anchor() }}",
            "{% if request.path == '/' %}{{ app_inbox_anchor() }}{% endif %}",
        )
    )
    page = open_shop(layout)
    page.get_by_role("link", name="Two").click()
    page.wait_for_url("**/two")
    expect(page.locator("app-inbox-bell")).to_have_count(0)
    page.reload()
    page.go_back()
    expect(bell(page, 1)).to_be_visible()
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_alpine_may_take_it_out_and_in(
    context: BrowserContext, open_shop: Callable[..., Page]
) -> None:
    layout = (
        with_head(load_libraries(context, "alpine"))
        .replace("<script src='/library", "<script defer src='/library")
        .replace("<body>", "<body x-data='{ on: true }' @swap.window='on = !on'>")
        .replace(
            "{{ app_inbox_anchor() }}",
            "<template x-if='on'><span>{{ app_inbox_anchor() }}</span></template>",
        )
    )
    page = open_shop(layout)
    for _ in range(2):
        expect(bell(page, 1)).to_be_visible()
        page.evaluate("dispatchEvent(new Event('swap'))")
        expect(page.locator("app-inbox-bell")).to_have_count(0)
        page.evaluate("dispatchEvent(new Event('swap'))")
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


def test_a_copy_has_a_bell_and_nothing_of_an_open_panel(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("Secret")
    page.goto(shop)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    page.evaluate("""() => {
      const host = document.querySelector("app-inbox-bell");
      host.replaceWith(host.cloneNode(true)); }""")
    expect(bell(page, 1)).to_be_visible()
    expect(page.locator("app-inbox-bell dialog")).to_have_count(0)
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)


@pytest.mark.parametrize("name", ["ann@example.com", "bob@example.com"])
def test_turbo_goes_back_to_a_page_whose_panel_was_open(
    name: str, context: BrowserContext, open_shop: Callable[..., Page], inbox: Inbox
) -> None:
    page = open_shop(SWAPPING["turbo"].dress(context, LAYOUT), link="/two")
    open_panel(page)
    panel(page).get_by_role("link").first.click()
    page.wait_for_url("**/two")
    expect(bell(page, 0)).to_be_visible()
    if name.startswith("bob"):
        inbox.messages.clear()
        page.evaluate("(name) => fetch(`/login?email=${name}`)", name)
        page.evaluate("Turbo.visit('/two?again')")
        page.wait_for_url("**/two?again")
        page.go_back()
        page.wait_for_url("**/two")
    page.go_back()
    page.wait_for_url("**/")
    expect(bell(page, 0)).to_be_visible()
    expect(page.locator("app-inbox-bell dialog")).to_have_count(0)


def test_a_page_that_is_swapped_before_the_panel_came_stays_where_it_is(
    page: Page, shop: str, inbox: Inbox
) -> None:
    inbox.arrive("One")
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    held = hold_first(page, "**/panel.*.js")
    bell(page).click()
    request = held()
    page.evaluate("""() => {
      window.kept = document.querySelector("app-inbox-bell"); kept.remove(); }""")
    with page.expect_response("**/panel.*.js"):
        request.continue_()
    page.evaluate("document.querySelector('header').append(kept)")
    open_panel(page)
    expect(panel(page).get_by_role("listitem")).to_have_count(1)
    assert page.url == f"{shop}/"


def test_a_copy_of_a_bell_whose_user_went_is_empty(
    left_page: Page,
) -> None:
    shown = left_page.evaluate("""() => {
      const host = document.querySelector("app-inbox-bell");
      const copy = host.cloneNode(true);
      host.replaceWith(copy);
      return copy.shadowRoot.textContent; }""")
    assert shown == ""
