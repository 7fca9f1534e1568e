"""What the vendor's guides "Configuring App Inbox for websites" demand of us.

Three versions are known: eSputnik's in English, Reteno's in English and
eSputnik's in Russian; each test names those that say it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import responses
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from flask_app_inbox import AppInbox, ConfigError, Contact
from tests.fixtures.control import TOKEN_PATH, Control
from tests.fixtures.streamed import SNIPPET, StreamedPage

ANN = Contact(email="ann@example.com")

#: Settings that lead to each address of a token that a guide shows.
TOKEN_ADDRESSES = {
    "https://esputnik.com/v1/auth/contact/token": {"API_URL": "https://esputnik.com"},
    "https://esputnik.com/api/v1/auth/contact/token": {},
    "https://reteno.com/v1/auth/contact/token": {"PLATFORM": "reteno"},
}
#: Settings that lead to each address of the script that a guide shows.
SCRIPT_ADDRESSES = {
    "https://statics.esputnik.com/scripts/UUID.js": {},
    "https://cdn.esputnik.com/scripts/UUID.js": {
        "SCRIPT_URL": "https://cdn.esputnik.com"
    },
}


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as vendor:
        yield vendor


def client_of(contact: Contact | None = ANN, **settings: Any) -> FlaskClient:
    """Return a client of a site whose user is one contact."""
    app = Flask("site")
    app.config.update(SECRET_KEY="x", APP_INBOX_API_KEY="the-key")
    app.config.update({f"APP_INBOX_{key}": settings[key] for key in settings})
    AppInbox(app).contact_loader(lambda: contact)
    app.add_url_rule("/", view_func=lambda: render_template_string("{{ app_inbox() }}"))
    return app.test_client()


def script_of(client: FlaskClient) -> dict[str, str | None]:
    """Return the attributes of our script element in the site's page."""
    found: list[dict[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            if tag == "script":
                found.append(dict(attrs))

    Reader().feed(client.get("/").text)
    return found[0] if found else {}


@pytest.mark.parametrize(("address", "settings"), TOKEN_ADDRESSES.items())
def test_every_token_address_of_the_guides_is_reachable(
    address: str, settings: dict[str, Any], vendor: responses.RequestsMock
) -> None:
    """All three: the request goes to the address that the guide shows, by POST."""
    vendor.post(address, json={"token": "T"})
    assert client_of(**settings).post("/app-inbox/token").json == {"token": "T"}


def test_a_token_request_is_json(vendor: responses.RequestsMock) -> None:
    """All three: the request header Content-Type is application/json."""
    vendor.post(next(iter(TOKEN_ADDRESSES)), json={"token": "T"})
    client_of(API_URL="https://esputnik.com").post("/app-inbox/token")
    assert vendor.calls[0].request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("contact", "body"),
    [
        (Contact(email="a@b.example"), {"email": "a@b.example"}),
        (Contact(phone="+380 (94) 258-36-91"), {"phone": "380942583691"}),
        (Contact(external_customer_id="42"), {"externalCustomerId": "42"}),
        (
            Contact("a@b.example", "380942583691", "42", "Ann", "Lee"),
            {
                "email": "a@b.example",
                "phone": "380942583691",
                "externalCustomerId": "42",
            },
        ),
    ],
)
def test_the_body_holds_the_fields_that_are_known(
    contact: Contact, body: dict[str, str], vendor: responses.RequestsMock
) -> None:
    """All three: known fields, as strings, under these names, at least one."""
    vendor.post(next(iter(TOKEN_ADDRESSES)), json={"token": "T"})
    client_of(contact, API_URL="https://esputnik.com").post("/app-inbox/token")
    assert json.loads(vendor.calls[0].request.body or "") == body


def test_a_contact_without_a_known_field_cannot_be_asked_for() -> None:
    """All three: at least one field is required."""
    with pytest.raises(ValueError, match="needs an email"):
        Contact(first_name="Ann")


def test_the_request_is_authenticated_with_the_api_key(
    vendor: responses.RequestsMock,
) -> None:
    """All three: one of the API's methods, such as the key as Basic password."""
    vendor.post(next(iter(TOKEN_ADDRESSES)), json={"token": "T"})
    client_of(API_URL="https://esputnik.com").post("/app-inbox/token")
    scheme, _, credentials = (
        vendor.calls[0].request.headers["Authorization"].partition(" ")
    )
    assert scheme == "Basic"
    assert base64.b64decode(credentials).partition(b":")[2] == b"the-key"


@pytest.mark.parametrize(
    ("status", "expected"), [(400, "vendor_invalid"), (401, "vendor_rejected")]
)
def test_refusals_of_the_vendor_are_told_apart(
    status: int, expected: str, vendor: responses.RequestsMock
) -> None:
    """eSputnik's English guide: the answers 400 and 401, without a body."""
    vendor.post(next(iter(TOKEN_ADDRESSES)), status=status)
    answer = client_of(API_URL="https://esputnik.com").post("/app-inbox/token")
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (502, expected)


def test_a_contact_that_is_not_in_the_system_gets_an_empty_token(
    vendor: responses.RequestsMock,
) -> None:
    """All three: then the token is an empty string."""
    vendor.post(next(iter(TOKEN_ADDRESSES)), json={"token": ""})
    answer = client_of(API_URL="https://esputnik.com").post("/app-inbox/token")
    assert (answer.status_code, answer.json) == (200, {"token": ""})


def test_each_callback_issues_a_token_of_its_own(
    vendor: responses.RequestsMock,
) -> None:
    """All three: a token can be invalidated at any moment, so it is got anew."""
    for token in ("first", "second"):
        vendor.post(next(iter(TOKEN_ADDRESSES)), json={"token": token})
    client = client_of(API_URL="https://esputnik.com")
    answers = [client.post("/app-inbox/token").get_json() for _ in range(2)]
    assert answers == [{"token": "first"}, {"token": "second"}]


def test_only_users_who_are_logged_in_get_the_inbox() -> None:
    """All three: it works only for users authorized on the site."""
    client = client_of(None)
    assert "data-token-url" not in script_of(client)
    assert client_of(None, SCRIPT_ID="UUID").get("/").text == ""
    assert client.post("/app-inbox/token").status_code == 401


@pytest.mark.parametrize(("address", "settings"), SCRIPT_ADDRESSES.items())
def test_every_script_address_of_the_guides_is_reachable(
    address: str, settings: dict[str, Any]
) -> None:
    """eSputnik and Reteno in English: statics; eSputnik in Russian: cdn."""
    assert script_of(client_of(SCRIPT_ID="UUID", **settings))["data-script"] == address


def test_the_script_can_be_on_the_page_already() -> None:
    """All three: where it is installed already, it need not be installed again."""
    assert "data-script" not in script_of(client_of())


def test_the_language_is_of_iso_639_1() -> None:
    """All three: language is required, a string of ISO 639-1."""
    assert script_of(client_of(LANGUAGE="pt-BR"))["data-language"] == "pt"
    with pytest.raises(ConfigError, match="APP_INBOX_LANGUAGE"):
        client_of(LANGUAGE="klingon")


def test_further_features_go_into_the_first_object() -> None:
    """Reteno and eSputnik in Russian: RECOMS and TRACKING beside APP_INBOX."""
    script = script_of(client_of(FEATURES={"RECOMS": True, "TRACKING": False}))
    assert json.loads(script["data-features"] or "") == {
        "RECOMS": True,
        "TRACKING": False,
    }
    assert script["data-form"] == "features"


# What our page script calls, in a browser

OPTIONS = {"getAuthTokenCallback": "a function", "language": "en"}
#: Settings, and what a guide shows after 'init' for them.
INITS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "one object": ({"INIT_FORM": "options"}, [OPTIONS]),
    "two objects": ({}, [{"APP_INBOX": True}, OPTIONS]),
    "two objects with more features": (
        {"FEATURES": {"RECOMS": True, "TRACKING": False}},
        [{"RECOMS": True, "TRACKING": False, "APP_INBOX": True}, OPTIONS],
    ),
    "another language": (
        {"LANGUAGE": "ru"},
        [{"APP_INBOX": True}, OPTIONS | {"language": "ru"}],
    ),
}
Stream = Callable[..., StreamedPage]


def open_whole(stream: Stream, contact: Contact | None, **settings: Any) -> Any:
    """Open a page that carries the snippet, with all of its scripts."""
    streamed = stream(SNIPPET + "{{ app_inbox() }}", contact=contact, **settings)
    streamed.let_come("rest", "ours", "vendor")
    return streamed


@pytest.mark.parametrize(("settings", "given"), INITS.values(), ids=INITS)
def test_our_page_script_makes_each_documented_init(
    settings: dict[str, Any], given: list[Any], stream: Stream
) -> None:
    """eSputnik in English: one object; the other two: features, then options."""
    assert open_whole(stream, ANN, **settings).inits == [given]


@pytest.mark.parametrize("features", [{}, {"RECOMS": True, "TRACKING": False}])
def test_our_page_script_leaves_visitors_the_init_of_web_tracking(
    features: dict[str, bool], stream: Stream
) -> None:
    """All three: where the script is installed, its init is extended, not taken."""
    given = [features] if features else []
    assert open_whole(stream, None, FEATURES=features).inits == [given]


@pytest.mark.parametrize("own", ["eS('init');", "eS('init', {APP_INBOX: true}, {});"])
def test_our_page_script_makes_no_second_init(own: str, stream: Stream) -> None:
    """All three: init is called one time at every page loading."""
    body = f"{SNIPPET}<script>{own}</script>{{{{ app_inbox() }}}}"
    streamed = stream(body, contact=ANN)
    streamed.let_come("rest", "vendor", "ours")
    assert (len(streamed.inits), streamed.codes) == (1, ["second_init"])


def test_the_callback_is_a_function_that_promises_a_token(
    stream: Stream, control: Control
) -> None:
    """All three: it calls the site's backend and returns a promise of a string."""
    control.add("ann@example.com")
    streamed = open_whole(stream, ANN)
    call = "window.inits[0][1].getAuthTokenCallback()"
    assert streamed.page.evaluate(f"{call} instanceof Promise")
    first, second = (streamed.page.evaluate(call) for _ in range(2))
    assert isinstance(first, str)
    assert first != second
    assert control.paths().count(TOKEN_PATH) == 3


def test_the_callback_promises_an_empty_token_for_whom_the_vendor_does_not_know(
    stream: Stream,
) -> None:
    """All three: then the token is an empty string."""
    streamed = open_whole(stream, ANN)
    call = "window.inits[0][1].getAuthTokenCallback()"
    assert streamed.page.evaluate(call) == ""


def test_a_selector_and_a_position_are_kept_for_the_vendor() -> None:
    """All three: both are handed over; insertAdjacentHTML takes the position."""
    client_of(ANCHOR="header .bell", POSITION="afterend")
    with pytest.raises(ConfigError, match="APP_INBOX_POSITION"):
        client_of(POSITION="inside")
