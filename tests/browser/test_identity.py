"""Nobody sees another one's messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.fixtures.bell import bell, expect_nothing_of, open_panel
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.libraries import load_libraries

ANN = "ann@example.com"
BOB = "bob@example.com"


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def test_logging_out_takes_the_bell_away(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.goto(f"{site}/logout")
    expect(page.locator("main")).to_have_text("nobody")
    expect(bell(page)).to_have_count(0)
    assert "Secret of Ann" not in page.content()
    answer = page.request.post(f"{site}/app-inbox/token")
    assert answer.status == 401
    assert answer.json()["code"] == "login_required"


#: What makes a page look who is here, where nothing else could tell it.
OCCASIONS = {
    "focus": "dispatchEvent(new Event('focus'))",
    "shown": "document.dispatchEvent(new Event('visibilitychange'))",
    "online": "dispatchEvent(new Event('online'))",
    "told": "document.dispatchEvent(new CustomEvent('app-inbox:check'))",
}


def test_a_page_sees_who_is_here_at_each_occasion(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site(RATE_LIMIT="1000/minute")
    page.goto(f"{site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    for logout, login in (("focus", "shown"), ("online", "told")):
        page.evaluate("fetch('/logout')")
        page.evaluate(OCCASIONS[logout])
        expect_nothing_of(page, "Secret of Ann")
        control.send(ANN, "Another secret of Ann")
        page.evaluate("email => fetch(`/login?email=${email}`)", ANN)
        page.evaluate(OCCASIONS[login])
        expect(bell(page)).to_have_count(1)


def test_a_tab_asks_at_most_once_a_second_whatever_happens(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    page.goto(f"{make_site(RATE_LIMIT='1000/minute')}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    looks: list[str] = []
    page.on("request", lambda request: looks.append(urlsplit(request.url).path))
    seconds = page.evaluate(
        """async () => {
          const start = performance.now();
          for (let time = 0; time < 50; time++) {
            for (const name of ["focus", "online"]) dispatchEvent(new Event(name));
            document.dispatchEvent(new Event("app-inbox:check"));
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          return (performance.now() - start) / 1000;
        }"""
    )
    assert 2 <= looks.count("/app-inbox/user") <= seconds + 1


def test_a_logout_in_a_tab_without_our_script_is_seen_at_the_next_look(
    context: BrowserContext, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site()
    left, right = context.new_page(), context.new_page()
    left.goto(f"{site}/login?email={ANN}")
    open_panel(left)
    expect(left.get_by_text("Secret of Ann")).to_be_visible()
    right.goto(f"{site}/logout?to=/plain")
    left.evaluate(OCCASIONS["focus"])
    expect_nothing_of(left, "Secret of Ann")


LOG_OUT = """<form hx-post="/logout?to=/two" hx-target="header" hx-select="header"
  hx-swap="outerHTML" hx-push-url="false"><button>Out</button></form>"""


@pytest.mark.parametrize("library", ["htmx", "htmx 4"])
def test_a_logout_that_swaps_the_header_alone_is_seen(
    library: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    layout = LAYOUT.replace("</header>", LOG_OUT + "</header>")
    head = load_libraries(page.context, library)
    site = make_site(layout=layout.replace("</head>", head + "</head>"))
    page.goto(f"{site}/login?email={ANN}")
    open_panel(page)
    expect(page.get_by_text("Secret of Ann")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Out").click()
    expect_nothing_of(page, "Secret of Ann")
    expect(page.locator("main")).to_have_text(ANN)  # nothing else was swapped


def test_a_site_that_adds_to_its_addresses_is_asked_at_the_right_one(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    site = make_site(url_defaults={"lang": "en"})
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate("fetch('/logout')")
    with page.expect_request("**/app-inbox/user?lang=en"):
        page.evaluate(OCCASIONS["told"])
    expect_nothing_of(page, "Secret of Ann")


def test_whatever_else_answers_a_look_is_no_yes(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    answers: list[dict[str, Any]] = [
        {"status": 200},
        {"status": 302, "headers": {"Location": "/login"}},
        {"status": 404},
    ]

    def answer(route: Route) -> None:
        route.fulfill(**answers.pop(), body="<!doctype html>Log in, please")

    while answers:
        page.route("**/app-inbox/user", answer, times=1)
        page.evaluate(OCCASIONS["told"])
        expect_nothing_of(page, "Secret of Ann")
        page.evaluate(OCCASIONS["told"])
        expect(bell(page, unread=1)).to_have_count(1)


@pytest.mark.parametrize("early", [0, 5])
def test_a_look_that_fails_is_repeated_though_timers_end_early(
    early: int, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    page.add_init_script(
        f"""const {{ setTimeout }} = self;
        self.setTimeout = (work, pause) => setTimeout(work, pause - {early});"""
    )
    control.add(ANN, "Secret of Ann")
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate("fetch('/logout')")
    page.route("**/app-inbox/user", lambda route: route.abort(), times=2)
    page.evaluate(OCCASIONS["focus"])
    expect_nothing_of(page, "Secret of Ann")


def test_a_tab_of_the_former_user_never_shows_the_new_ones_messages(
    context: BrowserContext, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Secret of Ann")
    control.add(BOB, "Secret of Bob")
    site = make_site()
    tab_of_ann, tab_of_bob = context.new_page(), context.new_page()
    tab_of_ann.goto(f"{site}/login?email={ANN}")
    expect(bell(tab_of_ann, unread=1)).to_be_visible()
    tab_of_bob.goto(f"{site}/login?email={BOB}")
    expect(bell(tab_of_bob, unread=1)).to_be_visible()

    expect(bell(tab_of_ann)).to_be_hidden()
    asked: list[str] = []
    tab_of_ann.on("request", lambda request: asked.append(request.method))
    with tab_of_ann.expect_response(
        lambda answer: "/appinbox/v1/" in answer.url and answer.status == 401
    ):
        control.call("DELETE", "tokens")
    # The widget asks the page for a new token now; there is none for it.
    tab_of_ann.evaluate("new Promise((done) => setTimeout(done))")
    assert "POST" not in asked
    assert "Secret of" not in tab_of_ann.content()
    expect(open_panel(tab_of_bob)).to_contain_text("Secret of Bob")


def test_no_token_and_no_address_stand_in_the_page(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    tokens: list[str] = []
    page.on(
        "response",
        lambda r: (
            tokens.append(r.json()["token"]) if r.url.endswith("/token") else None
        ),
    )
    layout = "<!doctype html><title>x</title><link rel=icon href='data:,'>"
    layout += "{{ app_inbox_anchor() }}{{ app_inbox() }}"
    site = make_site(layout=layout)
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=0)).to_be_visible()
    html = page.request.get(f"{site}/").text()
    assert tokens
    assert not any(part in html + page.content() for part in (*tokens, ANN, "ann@"))


def test_a_page_of_another_site_gets_no_token(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    site = make_site()
    page.goto(f"{site}/login?email={ANN}")
    page.goto(make_site(layout="<title>other</title><link rel=icon href='data:,'>"))
    # Another port is the same site, so cookies go along: only the origin differs.
    before = control.paths().count(TOKEN_PATH)
    with page.expect_response(f"{site}/app-inbox/token") as answer:
        page.evaluate(
            "url => fetch(url, {method: 'POST', mode: 'no-cors',"
            "credentials: 'include'})",
            f"{site}/app-inbox/token",
        )
    assert answer.value.status == 403
    assert control.paths().count(TOKEN_PATH) == before
