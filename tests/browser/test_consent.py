"""Nothing of the vendor is loaded before the page says that it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from flask_app_inbox import Contact
from tests.fixtures.bell import bell
from tests.fixtures.browser import LAYOUT
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.libraries import SWAPPING
from tests.fixtures.streamed import SNIPPET, StreamedPage

ANN = "ann@example.com"
BOB = "bob@example.com"
AGREE = "document.dispatchEvent(new Event('app-inbox:consent'))"
SAY_EARLY = "document.documentElement.dataset.appInboxConsent = 'yes';"


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asks for besides itself and our script."""
    asked: list[str] = []

    def hear(url: str) -> None:
        if "/scripts/" in url or url.endswith("/token"):
            asked.append(url)

    page.on("request", lambda request: hear(request.url))
    return asked


def wait_for_our_script(page: Page) -> None:
    page.wait_for_load_state()
    page.wait_for_function("window.__appInbox")


def test_nothing_of_the_vendor_comes_before_consent_and_the_bell_after(
    page: Page, control: Control, make_site: Callable[..., str], asked: list[str]
) -> None:
    control.add(ANN, "Hello")
    page.goto(f"{make_site(CONSENT=True)}/login?email={ANN}")
    wait_for_our_script(page)
    assert (asked, control.paths()) == ([], [])
    assert page.evaluate("typeof window.eS") == "undefined"
    expect(page.locator("#app-inbox")).to_be_attached()
    page.evaluate(AGREE)
    expect(bell(page, unread=1)).to_be_visible()
    page.evaluate(AGREE)  # banners say so more than once
    expect(bell(page)).to_have_count(1)
    assert control.paths().count(TOKEN_PATH) == 1


@pytest.mark.parametrize("way", ["by the page", "by the server"])
def test_a_page_may_say_so_before_our_script_has_come(
    way: str, page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.add(ANN, "Hello")
    if way == "by the page":
        early = f"<head><script>{SAY_EARLY} {AGREE};</script>"
        layout = LAYOUT.replace("<head>", early)
    else:
        layout = LAYOUT.replace("<html", '<html data-app-inbox-consent="yes"')
    page.goto(f"{make_site(CONSENT=True, layout=layout)}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()


def test_any_other_word_is_no_consent(
    page: Page, control: Control, make_site: Callable[..., str], asked: list[str]
) -> None:
    control.add(ANN, "Hello")
    layout = LAYOUT.replace("<html", '<html data-app-inbox-consent="no"')
    page.goto(f"{make_site(CONSENT=True, layout=layout)}/login?email={ANN}")
    wait_for_our_script(page)
    assert asked == []


@pytest.fixture(params=["turbo", "htmx"])
def swapping_site(
    request: pytest.FixtureRequest,
    context: BrowserContext,
    make_site: Callable[..., str],
) -> str:
    """A site that waits for consent and whose links swap the body."""
    layout = SWAPPING[request.param].dress(context, LAYOUT)
    return make_site(layout=layout, CONSENT=True)


@pytest.mark.parametrize("who", [ANN, BOB])
def test_consent_in_a_swapped_page_opens_the_inbox_of_its_user(
    who: str,
    swapping_site: str,
    page: Page,
    control: Control,
    complaints: Complaints,
    asked: list[str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    control.add(BOB, "First", "Second")
    page.goto(f"{swapping_site}/login?email={ANN}")
    wait_for_our_script(page)
    page.get_by_role("link", name="Two" if who == ANN else "Bob").click()
    page.wait_for_url("**/two" if who == ANN else f"{swapping_site}/")
    expect(page.locator("main")).to_have_text(who)
    # The swapped body runs our script again.
    page.wait_for_function(
        "window.__appInbox.newest === document.body.querySelector('[data-user]')"
    )
    assert asked == []
    page.evaluate(AGREE)
    expect(bell(page, unread=1 if who == ANN else 2)).to_be_visible()
    expect(bell(page)).to_have_count(1)


@pytest.mark.parametrize("contact", [Contact(email=ANN), None], ids=["contact", "none"])
def test_where_the_page_carries_the_snippet_our_init_waits(
    contact: Contact | None, stream: Callable[..., StreamedPage]
) -> None:
    streamed = stream(SNIPPET + "{{ app_inbox() }}", contact=contact, CONSENT=True)
    streamed.let_come("rest", "vendor", "ours")
    assert streamed.inits == []
    streamed.page.evaluate(AGREE)
    assert len(streamed.inits) == 1
