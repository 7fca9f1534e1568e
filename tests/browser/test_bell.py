"""Site, page script and vendor's script together make a bell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.bell import WIDGET, bell, message, open_panel
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control

ANN = "ann@example.com"


def test_reading_a_message_lowers_the_count(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "First", "Second")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=2)).to_be_visible()
    open_panel(page)
    message(page, "Second").click()
    expect(bell(page, unread=1)).to_be_visible()


def test_a_new_message_arrives_by_itself(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=0)).to_be_visible()
    control.send(ANN, "Your order is on its way")
    expect(bell(page, unread=1)).to_be_visible()
    expect(open_panel(page)).to_contain_text("Your order is on its way")


def test_a_visitor_sees_no_bell_and_no_script(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    page.goto(make_site())
    expect(page.locator("#app-inbox")).to_be_empty()
    assert page.locator("script").count() == 0
    assert control.paths() == []


def test_a_visitor_is_tracked_without_an_inbox_where_that_is_set(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    with page.expect_response("**/scripts/SITE.js"):
        page.goto(make_site(ANONYMOUS="tracking"))
    page.wait_for_function("window.eS && !window.eS.q?.length")
    expect(bell(page)).to_have_count(0)
    assert TOKEN_PATH not in control.paths()


def test_a_contact_that_the_vendor_does_not_know_gets_an_empty_panel(
    page: Page, make_site: Callable[..., str]
) -> None:
    page.add_init_script(
        "document.addEventListener('app-inbox:unknown-contact',"
        "() => { window.unknown = true; });"
    )
    page.goto(f"{make_site()}/login?email=stranger@example.com")
    page.wait_for_function("window.unknown")
    expect(open_panel(page)).to_contain_text("Nothing here yet")
    expect(page.locator("[part=badge]")).to_be_hidden()


@pytest.mark.parametrize("form", ["features", "options"])
def test_both_documented_inits_lead_to_a_bell(
    form: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    page.goto(f"{make_site(INIT_FORM=form)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()


def test_a_site_writes_the_element_of_any_other_selector(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    selector = "header > b + .tools [data-bell]:first-child"
    control.call("PUT", "site", selector=selector, position="beforeend")
    element = "<p class='tools'><span data-bell></span></p>"
    layout = LAYOUT.replace("{{ app_inbox_anchor() }}", element)
    page.goto(f"{make_site(ANCHOR=selector, layout=layout)}/login?email={ANN}")
    expect(page.locator(f"[data-bell] {WIDGET}")).to_be_visible()


def test_the_widget_speaks_the_pages_language(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    page.goto(f"{make_site(LANGUAGE='uk-UA')}/login?email={ANN}")
    expect(page.get_by_role("button", name="Сповіщення")).to_be_visible()


def test_the_token_is_asked_for_before_the_vendors_script_has_come(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "Hello")
    control.call("POST", "faults", route="script", kind="hang", times=None)
    page.goto(f"{make_site()}/login?email={ANN}", wait_until="commit")
    control.wait_for_request(page, TOKEN_PATH)
    control.call("DELETE", "faults")


def test_a_whole_page_with_bell_issues_one_token(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    page.goto(f"{make_site()}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == 1


def test_a_missing_anchor_is_told_in_the_console(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    site = make_site(layout=LAYOUT.replace("{{ app_inbox_anchor() }}", ""))
    with page.expect_console_message(
        lambda message: "nothing matches the anchor #app-inbox" in message.text
    ) as warning:
        page.goto(f"{site}/login?email={ANN}")
    assert warning.value.type == "warning"


def test_a_page_with_an_init_of_its_own_is_told_so_and_gets_no_second(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN)
    own = "<script>(window.eS = (...a) => eS.q.push(a)).q = []; eS('init');</script>"
    site = make_site(layout=LAYOUT.replace("<body>", f"<body>{own}"))
    with page.expect_console_message(
        lambda message: "Take that call out" in message.text
    ) as warning:
        page.goto(f"{site}/login?email={ANN}")
    assert warning.value.type == "warning"
    expect(bell(page)).to_have_count(0)


def test_the_vendors_script_is_not_loaded_twice(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    loader = "<script async src='{{ config.APP_INBOX_SCRIPT_URL }}/scripts/SITE.js'>"
    layout = LAYOUT.replace("<body>", f"<body>{loader}</script>")
    page.goto(f"{make_site(layout=layout)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    assert page.locator("script[src$='/scripts/SITE.js']").count() == 1


def test_a_page_that_carries_the_loader_needs_no_script_id(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    loader = "<script async src='{{ config.APP_INBOX_SCRIPT_URL }}/scripts/OWN.js'>"
    layout = LAYOUT.replace("<body>", f"<body>{loader}</script>")
    page.goto(f"{make_site(layout=layout, SCRIPT_ID=None)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()


def test_a_page_without_any_vendor_script_is_told_so(
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN)
    page.add_init_script(
        "{ const { setTimeout } = window;"
        " window.setTimeout = (work, pause) => setTimeout(work, pause / 20); }"
    )
    own = "<script src='/scripts/main.js'></script>"  # the vendor's are elsewhere
    site = make_site(layout=LAYOUT.replace("<main>", own + "<main>"), SCRIPT_ID=None)
    with page.expect_console_message(
        lambda message: "Set APP_INBOX_SCRIPT_ID" in message.text
    ) as warning:
        page.goto(f"{site}/login?email={ANN}")
    assert warning.value.type == "warning"


def test_a_blocked_vendor_script_is_one_event_and_a_working_page(
    context: BrowserContext,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    control.add(ANN)
    complaints.expected = [FAILED_LOAD]
    page = context.new_page()
    page.route("**/scripts/SITE.js", lambda route: route.abort())
    page.add_init_script(
        "window.codes = []; document.addEventListener('app-inbox:error',"
        "(event) => window.codes.push(event.detail.code));"
    )
    page.goto(f"{make_site()}/login?email={ANN}")
    page.wait_for_function("window.codes.length")
    assert page.evaluate("window.codes") == ["script_blocked"]
    expect(page.locator("main")).to_have_text(ANN)
