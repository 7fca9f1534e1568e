"""The OAuth guide on consent and tokens: its own sample works on the sandbox."""

from __future__ import annotations

import json

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.contract.oauth_program import CALLBACK, Program
from tests.fixtures.clock import Clock

VERSION = "/api/v2/version"


# --- consent ------------------------------------------------------------------


def test_the_consent_page_asks_who_allows_what(program: Program) -> None:
    """
    003 §5.5: at that address, a window asks for the authorization.
    003 §5.6: the owner of an account says who they are, and allows it.
    003 §9.1: three parameters are enough, at a path that is not doubled.
    """
    page = program.send("GET", program.address())
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    for part in ('method="post"', 'name="account"', 'value="allow"', 'value="deny"'):
        assert part in page.text
    program.exchange(program.decide("allow", account="Honey shop")["code"])
    [connection] = program.control("GET", "connections").json()
    assert connection["account"] == "Honey shop"


def test_consent_leads_back_with_a_code(program: Program) -> None:
    """003 §5.7: the answer is 302, to the callback URL, with a code."""
    allowed = program.send("POST", program.address(), data={"decision": "allow"})
    assert allowed.status_code == 302
    assert allowed.headers["Location"].startswith(f"{CALLBACK}?code=")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("response_type", "token"),
        ("response_type", ""),
        ("client_id", "unknown"),
        ("redirect_uri", "http://other.example/callback"),
    ],
)
def test_other_parameters_are_refused(
    parameter: str, value: str, program: Program
) -> None:
    """
    003 §5.1: only apps with a server of their own are supported: response_type=code.
    003 §5.3: the request names the app's id.
    003 §5.4: it has response_type, client_id and redirect_uri.
    """
    for method in ("GET", "POST"):
        answer = program.send(method, program.address(**{parameter: value}))
        location = answer.headers.get("Location", "error=")
        assert answer.status_code in (302, 400)
        assert "error=" in location
        assert "code=" not in location.replace("response_type", "")


# --- tokens -------------------------------------------------------------------


@pytest.mark.parametrize("query", [False, True])
def test_the_answer_has_the_documented_fields(query: bool, program: Program) -> None:
    """
    003 §6.5: a token request has everything in its query string.
    003 §6.7: the answer brings an access token and a refresh token.
    003 §6.8: its fields are the tokens, token_type, scope and expires_in.
    003 §9.3: the sample sends a form, and proves who it is by HTTP Basic.
    003 §9.5: the answer's text is JSON.
    """
    answer = program.exchange(program.code(), query=query)
    assert answer.status_code == 200
    tokens = json.loads(answer.text)
    assert {tokens.pop("access_token"), tokens.pop("refresh_token")} != {""}
    assert tokens == {
        "token_type": "bearer",
        "scope": "UseRestApi",
        "expires_in": 172800,
    }


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("client_id", "unknown"),
        ("client_secret", "wrong"),
        ("code", "wrong"),
        ("redirect_uri", "http://other.example/callback"),
        ("grant_type", "password"),
    ],
)
def test_a_token_request_needs_all_of_it(
    name: str, wrong: str, program: Program
) -> None:
    """
    003 §6.3: the request has the app's id and secret.
    003 §6.4: it has the code.
    003 §6.5
    """
    query = {
        "grant_type": "authorization_code",
        "client_id": program.client_id,
        "client_secret": program.client_secret,
        "code": program.code(),
        "redirect_uri": CALLBACK,
    }
    lacking = {key: value for key, value in query.items() if key != name}
    for params in (query | {name: wrong}, lacking):
        refused = program.send("POST", "/uaa/oauth/token", params=params)
        assert refused.status_code in (400, 401)
    answer = program.send("POST", "/uaa/oauth/token", params=query)
    assert answer.status_code == 200


def test_tokens_are_asked_for_by_post(program: Program) -> None:
    """
    003 §6.1: the request is a POST.
    003 §7.1
    """
    assert program.send("GET", "/uaa/oauth/token").status_code == 405


def test_lives_begin_with_the_tokens(program: Program, clock: Clock) -> None:
    """
    003 §6.9: a token's life begins when it is made.
    003 §6.10: an access token lives 172,800 seconds, a refresh token 2,592,000.
    """
    first = program.connect()
    clock.now += 172_799
    assert program.call("GET", VERSION, first["access_token"]).status_code == 200
    clock.now += 1
    assert program.call("GET", VERSION, first["access_token"]).status_code == 401
    clock.now += 2_592_000 - 172_800 - 1
    second = program.refresh(first["refresh_token"], first["code"]).json()
    assert program.call("GET", VERSION, second["access_token"]).status_code == 200
    clock.now += 2_592_000
    late = program.refresh(second["refresh_token"], first["code"])
    assert late.status_code == 400


# --- refresh ------------------------------------------------------------------


@pytest.mark.parametrize("query", [False, True])
def test_a_refresh_gives_both_tokens_anew_and_only_the_last_one_works(
    query: bool, program: Program
) -> None:
    """
    003 §7.4: a refresh has the refresh token that came last.
    003 §7.5: it has everything in its query string, the code among it.
    003 §7.6: it answers a new access token and a new refresh token.
    003 §7.7: the next refresh has to use the new one.
    """
    first = program.connect()
    code = first["code"]
    second = program.refresh(first["refresh_token"], code, query=query).json()
    third = program.refresh(second["refresh_token"], code, query=query).json()
    tokens = (first, second, third)
    assert len({each["refresh_token"] for each in tokens}) == 3
    assert len({each["access_token"] for each in tokens}) == 3
    old = program.refresh(second["refresh_token"], code, query=query)
    assert old.status_code == 400


def test_a_server_that_takes_the_guide_at_its_word_wants_the_code(
    program: Program,
) -> None:
    """
    003 §7.2: a refresh has the app's id and secret.
    003 §7.3: it has the code that began it all.
    """
    program.control("PUT", "", {"refresh_needs_code": True})
    tokens = program.connect()
    bare = {
        "grant_type": "refresh_token",
        "refresh_token": tokens["refresh_token"],
    }
    assert program.ask(bare).status_code == 400
    refused = program.send("POST", "/uaa/oauth/token", data=bare)
    assert refused.status_code == 401
    assert program.refresh(tokens["refresh_token"], tokens["code"]).status_code == 200


# --- use ----------------------------------------------------------------------


def test_the_version_is_what_a_token_is_tested_with(program: Program) -> None:
    """
    003 §8.1: a token is tested by GET /api/v2/version, as Bearer.
    003 §8.2: the answer has the versions of the API and of its protocol.
    """
    token = program.connect()["access_token"]
    answer = program.call("GET", VERSION, token)
    assert {name: type(value) for name, value in answer.json().items()} == {
        "version": str,
        "protocolVersion": str,
    }
    assert program.call("GET", VERSION, "wrong").status_code == 401


def test_the_sample_reads_contacts_in_the_end(program: Program) -> None:
    """
    003 §9.6: calls of the API carry the access token as Bearer.
    003 §9.7: GET /api/v1/contacts answers a list.
    """
    token = program.connect()["access_token"]
    contacts = program.call("GET", "/api/v1/contacts", token)
    assert (contacts.status_code, contacts.json()) == (200, [])


def test_apps_know_nothing_of_each_other(
    program: Program, oauth_sandbox: SandboxServer
) -> None:
    """
    003 §6.3
    003 §7.2
    """
    other = Program(oauth_sandbox)
    assert other.exchange(program.code()).status_code == 400
    tokens = program.connect()
    assert other.refresh(tokens["refresh_token"], tokens["code"]).status_code == 400
    other.close()
