"""Nobody sees another one's messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.bell import bell, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control

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
    with tab_of_ann.expect_response("**/appinbox/v1/**") as refused:
        control.call("DELETE", "tokens")
    assert refused.value.status == 401
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
