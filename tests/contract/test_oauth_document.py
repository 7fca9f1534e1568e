"""What the guide "Authorization using OAuth 2.0" says, tried on the sandbox.

Some tests speak like the guide's own sample: no ``state``, no PKCE, a form body, Basic
client credentials, a code that a person copies. Others read what the extension sends.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.oauth.connections import EXTENSION
from flask_app_inbox.oauth.table import StoredConnection
from flask_app_inbox.sandbox import SandboxServer

CALLBACK = "http://my-host.example:8081/test/callback"


class Program:
    """A program of somebody who has read the guide and no other text."""

    def __init__(self, sandbox: SandboxServer, **details: Any) -> None:
        self.url = sandbox.url
        self.http = requests.Session()
        self.http.trust_env = False
        app = self.http.post(
            f"{self.url}/_sandbox/oauth/clients",
            json={"name": "Program", "redirect_uri": CALLBACK, **details},
            timeout=30,
        )
        assert app.status_code == 201
        self.client_id = app.json()["client_id"]
        self.client_secret = app.json()["client_secret"]

    def browser_gets_code(self) -> str:
        address = (
            f"{self.url}/uaa/oauth/authorize?response_type=code"
            f"&client_id={self.client_id}&redirect_uri={CALLBACK}"
        )
        page = self.http.get(address, timeout=30)
        assert page.status_code == 200
        decided = self.http.post(
            address, data={"decision": "allow"}, allow_redirects=False, timeout=30
        )
        assert decided.status_code == 302
        target = decided.headers["Location"]
        assert target.startswith(f"{CALLBACK}?code=")
        query = parse_qs(urlsplit(target).query)
        assert query.keys() == {"code"}
        return query["code"][0]

    def tokens(self, **form: str) -> dict[str, Any]:
        answer = self.http.post(
            f"{self.url}/uaa/oauth/token",
            data=form,
            allow_redirects=False,
            auth=(self.client_id, self.client_secret),
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = json.loads(answer.text)
        return tokens

    def connect(self) -> dict[str, Any]:
        code = self.browser_gets_code()
        tokens = self.tokens(
            grant_type="authorization_code", code=code, redirect_uri=CALLBACK
        )
        return {**tokens, "code": code}

    def call(
        self, method: str, path: str, token: str, **body: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(
            method, self.url + path, headers=headers, json=body or None, timeout=30
        )


@pytest.fixture
def oauth_sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def program(oauth_sandbox: SandboxServer) -> Iterator[Program]:
    program = Program(oauth_sandbox)
    yield program
    program.http.close()


def test_the_way_of_the_sample_works_from_start_to_end(program: Program) -> None:
    tokens = program.connect()
    contacts = program.call("GET", "/api/v1/contacts", tokens["access_token"])
    assert contacts.status_code == 200
    assert contacts.json() == []


def test_the_answer_has_the_documented_fields(program: Program) -> None:
    tokens = program.connect()
    tokens.pop("code")
    assert tokens.keys() == {
        "access_token",
        "token_type",
        "refresh_token",
        "scope",
        "expires_in",
    }
    assert tokens["token_type"] == "bearer"
    assert tokens["scope"] == "UseRestApi"
    assert tokens["expires_in"] == 172800


def test_a_token_request_may_stand_in_the_query_string(program: Program) -> None:
    code = program.browser_gets_code()
    credentials = {
        "client_id": program.client_id,
        "client_secret": program.client_secret,
        "code": code,
        "redirect_uri": CALLBACK,
    }
    url = f"{program.url}/uaa/oauth/token"
    query = {"grant_type": "authorization_code", **credentials}
    answer = program.http.post(url, params=query, timeout=30)
    assert answer.status_code == 200
    query = {
        "grant_type": "refresh_token",
        "refresh_token": answer.json()["refresh_token"],
        **credentials,
    }
    assert program.http.post(url, params=query, timeout=30).status_code == 200


def test_a_refresh_gives_both_tokens_anew_and_only_the_last_one_works(
    program: Program,
) -> None:
    first = program.connect()
    form = {
        "grant_type": "refresh_token",
        "code": first["code"],
        "redirect_uri": CALLBACK,
    }
    second = program.tokens(refresh_token=first["refresh_token"], **form)
    third = program.tokens(refresh_token=second["refresh_token"], **form)
    tokens = {each["refresh_token"] for each in (first, second, third)}
    assert len(tokens) == 3
    answer = program.http.post(
        f"{program.url}/uaa/oauth/token",
        data={"refresh_token": second["refresh_token"], **form},
        auth=(program.client_id, program.client_secret),
        timeout=30,
    )
    assert answer.status_code == 400


def test_the_version_is_what_a_token_is_tested_with(program: Program) -> None:
    token = program.connect()["access_token"]
    answer = program.call("GET", "/api/v2/version", token)
    assert answer.json().keys() == {"version", "protocolVersion"}
    assert program.call("GET", "/api/v2/version", "wrong").status_code == 401


def test_an_app_that_is_disconnected_or_deleted_has_dead_tokens(
    program: Program,
) -> None:
    for path in ("connections", f"clients/{program.client_id}"):
        token = program.connect()["access_token"]
        url = f"{program.url}/_sandbox/oauth/{path}"
        assert program.http.delete(url, timeout=30).ok
        assert program.call("GET", "/api/v2/version", token).status_code == 401


GENERAL = [("GET", "/api/v1/account/info"), ("GET", "/v1/version")]
CONTACTS = [
    *(("POST", "/api/v1/contact"), ("DELETE", "/api/v1/contact")),
    *(("GET", "/api/v1/contacts"), ("POST", "/api/v1/contacts")),
    ("GET", "/api/v1/importstatus/any"),
]
NO_GROUP = [("POST", "/api/v1/auth/contact/token"), ("GET", "/api/v1/site/script")]
SIMULATED = GENERAL + CONTACTS + NO_GROUP


@pytest.mark.parametrize(
    ("rights", "allowed"),
    [
        ("full", SIMULATED),
        ("events", GENERAL),
        ("events_and_contacts", GENERAL + CONTACTS),
        ("messages", GENERAL),
        (["events_and_contacts", "messages"], GENERAL + CONTACTS),
    ],
)
def test_an_app_may_call_what_it_was_registered_for(
    oauth_sandbox: SandboxServer, rights: Any, allowed: list[tuple[str, str]]
) -> None:
    program = Program(oauth_sandbox, rights=rights)
    token = program.connect()["access_token"]
    for call in SIMULATED:
        answer = program.call(*call, token)
        assert (answer.status_code != 403) == (call in allowed), call
        if answer.status_code == 403:
            assert token not in answer.text
            assert program.client_id not in answer.text
    program.http.close()


@pytest.mark.parametrize("rights", ["full", "events", "messages"])
def test_a_call_that_is_not_simulated_says_so_whatever_the_rights(
    oauth_sandbox: SandboxServer, rights: str
) -> None:
    program = Program(oauth_sandbox, rights=rights)
    token = program.connect()["access_token"]
    for path in ("/api/v1/message/3/smartsend", "/v1/orders", "/api/v2/anything"):
        answer = program.call("POST", path, token)
        assert (answer.status_code, answer.text) == (
            501,
            "The sandbox does not simulate this method.",
        )
        assert program.call("POST", path, "wrong").status_code == 401
    program.http.close()


UAA = "https://uaa.esputnik.com/uaa"
PRINTED_TOKEN_URL = "https://esputnik.com/uaa/oauth/token"
API = "https://esputnik.com/api"
TOKENS = {
    "access_token": "ACCESS",
    "token_type": "bearer",
    "refresh_token": "REFRESH",
    "scope": "UseRestApi",
    "expires_in": 172541,
}


def make_site(tmp_path: Path, **settings: str) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="shop",
        APP_INBOX_OAUTH_CLIENT_ID="CLIENT",
        APP_INBOX_OAUTH_CLIENT_SECRET="SECRET",
        APP_INBOX_OAUTH_REDIRECT_URI="https://shop.example/app-inbox/oauth/callback",
    )
    app.config.update({f"APP_INBOX_{name}": v for name, v in settings.items()})
    inbox = AppInbox(app)
    inbox.contact_loader(lambda: Contact(email="ann@example.com"))
    inbox.owner_loader(lambda: True)
    return app


def connect(
    app: Flask, vendor: responses.RequestsMock, token_url: str = f"{UAA}/oauth/token"
) -> str:
    """Connect a site; return the address of the consent page."""
    vendor.post(token_url, json=TOKENS)
    vendor.get(f"{API}/v2/version", json={"version": "1", "protocolVersion": "1.0"})
    vendor.get(f"{API}/v1/account/info", json={"organisationName": "Ann"})
    browser = app.test_client()
    location = str(browser.get("/app-inbox/oauth/connect").location)
    state = parse_qs(urlsplit(location).query)["state"][0]
    answer = browser.get(f"/app-inbox/oauth/callback?code=CODE&state={state}")
    assert answer.status_code == 303
    return location


def form_of(request: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body).items()}


def row_of(app: Flask) -> StoredConnection:
    row: StoredConnection = app.extensions[EXTENSION].store.read("default")
    return row


def test_we_ask_at_the_documented_addresses_in_the_documented_form(
    tmp_path: Path,
) -> None:
    app = make_site(tmp_path)
    with responses.RequestsMock() as vendor:
        location = connect(app, vendor)
        exchange, version, _ = (call.request for call in vendor.calls)
        vendor.post(f"{UAA}/oauth/token", json={**TOKENS, "refresh_token": "SECOND"})
        app.extensions[EXTENSION].keeper("default").refresh()
        refresh = vendor.calls[-1].request
    assert location.startswith(f"{UAA}/oauth/authorize?response_type=code&client_id=")
    basic = "Basic " + base64.b64encode(b"CLIENT:SECRET").decode()
    for request in (exchange, refresh):
        assert request.url == f"{UAA}/oauth/token"
        assert request.headers["Authorization"] == basic
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    redirect_uri = "https://shop.example/app-inbox/oauth/callback"
    form = form_of(exchange)
    assert form.pop("code_verifier")
    assert form == {
        "grant_type": "authorization_code",
        "code": "CODE",
        "redirect_uri": redirect_uri,
    }
    assert form_of(refresh) == {
        "grant_type": "refresh_token",
        "refresh_token": "REFRESH",
        "code": "CODE",
        "redirect_uri": redirect_uri,
    }
    assert version.headers["Authorization"] == "Bearer ACCESS"
    assert row_of(app).tokens.refresh_token == "SECOND"


def test_we_can_ask_in_the_query_string(tmp_path: Path) -> None:
    app = make_site(tmp_path, OAUTH_FORM="query")
    with responses.RequestsMock() as vendor:
        connect(app, vendor)
        request = vendor.calls[0].request
    query = parse_qs(urlsplit(str(request.url)).query)
    assert query["client_id"] == ["CLIENT"]
    assert query["client_secret"] == ["SECRET"]
    assert query["grant_type"] == ["authorization_code"]
    assert request.body is None
    assert "Authorization" not in request.headers


@pytest.mark.parametrize("form", ["body", "query"])
def test_the_printed_pair_of_addresses_can_be_reached(
    tmp_path: Path, form: str
) -> None:
    """The text has consent on the ``uaa`` host and tokens on the API's host."""
    app = make_site(tmp_path, OAUTH_TOKEN_URL=PRINTED_TOKEN_URL, OAUTH_FORM=form)
    with responses.RequestsMock() as vendor:
        location = connect(app, vendor, PRINTED_TOKEN_URL)
        app.extensions[EXTENSION].keeper("default").refresh()
        exchange, refresh = vendor.calls[0].request, vendor.calls[-1].request
    assert location.startswith(f"{UAA}/oauth/authorize?response_type=code&client_id=")
    for request in (exchange, refresh):
        assert str(request.url).partition("?")[0] == PRINTED_TOKEN_URL


def test_lives_are_counted_from_the_answer(tmp_path: Path) -> None:
    app = make_site(tmp_path)
    with responses.RequestsMock() as vendor:
        connect(app, vendor)
    row = row_of(app)
    assert row.expires_at - row.issued_at == pytest.approx(172541)
    assert row.refresh_expires_at - row.issued_at == 2592000


def test_our_refresh_satisfies_a_server_that_takes_the_guide_at_its_word(
    oauth_sandbox: SandboxServer, tmp_path: Path
) -> None:
    program = Program(oauth_sandbox)
    url = f"{program.url}/_sandbox/oauth"
    program.http.put(url, json={"refresh_needs_code": True}, timeout=30)
    bare = program.http.post(
        f"{program.url}/uaa/oauth/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": program.connect()["refresh_token"],
        },
        auth=(program.client_id, program.client_secret),
        timeout=30,
    )
    assert bare.status_code == 400
    app = make_site(
        tmp_path,
        API_URL=f"{program.url}/api",
        OAUTH_URL=f"{program.url}/uaa",
        OAUTH_REDIRECT_URI=CALLBACK.replace("my-host.example", "127.0.0.1"),
        OAUTH_CLIENT_ID=program.client_id,
        OAUTH_CLIENT_SECRET=program.client_secret,
    )
    program.http.put(
        f"{url}/clients/{program.client_id}",
        json={"redirect_uri": app.config["APP_INBOX_OAUTH_REDIRECT_URI"]},
        timeout=30,
    )
    oauth = app.extensions[EXTENSION]
    verifier = "v" * 43
    consent = program.http.post(
        oauth.client.authorize_url("state", verifier),
        data={"decision": "allow"},
        allow_redirects=False,
        timeout=30,
    )
    code = parse_qs(urlsplit(consent.headers["Location"]).query)["code"][0]
    oauth.connect("default", code, verifier)
    oauth.keeper("default").refresh()
    assert row_of(app).state == "connected"
    program.http.close()


@pytest.mark.parametrize(
    ("platform", "host"),
    [
        ("esputnik", "https://uaa.esputnik.com/uaa"),
        ("yespo", "https://uaa.yespo.io/uaa"),
    ],
)
def test_each_brand_has_its_own_server(
    tmp_path: Path, platform: str, host: str
) -> None:
    app = make_site(tmp_path, PLATFORM=platform)
    location = str(app.test_client().get("/app-inbox/oauth/connect").location)
    assert location.startswith(f"{host}/oauth/authorize?")
