"""Bell and panel survive navigation, and never outlive their user."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox.inbox.anchor import POSITIONS
from tests.fixtures.bell import WIDGET, bell, expect_nothing_of, open_panel
from tests.fixtures.browser import LAYOUT, RECORD_CODES
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import LINKS, SWAPPING, Swapping

ANN = "ann@example.com"
BOB = "bob@example.com"
ANCHOR = "{{ app_inbox_anchor() }}"

#: Where else a site may put anchor and script, and libraries that treat it each in
#: their own way.
HEAD = LAYOUT.replace("{{ app_inbox() }}", "").replace(
    "</head>", "{{ app_inbox() }}</head>"
)
OWN_ANCHOR = LAYOUT.replace(
    ANCHOR, "<nav id='app-inbox'><a href='/two'>Shelf</a></nav>"
)
STAYS = LAYOUT.replace("<header>", "<header id='top' data-turbo-permanent hx-preserve>")
LAYOUTS = {
    "script in head": (HEAD, ("turbo", "htmx", "htmx 4")),
    "the site's own anchor": (OWN_ANCHOR, ("turbo",)),
    "header that stays": (STAYS, ("turbo", "htmx", "htmx 4")),
}


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def follow(page: Page, name: str) -> None:
    """Follow a link, and wait until its page is shown."""
    page.get_by_role("link", name=name, exact=True).click()
    paths = {"Two": "**/two", "Plain": "**/plain"}
    page.wait_for_url(paths.get(name, lambda url: url.endswith("/")))
    users = {"Log out": "nobody", "Ann": ANN, "Bob": BOB}
    if name in users:
        expect(page.locator("main")).to_have_text(users[name])


def stored(page: Page) -> str:
    kept: str = page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    )
    return kept


def test_a_bell_lives_through_swapped_pages_as_long_as_its_user(
    swapping: Swapping,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.add(ANN, "Secret of Ann")
    control.add(BOB, "Secret of Bob")
    site = make_site(layout=swapping.dress(page.context, LAYOUT))
    page.add_init_script(RECORD_CODES)
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate("window.sameDocument = true")
    for name in ("Two", "Home", "Plain", "Two"):
        follow(page, name)
        expect(bell(page, unread=1)).to_have_count(0 if name == "Plain" else 1)
    page.go_back(wait_until="commit")
    page.wait_for_url("**/plain")
    page.go_back(wait_until="commit")
    page.wait_for_url(f"{site}/")
    expect(bell(page, unread=1)).to_have_count(1)
    expect(bell(page)).to_have_count(1)
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.keyboard.press("Escape")

    follow(page, "Log out")
    expect_nothing_of(page, "Secret of Ann")
    follow(page, "Two")
    expect_nothing_of(page, "Secret of Ann")
    assert "Secret of Ann" not in stored(page)
    follow(page, "Ann")
    expect(bell(page, unread=1)).to_have_count(1)
    follow(page, "Bob")
    expect_nothing_of(page, "Secret of Ann")
    assert page.evaluate("window.codes") == ["login_required", "user_changed"]
    assert page.evaluate("window.sameDocument")


def test_other_tabs_follow_what_a_swapped_page_finds_out(
    context: BrowserContext, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site(layout=SWAPPING["turbo"].dress(context, LAYOUT))
    other, page = context.new_page(), context.new_page()
    for tab in (other, page):
        tab.goto(f"{site}/login?email={ANN}")
        expect(bell(tab, unread=1)).to_be_visible()
    for name in ("Log out", "Ann", "Bob"):
        follow(page, name)
        if name == "Ann":
            expect(bell(other, unread=1)).to_have_count(1)
        else:
            expect_nothing_of(other, "Secret of Ann")


def test_who_logs_in_after_a_visitors_init_is_told_to_load_the_page(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First")
    page.add_init_script(RECORD_CODES)
    layout = SWAPPING["turbo"].dress(page.context, LAYOUT)
    site = make_site(layout=layout, ANONYMOUS="tracking")
    with page.expect_response("**/scripts/SITE.js"):
        page.goto(site)
    with page.expect_console_message(
        lambda message: "next page that is loaded whole" in message.text
    ) as warning:
        follow(page, "Ann")
    assert warning.value.type == "warning"
    assert page.evaluate("window.codes") == ["reload_needed"]
    page.reload()
    expect(bell(page, unread=1)).to_be_visible()


@pytest.mark.parametrize(
    ("layout", "library"),
    [
        pytest.param(layout, library, id=f"{name}, {library}")
        for name, (layout, libraries) in LAYOUTS.items()
        for library in libraries
    ],
)
def test_wherever_the_site_puts_it_a_logout_takes_the_bell_away(
    layout: str,
    library: str,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site(layout=SWAPPING[library].dress(page.context, layout))
    page.goto(f"{site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.keyboard.press("Escape")
    follow(page, "Two")
    expect(bell(page, unread=1)).to_have_count(1)
    assert "Secret of Ann" not in stored(page)
    follow(page, "Log out")
    expect_nothing_of(page, "Secret of Ann")


#: What a site may write itself, in place of a library: the header stays, and the rest
#: comes after the page has settled.
SWAP_MAIN = """<script>document.addEventListener("click", async (event) => {
  if (!event.target.href) return;
  event.preventDefault();
  history.pushState(null, "", event.target.href);
  const answer = await fetch(event.target.href);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  await new Promise((done) => setTimeout(done, 600));
  document.querySelector("main").replaceWith(next.querySelector("main"));
});</script>"""


def test_a_header_that_no_navigation_touches_follows_who_is_here(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    layout = LAYOUT.replace("</head>", SWAP_MAIN + "</head>")
    site = make_site(layout=layout.replace("<main>", LINKS + "<main>"))
    page.goto(f"{site}/login?email={ANN}")
    links = page.locator("nav")
    for name, who in (("Log out", "nobody"), ("Ann", ANN), ("Bob", BOB)):
        expect(bell(page, unread=1)).to_have_count(0 if name == "Ann" else 1)
        links.get_by_role("link", name=name).click()
        expect(page.locator("main")).to_have_text(who)
    expect_nothing_of(page, "Secret of Ann")


BESIDE = "<span class='bell-anchor'><u>in</u></span><i>after</i>"
#: What is in the header then, by the bell's position.
DRAWN = {
    "beforebegin": f"b,{WIDGET},bell-anchor(u),i",
    "afterbegin": f"b,bell-anchor({WIDGET},u),i",
    "beforeend": f"b,bell-anchor(u,{WIDGET}),i",
    "afterend": f"b,bell-anchor(u),{WIDGET},i",
}
READ = """() => {
  const read = ({ className, localName, children }) =>
    (className || localName) + (children.length ? `(${readAll(children)})` : "");
  const readAll = (elements) => [...elements].map(read).join();
  return readAll(document.querySelector("header").children);
}"""


@pytest.mark.parametrize("position", POSITIONS)
def test_a_bell_stands_where_the_vendor_was_told_and_keeps_its_place(
    position: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    selector = "b + .bell-anchor"
    control.call("PUT", "site", selector=".bell-anchor", position=position)
    control.add(ANN, "Secret of Ann")
    layout = SWAPPING["turbo"].dress(page.context, LAYOUT.replace(ANCHOR, BESIDE))
    if position == "beforebegin":  # the bell comes between the two
        selector = "b ~ .bell-anchor"
    site = make_site(layout=layout, ANCHOR=selector, POSITION=position)
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate(READ) == DRAWN[position]
    for name in ("Two", "Plain", "Home"):
        follow(page, name)
    expect(bell(page, unread=1)).to_be_visible()
    assert page.evaluate(READ) == DRAWN[position]
    follow(page, "Log out")
    expect_nothing_of(page, "Secret of Ann")
    expect(page.locator("i")).to_have_text("after")
