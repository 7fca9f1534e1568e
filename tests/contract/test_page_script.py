"""The web guides on the script: what our page script does, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from flask_app_inbox import ConfigError, Contact
from flask_app_inbox.sandbox import SandboxServer
from tests.contract.site import ANN, client_of
from tests.fixtures.bell import bell, message, open_panel
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.streamed import SNIPPET, StreamedPage

EMAIL = "ann@example.com"
OPTIONS = {"getAuthTokenCallback": "a function", "language": "en"}
#: Settings, and what a guide shows after 'init' for them.
INITS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "one object": ({"INIT_FORM": "options"}, [OPTIONS]),
    "two objects": ({}, [{"APP_INBOX": True}, OPTIONS]),
    "two objects with more flags": (
        {"FEATURES": {"RECOMS": True, "TRACKING": False}},
        [{"RECOMS": True, "TRACKING": False, "APP_INBOX": True}, OPTIONS],
    ),
    "another language": (
        {"LANGUAGE": "ru"},
        [{"APP_INBOX": True}, OPTIONS | {"language": "ru"}],
    ),
}
#: The addresses of the script that the guides show, and the settings for each.
SCRIPTS = {
    "https://statics.esputnik.com/scripts/UUID.js": None,
    "https://cdn.esputnik.com/scripts/UUID.js": "https://cdn.esputnik.com",
}
Stream = Callable[..., StreamedPage]
MakeSite = Callable[..., str]


def open_whole(stream: Stream, contact: Contact | None, **settings: Any) -> Any:
    """Open a page that carries the snippet, with all of its scripts."""
    streamed = stream(SNIPPET + "{{ app_inbox() }}", contact=contact, **settings)
    streamed.let_come("rest", "ours", "vendor")
    return streamed


def answers_to(page: Page) -> list[Response]:
    """Return a list of all answers that a page gets from now on."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    return answers


# --- init ---------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "given"), INITS.values(), ids=INITS)
def test_our_page_script_makes_each_documented_init(
    settings: dict[str, Any], given: list[Any], stream: Stream
) -> None:
    """
    000 §3.5: init gets one object, with the callback and the language.
    001, 002 §3.5: init gets flags, RECOMS and TRACKING among them, then the options.
    001, 002 §3.16: APP_INBOX may be the only flag.
    000, 001, 002 §3.2: the callback is among the parameters of init.
    """
    assert open_whole(stream, ANN, **settings).inits == [given]


@pytest.mark.parametrize("name", list(INITS)[:3])
def test_each_init_of_our_page_script_gets_a_bell(
    name: str, page: Page, control: Control, make_site: MakeSite
) -> None:
    """The account takes no form but that of the settings.

    000, 001, 002 §1.1: a site gives tokens, the script with its init, and a place.
    000, 001, 002 §3.1: the script is installed and initialised in the page.
    """
    settings, _ = INITS[name]
    control.call("PUT", "site", initForm=settings.get("INIT_FORM", "features"))
    control.add(EMAIL, "Hello")
    page.goto(f"{make_site(**settings)}/login?email={EMAIL}")
    expect(bell(page, unread=1)).to_be_visible()
    open_panel(page)
    message(page, "Hello").click()
    expect(bell(page, unread=0)).to_be_visible()


@pytest.mark.parametrize("features", [{}, {"RECOMS": True, "TRACKING": False}])
def test_our_page_script_leaves_visitors_the_init_of_web_tracking(
    features: dict[str, bool], stream: Stream
) -> None:
    """
    000, 001, 002 §3.4: the init of an installed script is extended, not replaced.
    000, 001, 002 §1.2
    """
    given = [features] if features else []
    assert open_whole(stream, None, FEATURES=features).inits == [given]


@pytest.mark.parametrize("own", ["eS('init');", "eS('init', {APP_INBOX: true}, {});"])
def test_our_page_script_makes_no_second_init(own: str, stream: Stream) -> None:
    """
    000, 001, 002 §3.7: one page calls init one time.
    000, 001, 002 §3.10
    """
    body = f"{SNIPPET}<script>{own}</script>{{{{ app_inbox() }}}}"
    streamed = stream(body, contact=ANN)
    streamed.let_come("rest", "vendor", "ours")
    assert (len(streamed.inits), streamed.codes) == (1, ["second_init"])


def test_every_page_that_loads_calls_init(stream: Stream) -> None:
    """000, 001, 002 §3.6: init is called at every load of a page."""
    streamed = open_whole(stream, ANN)
    for _ in range(2):
        streamed.page.reload()
        streamed.page.wait_for_function("window.inits.length")
        assert streamed.inits == [[{"APP_INBOX": True}, OPTIONS]]


# --- the vendor's script ------------------------------------------------------


def test_an_installed_script_is_not_installed_again(
    stream: Stream, sandbox: SandboxServer
) -> None:
    """000, 001, 002 §3.3: a script that the page has is not installed again."""
    streamed = open_whole(stream, ANN, SCRIPT_ID="SITE", SCRIPT_URL=sandbox.url)
    assert streamed.page.locator("script[src$='/scripts/SITE.js']").count() == 1
    assert len(streamed.inits) == 1


@pytest.mark.parametrize(("address", "script_url"), SCRIPTS.items())
def test_every_script_address_of_the_guides_is_loaded(
    address: str, script_url: str | None, page: Page, make_site: MakeSite
) -> None:
    """The page and its ``init`` do not wait for the script.

    000, 001, 002 §3.11: the script is loaded asynchronously.
    000, 001, 002 §3.12: its address is the guide's, with the account's id.
    000, 001, 002 §3.13: until it comes, calls wait in a queue of the documented kind.
    000, 001, 002 §3.15: init is called behind the loader, before the script is there.
    """
    held: list[Route] = []
    page.route("**/scripts/**", lambda route: held.append(route))
    site = make_site(SCRIPT_ID="UUID", SCRIPT_URL=script_url)
    page.goto(f"{site}/login?email={EMAIL}", wait_until="domcontentloaded")
    page.wait_for_function("window.eS && eS.q.length")
    assert page.evaluate("[...eS.q].map(([call]) => [...call].slice(0, 2))") == [
        ["init", {"APP_INBOX": True}]
    ]
    script = page.locator(f"script[src='{address}']")
    assert script.count() == 1
    assert script.evaluate("script => script.async")
    assert {route.request.url for route in held} == {address}
    for route in held:
        route.fulfill(body="", content_type="text/javascript")


def test_calls_of_the_page_are_kept(stream: Stream) -> None:
    """000, 001, 002 §3.14: a stand-in that the page has already is kept."""
    tracked = "<script>eS('sendEvent', 'PageView');</script>"
    streamed = stream(SNIPPET + tracked + "{{ app_inbox() }}", contact=ANN)
    streamed.let_come("rest", "ours")
    names = "[...window.eS.q].map(([call]) => call[0])"
    assert streamed.page.evaluate(names) == ["sendEvent", "init"]


# --- the callback -------------------------------------------------------------


def test_the_callback_is_a_function_that_promises_a_token(
    stream: Stream, control: Control
) -> None:
    """
    000, 001, 002 §4.2: the callback is a function that takes nothing and gives a
        promise of a string.
    000, 001, 002 §4.4: it asks the site's own server.
    000, 001 §4.7: the promise is kept with the token from the server's answer.
    000, 001, 002 §2.10
    """
    control.add(EMAIL)
    streamed = open_whole(stream, ANN)
    answers = answers_to(streamed.page)
    call = "window.inits[0][1].getAuthTokenCallback"
    assert streamed.page.evaluate(f"{call}.length") == 0
    early = streamed.page.evaluate(f"(window.promise = {call}()) instanceof Promise")
    assert early is True
    assert isinstance(streamed.page.evaluate("window.promise"), str)
    for _ in range(2):
        given = streamed.page.evaluate(f"{call}()")
        assert answers[-1].url.endswith("/app-inbox/token")
        assert answers[-1].json() == {"token": given}
    assert control.paths().count(TOKEN_PATH) == 3


def test_the_callback_promises_an_empty_token_for_whom_the_vendor_does_not_know(
    stream: Stream,
) -> None:
    """000, 001, 002 §2.12"""
    streamed = open_whole(stream, ANN)
    call = "window.inits[0][1].getAuthTokenCallback()"
    assert streamed.page.evaluate(call) == ""


def test_the_page_asks_the_site_and_shows_the_vendor_tokens(
    page: Page, sandbox: SandboxServer, control: Control, make_site: MakeSite
) -> None:
    """
    000, 001, 002 §2.1: the server asks for the token; no page has the key.
    000, 001, 002 §2.9: the script carries the token in its requests to the vendor.
    """
    control.add(EMAIL, "Hello")
    answers = answers_to(page)
    page.goto(f"{make_site()}/login?email={EMAIL}")
    expect(bell(page, unread=1)).to_be_visible()
    from_site = [one for one in answers if not one.url.startswith(sandbox.url)]
    vendors = [one.request for one in answers if one.url.startswith(sandbox.url)]
    shown = [one.text() for one in from_site if one.status == 200]
    assert not any("sandbox-key" in text for text in shown)
    assert all("/scripts/" in one.url or "/appinbox/" in one.url for one in vendors)
    [issued] = [one.json()["token"] for one in from_site if one.url.endswith("token")]
    carried = [one.headers["es-token"] for one in vendors if "/appinbox/" in one.url]
    assert carried[0] == issued


def test_our_page_script_renews_a_token(
    page: Page, control: Control, complaints: Complaints, make_site: MakeSite
) -> None:
    """000, 001, 002 §2.11: the script renews a dead token by calling the callback."""
    complaints.expected = [FAILED_LOAD]
    control.add(EMAIL, "First")
    page.goto(f"{make_site()}/login?email={EMAIL}")
    expect(bell(page, unread=1)).to_be_visible()
    before = control.paths().count(TOKEN_PATH)
    control.call("DELETE", "tokens")
    control.send(EMAIL, "Second")
    expect(bell(page, unread=2)).to_be_visible()
    assert control.paths().count(TOKEN_PATH) == before + 1


# --- the language -------------------------------------------------------------


def test_the_language_is_of_iso_639_1(stream: Stream) -> None:
    """000, 001, 002 §4.6: the language is a string of ISO 639-1."""
    [[_, options]] = open_whole(stream, ANN, LANGUAGE="pt-BR").inits
    assert options["language"] == "pt"
    with pytest.raises(ConfigError, match="APP_INBOX_LANGUAGE"):
        client_of(LANGUAGE="klingon")
