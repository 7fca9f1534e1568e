"""The console's cards for OAuth and ChatHub, as somebody uses them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import BrowserContext, Locator, Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.receiver import Receiver

CALLBACK = "http://127.0.0.1:5000/app-inbox/oauth/callback"


@pytest.fixture
def console(sandbox: SandboxServer, page: Page) -> Page:
    """Return the console, open."""
    page.goto(sandbox.url)
    return page


def _card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def _register(card: Locator) -> dict[str, str]:
    """Register an app; return the settings that the card shows."""
    card.get_by_text("Register an app").click()
    card.get_by_label("Name", exact=True).fill("Zavarka")
    card.get_by_label("Callback URL", exact=True).fill(CALLBACK)
    card.get_by_role("button", name="Register app").click()
    fresh = card.get_by_role("group", name="Settings of your site")
    expect(fresh).to_be_focused()
    names = fresh.get_by_role("term").all_inner_texts()
    return dict(zip(names, fresh.locator("dd code").all_inner_texts(), strict=True))


def _connect(url: str, settings: dict[str, str]) -> int:
    """Go through the consent as a browser and a site do."""
    client = settings["APP_INBOX_OAUTH_CLIENT_ID"]
    where = {"client_id": client, "redirect_uri": CALLBACK, "response_type": "code"}
    allowed = requests.post(
        f"{url}/uaa/oauth/authorize",
        params=where,
        data={"decision": "allow", "account": "Shop <b>"},
        allow_redirects=False,
        timeout=5,
    )
    code = allowed.headers["Location"].partition("code=")[2].partition("&")[0]
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    secret = settings["APP_INBOX_OAUTH_CLIENT_SECRET"]
    return requests.post(
        settings["APP_INBOX_OAUTH_URL"] + "/oauth/token",
        data=grant,
        auth=(client, secret),
        timeout=5,
    ).status_code


def test_an_app_is_registered_connected_and_disconnected(
    console: Page, sandbox: SandboxServer, control: Control
) -> None:
    card = _card(console, "OAuth apps")
    expect(card.get_by_text("No app is registered.")).to_be_visible()
    settings = _register(card)
    assert settings["APP_INBOX_OAUTH_REDIRECT_URI"] == CALLBACK
    assert _connect(sandbox.url, settings) == 200
    expect(card.get_by_text("Shop <b> → Zavarka")).to_be_visible()
    expect(card.get_by_text("1 access token · 0 refreshes")).to_be_visible()
    card.get_by_role("button", name="End all access tokens").click()
    expect(card.get_by_text("0 access tokens · 0 refreshes")).to_be_visible()
    card.get_by_role("button", name="Disconnect Shop <b> from Zavarka").click()
    expect(card.get_by_text("void: the owner disconnected the app")).to_be_visible()
    assert control.call("GET", "oauth")["connections"][0]["void"]
    card.get_by_role("button", name="Delete Zavarka").click()
    expect(card.get_by_text("No app is registered.")).to_be_visible()
    expect(card.get_by_role("group", name="Settings of your site")).to_be_hidden()


def test_a_customer_writes_and_the_chat_is_listed(
    console: Page, control: Control
) -> None:
    card = _card(console, "ChatHub")
    expect(card.get_by_text("Nobody has written yet.")).to_be_visible()
    form = card.locator("#chat-form")
    form.get_by_label("Organization").select_option("Support")
    form.get_by_label("Customer").fill("Ann")
    form.get_by_label("Message").fill("Is <i>that</i> mine?")
    form.get_by_role("button", name="Send as customer").click()
    expect(card.get_by_text("Support · 1 unanswered")).to_be_visible()
    card.get_by_text("Messages of Ann").click()
    words = card.get_by_text("Ann: Is <i>that</i> mine?")
    expect(words).to_be_visible()
    control.call("POST", "chathub/messages", customer="Ann", text="x")
    expect(card.get_by_text("Sales · 1 unanswered")).to_be_visible()
    expect(words).to_be_visible()  # what was open stays open
    card.get_by_role("button", name="Write as Ann to Support").click()
    expect(form.get_by_label("Message")).to_be_focused()
    expect(form.get_by_label("Organization")).to_have_value("25")


def test_staff_is_added_and_dismissed(console: Page, control: Control) -> None:
    card = _card(console, "ChatHub")
    card.get_by_text("Add an organization or an operator").click()
    card.get_by_label("New organization").fill("Wholesale")
    card.get_by_role("button", name="Add organization").click()
    expect(card.get_by_text("organization 26")).to_be_visible()
    form = card.locator("#operator-form")
    form.get_by_label("Organization").select_option("Wholesale")
    form.get_by_label("New operator").fill("Ivan")
    form.get_by_role("button", name="Add operator").click()
    status = card.get_by_label("Status of Ivan")
    status.select_option("inactive")
    expect(console.locator("#toast")).to_have_text("Ivan is inactive now")
    (ivan,) = control.call("GET", "chathub/organizations")[2]["operators"]
    assert (ivan["name"], ivan["status"]) == ("Ivan", 1)


def test_a_vendor_that_refuses_is_told_in_the_form(
    console: Page, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*400")
    card = _card(console, "OAuth apps")
    card.get_by_text("Register an app").click()
    card.get_by_label("Callback URL", exact=True).fill("nowhere")
    card.get_by_role("button", name="Register app").click()
    expect(card.get_by_role("alert")).to_contain_text('"redirect_uri" must be a URL')


def test_the_console_fits_a_phone(
    sandbox: SandboxServer, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(sandbox.url)
    _register(_card(page, "OAuth apps"))
    for name in ("Lifetimes and habits", "Add an organization or an operator"):
        page.get_by_text(name).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_workflow_is_added_and_the_log_shows_an_events_way(
    console: Page, sandbox: SandboxServer, control: Control
) -> None:
    control.call("POST", "contacts", email="ann@example.com", externalCustomerId="7")
    card = _card(console, "Events")
    expect(card.get_by_text("No workflow waits for an event.")).to_be_visible()
    card.get_by_text("Add a workflow").click()
    card.get_by_label("Event", exact=True).fill("orderPlaced")
    card.get_by_label("Title", exact=True).fill("Order {number}")
    card.get_by_role("button", name="Add workflow").click()
    expect(card.get_by_text("orderPlaced → Order {number}")).to_be_visible()
    params = [{"name": "email", "value": "ann@example.com"}]
    params.append({"name": "number", "value": "12"})
    requests.post(
        f"{sandbox.url}/api/v2/event",
        json={"eventTypeKey": "orderPlaced", "params": params},
        auth=("any", "sandbox-key"),
        timeout=5,
    ).raise_for_status()
    expect(card.get_by_text("(email, number)")).to_be_visible()
    log = _card(console, "Live log")
    for says in ("orderPlaced was taken", "workflow 1 starts", "to contact [0-9]+"):
        expect(log.get_by_text(re.compile(says))).to_be_visible()
    [message] = control.call("GET", "messages?email=ann@example.com")
    assert message["title"] == "Order 12"
    card.get_by_role("button", name="Remove the workflow of orderPlaced").click()
    expect(card.get_by_text("No workflow waits for an event.")).to_be_visible()


def test_a_webhook_is_set_watched_and_taken_away(
    console: Page, control: Control, receiver: Receiver, complaints: Complaints
) -> None:
    complaints.expected.append(rf"{FAILED_LOAD}.*400")
    control.call("POST", "contacts", externalCustomerId="7")
    card = _card(console, "Webhook")
    card.get_by_label("Address").fill("http://192.0.2.1/")
    card.get_by_role("button", name="Save webhook").click()
    expect(card.get_by_text("must lead to this machine")).to_be_visible()
    card.get_by_label("Address").fill(receiver.url)
    card.get_by_label("Password").fill("secret")
    card.get_by_role("button", name="Save webhook").click()
    expect(card.get_by_role("heading", name="Webhook on")).to_be_visible()
    control.call("POST", "messages", externalCustomerId="7", title="Parcel")
    expect(card.get_by_text("The site answered 200 to attempt 1")).to_be_visible()
    card.get_by_role("button", name="No webhook").click()
    expect(card.get_by_role("heading", name="Webhook off")).to_be_visible()
    assert control.call("GET", "webhook")["url"] is None
