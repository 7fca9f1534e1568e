"""ChatHub's widget guide on good practice, errors, trouble and tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import responses
from click.testing import Result
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, expect

from flask_app_inbox import ConfigError
from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import chat, chats_are_shown, frames, reply, write
from tests.chathub.site import make_app
from tests.contract.chathub_company import PANEL, ByHand
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

MakeApp = Callable[..., Flask]
MakeSite = Callable[..., str]
Run = Callable[..., Result]

FALLBACK = {"text": "Write to us", "link": "mailto:help@example.com"}
ORIGIN = ("--origin", "https://shop.example")


@pytest.fixture
def run(make_staff_app: MakeApp) -> Run:
    """Run a command of ``flask chathub``."""

    def run(*arguments: str, **settings: Any) -> Result:
        app = make_staff_app(**settings)
        return app.test_cli_runner().invoke(args=["chathub", *arguments])

    return run


# --- safety -------------------------------------------------------------------


@pytest.mark.parametrize("key", ["CHATHUB_API_URL", "CHATHUB_SCRIPT_URL"])
def test_the_vendor_is_called_by_https(key: str) -> None:
    """004 §7.3: every request to the API goes by HTTPS."""
    settings = make_app().extensions["chathub"].settings
    assert getattr(settings, key.removeprefix("CHATHUB_").lower()).startswith("https:")
    with pytest.raises(ConfigError, match=key):
        make_app(**{key: "http://chatapi.smsbat.com"})


# --- speed --------------------------------------------------------------------


def test_the_page_does_not_wait_for_the_panel(
    page: Page, make_staff_site: MakeSite
) -> None:
    """
    004 §7.8: the panel is loaded asynchronously.
    004 §7.12: it does not hold up the page.
    004 §7.13: while it is loaded, the page says so.
    """
    held: dict[str, Route] = {}
    page.route("**/chathub.*.js", lambda route: held.update(ours=route))
    page.route("**/widget-script.js", lambda route: held.update(vendors=route))
    site = make_staff_site() + "/login?user=olha"
    with page.expect_request("**/chathub.*.js"):
        page.goto(site, wait_until="domcontentloaded")
    expect(page.get_by_role("heading", name="Staff")).to_be_visible()
    assert page.locator("script[src*='/chathub.']").evaluate("script => script.async")
    with page.expect_request("**/widget-script.js"):
        held["ours"].continue_()
    status = page.get_by_role("status")
    expect(status).to_have_text("Opening the chat…")
    held["vendors"].continue_()
    chats_are_shown(page)
    expect(status).to_have_count(0)


# --- errors -------------------------------------------------------------------

NOT_VALID = {"isValid": False, "error": "Invalid token"}
INVALID: dict[str, Any] = {
    "route": "validate-token",
    "kind": "types",
    "value": NOT_VALID,
}

#: What goes wrong: requests of the page that fail, or none; and the code that tells.
FAILURES = {
    "an invalid token": ("", "vendor_invalid"),
    "no network": ("**/chathub/token", "network"),
    "no script": ("**/widget-script.js", "script_blocked"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_and_overcome(
    name: str,
    page: Page,
    make_staff_site: MakeSite,
    control: Control,
    complaints: Complaints,
) -> None:
    """
    004 §7.11: errors are handled gracefully.
    004 §7.14: errors of the network are handled.
    004 §7.15: there is another way to get in touch.
    004 §8.2: with an invalid token, that other way is shown in place of the panel.
    004 §8.3; 004 §9.4: the page's console names what failed.
    004 §8.4: a script that does not load is handled in the same way.
    004 §8.5: the page says that the chat is not available for the moment.
    004 §8.6: the other way is a link, such as an address for mail.
    """
    complaints.expected = [FAILED_LOAD]
    failing, code = FAILURES[name]
    if failing:
        page.route(failing, lambda route: route.abort())
    else:
        control.call("POST", "faults", times=None, **INVALID)
    site = make_staff_site(CHATHUB_FALLBACK=FALLBACK)
    told = f"ChatHub: no panel for sales: {code}"
    with page.expect_console_message(lambda said: said.text == told):
        page.goto(site + "/login?user=olha")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("The chat is not available at the moment.")
    link = notice.get_by_role("link", name="Write to us")
    expect(link).to_have_attribute("href", "mailto:help@example.com")
    expect(page.get_by_role("heading", name="Staff")).to_be_visible()
    control.call("DELETE", "faults")
    page.unroute_all()
    notice.get_by_role("button", name="Try again").click()
    chats_are_shown(page)
    expect(notice).to_have_count(0)


def test_the_token_is_validated_before_the_script_is_loaded(
    page: Page, make_staff_site: MakeSite, control: Control
) -> None:
    """004 §8.1"""
    page.goto(make_staff_site() + "/login?user=olha")
    chats_are_shown(page)
    paths = control.paths()
    script = "/operator-chat-panel/widget-script.js"
    assert paths.index("/api/operator/validate-token") < paths.index(script)


# --- devices ------------------------------------------------------------------

DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 640}, "has_touch": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}


@pytest.mark.parametrize("device", DEVICES)
def test_the_panel_works_on_each_device(
    device: str,
    new_context: Callable[..., BrowserContext],
    make_staff_site: MakeSite,
    control: Control,
) -> None:
    """Only Chromium is tried.

    004 §7.16: the panel is tried on different browsers and devices.
    """
    write(control, "Ann", "Hello?")
    page = new_context(**DEVICES[device]).new_page()
    page.goto(make_staff_site() + "/login?user=olha")
    reply(chat(page), "Ann", "Hello!")
    for frame in page.frames:
        fits = "document.documentElement.scrollWidth <= innerWidth"
        assert frame.evaluate(fits)
    box = frames(page).bounding_box()
    assert 0 < box["x"] < box["x"] + box["width"] < DEVICES[device]["viewport"]["width"]


# --- trouble ------------------------------------------------------------------


def test_a_command_tells_whether_a_token_is_good(run: Run, control: Control) -> None:
    """
    004 §9.1: whoever has no panel checks that the token is valid.
    004 §9.2
    """
    told = run("token", "101").output
    assert re.search(r"^isValid +True$", told, re.MULTILINE)
    assert re.search(r"^expiresAt +20\d\d-\S+Z$", told, re.MULTILINE)
    control.call("POST", "faults", **INVALID)
    assert re.search(r"^isValid +False$", run("token", "101").output, re.MULTILINE)


def test_a_command_finds_wrong_addresses(run: Run, sandbox: SandboxServer) -> None:
    """
    004 §9.3: whoever has no panel checks the script's address.
    004 §9.5: they check that the vendor can be reached.
    """
    assert run("check", *ORIGIN).exit_code == 0
    wrong = f"{sandbox.url}/operator-chat-panel/other.js"
    found = run("check", *ORIGIN, CHATHUB_SCRIPT_URL=wrong)
    assert found.exit_code == 1
    assert f"the vendor answered 404 ({wrong})" in found.output
    found = run("check", CHATHUB_API_URL="http://127.0.0.1:9")
    assert found.exit_code == 1
    assert "Check CHATHUB_API_URL and the network" in found.output


def test_a_command_tells_of_a_domain_that_the_vendor_does_not_know(
    run: Run, sandbox: SandboxServer
) -> None:
    """
    004 §9.8: the site's domain has to be allowed at the vendor.
    004 §9.9: after an error of CORS, its support is asked.
    """
    script = "https://widget.smsbat.test/panel.js"
    with responses.RequestsMock() as vendor:
        vendor.add_passthru(sandbox.url)
        vendor.head(script, headers={"Access-Control-Allow-Origin": "https://x.test"})
        found = run("check", *ORIGIN, CHATHUB_SCRIPT_URL=script)
    assert found.exit_code == 1
    assert "does not let pages of https://shop.example load its panel" in found.output
    assert "ask its support to whitelist your domain" in found.output


# --- development --------------------------------------------------------------

TAG = '<script type="module" id="operator-chat-panel-script" src="{source}" token="%s">'
DEVELOPMENT = "test-token-for-development"


@pytest.mark.parametrize("is_development", [True, False])
def test_the_token_for_development(
    is_development: bool,
    page: Page,
    chat_by_hand: ByHand,
    control: Control,
    complaints: Complaints,
) -> None:
    """
    004 §10.1: a test token stands in for a real one during development.
    004 §10.2: in production the token has to be a real one.
    """
    complaints.expected = [] if is_development else [FAILED_LOAD]
    control.call("PUT", "chathub/tokens", developmentToken=is_development)
    write(control, "Ann", "Hello?")
    page.goto(chat_by_hand(element=TAG % DEVELOPMENT + "</script>"))
    panel = page.get_by_role("region", name=PANEL)
    if is_development:
        expect(panel).to_contain_text("Ann")
    else:
        expect(panel.get_by_role("alert")).to_have_text("Your session has expired.")
