"""Nothing of the panel outlives its operator, and swapped pages keep it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect

from tests.chathub.browser.chat import (
    ISSUE,
    chat,
    chats_are_shown,
    frames,
    heard,
    record_events,
    reply,
    write,
)
from tests.chathub.site import PAGE, TWO_OPERATORS
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import (
    MORPHING,
    MORPHS,
    SWAPPING,
    Swapping,
    load_libraries,
)
from tests.fixtures.waiting import wait_in

STAYS = "<div id='stays' data-turbo-permanent>{{ chathub() }}</div>"


@pytest.fixture(autouse=True)
def refused_requests(complaints: Complaints) -> None:
    complaints.expected = [FAILED_LOAD]


def test_another_operator_in_one_tab_removes_the_panel_in_all(
    context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    site = make_staff_site(
        STAFF_OF={"olha": {"support": 101}, "taras": {"support": 102}}
    )
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        record_events(tab)
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab, "support")
    right.goto(site + "/login?user=taras")
    chats_are_shown(right, "support")
    expect(frames(left)).to_have_count(0)
    assert heard(left, "removed") == [
        {"organization": "support", "code": "user_changed"}
    ]


def test_an_operator_who_lost_one_organization_keeps_the_other(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    staff = {"olha": {"sales": 101, "support": 102}}
    record_events(page)
    page.goto(make_staff_site(STAFF_OF=staff) + "/login?user=olha")
    chats_are_shown(page)
    del staff["olha"]["sales"]
    page.evaluate("document.dispatchEvent(new CustomEvent('chathub:check'))")
    expect(page.get_by_role("tab")).to_have_count(1)
    chats_are_shown(page, "support")
    expect(frames(page)).to_have_count(1)
    removed = {"organization": "sales", "code": "not_an_operator"}
    assert heard(page, "removed") == [removed]


#: What makes a page look who is here, where nothing else could tell it.
OCCASIONS = (
    "dispatchEvent(new Event('focus'))",
    "document.dispatchEvent(new CustomEvent('chathub:check'))",
)


def test_a_page_sees_a_logout_and_the_same_operator_again(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    for occasion in OCCASIONS:
        page.evaluate("fetch('/logout')")
        page.evaluate(occasion)
        expect(frames(page)).to_have_count(0)
        expect(page.get_by_role("tab")).to_have_count(0)
        page.evaluate("fetch('/login?user=olha')")
        page.evaluate(occasion)
        chats_are_shown(page)


def test_many_tabs_with_many_panels_ask_and_leave_as_one(
    context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    both = "{{ chathub('sales') }} {{ chathub('support') }}"
    site = make_staff_site(PAGE=PAGE.replace("{{ chathub() }}", both))
    tabs = [context.new_page() for _ in range(4)]
    for tab in tabs:
        record_events(tab)
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab)
    looks: list[str] = []
    context.on("request", lambda request: looks.append(urlsplit(request.url).path))
    shown = tabs.pop()  # the newest one; browsers slow the others down
    for path in ("/two", "/", "/two"):
        shown.goto(site + path)
        chats_are_shown(shown)
    assert looks.count("/chathub/user") <= 3  # one for each page that went away
    shown.goto(site + "/logout")
    for tab in tabs:
        expect(frames(tab)).to_have_count(0)
        left = [(one["organization"], one["code"]) for one in heard(tab, "removed")]
        assert sorted(left) == [
            (name, "login_required") for name in ("sales", "support")
        ]
    assert looks.count("/chathub/user") <= 5


def test_a_tab_that_only_goes_on_leaves_the_others_alone(
    context: BrowserContext, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Hello?")
    site = make_staff_site()
    left, right = context.new_page(), context.new_page()
    for tab in (left, right):
        tab.goto(site + "/login?user=olha")
        chats_are_shown(tab)
    right.goto(site + "/two")
    chats_are_shown(right)
    right.close()
    reply(chat(left), "Ann", "Hello!")
    assert control.paths().count(ISSUE) == 1


def test_an_element_that_is_moved_goes_on_working(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Hello?")
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    page.evaluate("document.body.append(document.querySelector('chathub-panel'))")
    chats_are_shown(page)
    reply(chat(page), "Ann", "Hello!")
    expect(frames(page)).to_have_count(1)


# A body that is replaced, one whose content is, and one that is morphed: the bell's
# tests have every library.
@pytest.mark.parametrize(
    "swapping", ["turbo", "htmx", "htmx 4, morphing"], indirect=True
)
def test_swapped_pages_keep_one_working_panel_as_long_as_its_operator(
    swapping: Swapping,
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    write(control, "Ann", "Hello?")
    layout = swapping.dress(page.context, PAGE)
    site = make_staff_site(PAGE=layout, STAFF_OF=TWO_OPERATORS)
    page.goto(f"{site}/login?user=olha")
    chats_are_shown(page)
    page.evaluate("window.sameDocument = true")

    def follow(name: str, path: str) -> None:
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_url(site + path)

    for name, path in (("Two", "/two"), ("Plain", "/plain"), ("Home", "/")):
        follow(name, path)
        expect(frames(page)).to_have_count(0 if name == "Plain" else 1)
    chats_are_shown(page)
    reply(chat(page), "Ann", "Hello!")
    assert control.paths().count(ISSUE) == 1
    follow("Log out", "/plain")
    expect(frames(page)).to_have_count(0)
    follow("Bob", "/")  # that is Taras
    chats_are_shown(page, "support")
    expect(frames(page)).to_have_count(1)
    assert page.evaluate("window.sameDocument")


def test_an_answer_from_before_a_logout_hides_it_from_no_tab(
    context: BrowserContext, make_staff_site: Callable[..., str]
) -> None:
    site = make_staff_site(PAGE=SWAPPING["turbo"].dress(context, PAGE))
    other, page = context.new_page(), context.new_page()
    for tab in (other, page):
        tab.goto(f"{site}/login?user=olha")
        chats_are_shown(tab)
    held: list[tuple[Route, APIResponse]] = []
    page.route(
        "**/chathub/user", lambda route: held.append((route, route.fetch())), times=1
    )
    page.evaluate("document.dispatchEvent(new Event('chathub:check'))")
    wait_in(page, lambda: held)
    page.get_by_role("link", name="Log out").click()
    page.wait_for_url(site + "/plain")
    expect(frames(page)).to_have_count(0)
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(frames(other)).to_have_count(0)


def test_a_panel_that_stays_while_pages_are_swapped_goes_with_its_operator(
    page: Page, control: Control, make_staff_site: Callable[..., str]
) -> None:
    write(control, "Ann", "Hello?")
    stays = PAGE.replace("{{ chathub() }}", STAYS)
    site = make_staff_site(PAGE=SWAPPING["turbo"].dress(page.context, stays))
    page.goto(site + "/login?user=olha")
    chats_are_shown(page)
    page.get_by_role("link", name="Two", exact=True).click()
    page.wait_for_url("**/two")
    chats_are_shown(page)
    page.get_by_role("link", name="Log out").click()
    expect(frames(page)).to_have_count(0)


@pytest.mark.parametrize(("libraries", "morph"), MORPHS.values(), ids=MORPHS)
def test_half_an_answer_survives_a_morph(
    libraries: list[str],
    morph: str,
    page: Page,
    make_staff_site: Callable[..., str],
    control: Control,
) -> None:
    write(control, "Ann", "Hello?")
    head = load_libraries(page.context, *libraries) + MORPHING + "</head>"
    page.goto(make_staff_site(PAGE=PAGE.replace("</head>", head)) + "/login?user=olha")
    chat(page).get_by_role("button", name="Ann").click()
    field = chat(page).get_by_label("Your answer")
    field.fill("Half an ans")
    page.frames[1].evaluate("window.same = true")
    page.evaluate(f"async () => {{ {morph} }}")
    expect(field).to_have_value("Half an ans")
    assert page.frames[1].evaluate("window.same")
    page.evaluate("document.querySelector('chathub-panel').replaceChildren()")
    expect(field).to_be_focused()
