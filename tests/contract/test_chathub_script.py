"""ChatHub's widget guide on the script: pages by hand have a panel; so have ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import (
    answers,
    chat,
    chats_are_shown,
    frames,
    heard,
    record_events,
    reply,
    write,
)
from tests.chathub.site import PAGE, make_app
from tests.contract.chathub_company import ELEMENT, PANEL, ByHand, Company
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

MakeSite = Callable[..., str]
EXPIRED = "Your session has expired."

#: An element of a page by hand; ``{source}`` is the address of the script.
TAG = f'<script type="module" id="{ELEMENT}" src="{{source}}" token="%s"></script>'


# --- pages by hand ------------------------------------------------------------


def test_an_element_in_the_html_has_a_panel(
    page: Page, chat_by_hand: ByHand, company: Company
) -> None:
    """
    004 §1.1: the panel can stand in any web page.
    004 §4.1: a static page has the element in its HTML.
    """
    page.goto(chat_by_hand(element=TAG % company.issue().json()))
    expect(page.get_by_role("region", name=PANEL)).to_be_visible()


def test_a_page_that_mounts_the_script_by_hand_has_a_panel(
    page: Page, chat_by_hand: ByHand, control: Control
) -> None:
    """
    004 §4.3: a dynamic page makes the element, with type, id, address and token.
    004 §4.5: the page fetches a token, and then loads the panel.
    """
    write(control, "Ann", "Hello?")
    page.goto(chat_by_hand("fetchToken().then(mount)"))
    expect(page.get_by_role("region", name=PANEL)).to_contain_text("Ann")


@pytest.mark.parametrize("token", ["", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
def test_without_an_operators_token_there_are_no_chats(
    token: str,
    page: Page,
    chat_by_hand: ByHand,
    control: Control,
    complaints: Complaints,
) -> None:
    """
    004 §1.4: the panel needs the token of an operator.
    004 §3.4: the attribute token holds it.
    """
    complaints.expected = [FAILED_LOAD]
    write(control, "Ann", "Hello?")
    page.goto(chat_by_hand(element=TAG % token))
    expect(page.get_by_role("alert")).to_have_text(EXPIRED)
    expect(page.get_by_text("Ann")).to_have_count(0)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (('type="module"', 'type="text/javascript"'), "import statement"),
        ((ELEMENT, f"{ELEMENT}-sales"), "needs a script element of the id"),
    ],
)
def test_other_attributes_give_no_panel(
    wrong: tuple[str, str],
    complaint: str,
    page: Page,
    chat_by_hand: ByHand,
    company: Company,
    complaints: Complaints,
) -> None:
    """
    004 §3.1; 004 §1.5; 004 §7.9: the type is module: the panel is an ES module.
    004 §3.2: the id is the one by which the script finds itself.
    """
    complaints.expected = [complaint]
    element = (TAG % company.issue().json()).replace(*wrong)
    page.goto(chat_by_hand(element=element))
    page.wait_for_load_state()
    expect(page.get_by_role("region", name=PANEL)).to_have_count(0)
    assert len(complaints.seen) == 1


# --- ours ---------------------------------------------------------------------


def test_our_element_has_the_documented_attributes(
    page: Page, sandbox: SandboxServer, make_staff_site: MakeSite
) -> None:
    """
    004 §2.6: the element stands in the body.
    004 §3.3: the address is that of the widget.
    004 §4.4: a dynamic page appends the element to the body.
    004 §1.5; 004 §3.1; 004 §7.9
    004 §3.2
    004 §3.4
    004 §4.3
    """
    page.goto(make_staff_site() + "/login?user=olha")
    element = chat(page).locator("script[type=module]")
    expect(element).to_have_count(1)
    expect(element).to_have_id(ELEMENT)
    source = f"{sandbox.url}/operator-chat-panel/widget-script.js"
    expect(element).to_have_attribute("src", source)
    assert str(element.get_attribute("token")).startswith("eyJ")
    assert element.evaluate("script => script.parentElement === document.body")
    assert make_app().extensions["chathub"].settings.script_url == (
        "https://widget.smsbat.com/operator-chat-panel/widget-script.js"
    )


def test_operators_and_customers_talk_in_real_time(
    page: Page, make_staff_site: MakeSite, control: Control
) -> None:
    """
    004 §1.2: it is a chat in real time.
    004 §1.3: it brings customers and operators together.
    004 §1.1
    """
    write(control, "Ann", "Where is my parcel?")
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "It leaves today.")
    assert answers(control) == ["It leaves today."]
    write(control, "Ann", "Thank you!")
    expect(chat(page).get_by_role("log")).to_contain_text("Thank you!")


def test_nothing_is_loaded_before_there_is_a_token(
    page: Page, make_staff_site: MakeSite, control: Control
) -> None:
    """
    004 §4.6: without a token the page loads nothing of the vendor.
    004 §4.5
    """
    held: list[Route] = []
    page.route("**/chathub/token", lambda route: held.append(route))
    page.goto(make_staff_site() + "/login?user=olha")
    expect(page.get_by_role("status")).to_be_visible()
    assert (frames(page).count(), control.paths()) == (0, [])
    for route in held:
        route.continue_()
    chats_are_shown(page)


def test_an_element_that_is_removed_leaves_nothing(
    page: Page, make_staff_site: MakeSite
) -> None:
    """
    004 §4.7: a view that is left takes the element with it.
    004 §4.8: with another token the panel is loaded again.
    """
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    page.evaluate(
        """window.panel = document.querySelector("chathub-panel");
        panel.remove()"""
    )
    page.wait_for_function("!panel.childElementCount")
    assert len(page.frames) == 1
    page.evaluate("document.body.append(panel)")
    chats_are_shown(page)
    expect(frames(page)).to_have_count(1)


def test_the_documented_refresh_runs_nothing_and_ours_does(
    page: Page,
    chat_by_hand: ByHand,
    make_staff_site: MakeSite,
    control: Control,
    complaints: Complaints,
) -> None:
    """Removed and appended with the same address, a module says "loaded" only.

    004 §4.2: an element that is there is removed before another comes.
    004 §5.8: a renewal removes the old panel.
    004 §5.9: it loads one with the fresh token.
    004 §4.8
    004 §6.4
    """
    complaints.expected = [FAILED_LOAD]
    page.goto(chat_by_hand("const refresh = () => fetchToken().then(mount); refresh()"))
    panels = page.get_by_role("region", name=PANEL)
    expect(panels).to_have_count(1)
    control.call("DELETE", "chathub/tokens")
    expect(page.get_by_role("alert")).to_have_text(EXPIRED)
    assert page.evaluate("refresh()") == "loaded"
    expect(panels).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_text(EXPIRED)

    record_events(page)
    page.goto(make_staff_site() + "/login?user=olha")
    token = chat(page).locator(f"#{ELEMENT}")
    before = token.get_attribute("token")
    control.call("DELETE", "chathub/tokens")
    page.wait_for_function("window.heard.filter(([n]) => n === 'ready').length > 1")
    expect(chat(page).get_by_role("alert")).to_have_count(0)
    expect(frames(page)).to_have_count(1)
    expect(token).to_have_count(1)
    assert token.get_attribute("token") != before


# --- several organizations ----------------------------------------------------


def test_a_suffixed_id_finds_no_token_and_our_frames_do(
    page: Page,
    chat_by_hand: ByHand,
    make_staff_site: MakeSite,
    complaints: Complaints,
) -> None:
    """The guide gives each organization an id that the module does not look for.

    004 §6.1: each organization has a panel of its own.
    004 §6.3: several of them can be in one page.
    004 §9.7: one script does not run twice: each document has one element.
    004 §6.2
    """
    complaints.expected = ["needs a script element of the id"]
    page.goto(chat_by_hand())
    mount = "id => fetchToken().then((token) => mount(token, id))"
    with page.expect_console_message(lambda said: said.type == "error"):
        assert page.evaluate(mount, f"{ELEMENT}-sales") == "loaded"
    assert page.get_by_role("region", name=PANEL).count() == 0

    both = PAGE.replace("{{ chathub() }}", "{{ chathub('sales') }}{{ chathub() }}")
    page.goto(make_staff_site(PAGE=both) + "/login?user=olha")
    tokens = set()
    for organization in ("sales", "support"):
        panel = chat(page, organization)
        expect(panel.get_by_role("heading", name="Chats")).to_be_visible()
        element = panel.locator(f"script[id^='{ELEMENT}']")
        expect(element).to_have_count(1)
        tokens.add(element.get_attribute("token"))
    assert len(tokens) == 2
    assert page.locator(f"script[id^='{ELEMENT}']").count() == 0


def test_the_page_hears_of_each_organizations_panel(
    page: Page, make_staff_site: MakeSite, complaints: Complaints
) -> None:
    """
    004 §6.4: the page hears when an organization's panel is loaded.
    004 §6.5: it hears when one failed.
    004 §6.1
    """
    complaints.expected = [FAILED_LOAD]
    record_events(page)
    site = make_staff_site()
    page.goto(site + "/login?user=olha")
    page.wait_for_function("window.heard.some(([name]) => name === 'ready')")
    assert heard(page, "ready") == [{"organization": "sales"}]
    page.route("**/widget-script.js", lambda route: route.abort())
    page.get_by_role("tab", name="support").click()
    page.wait_for_function("window.heard.some(([name]) => name === 'error')")
    failed = {"organization": "support", "code": "script_blocked"}
    assert heard(page, "error")[0] == failed
