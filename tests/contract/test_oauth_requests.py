"""The OAuth guide: what the extension asks for, where and how."""

from __future__ import annotations

import base64

import pytest
import responses

from tests.contract.oauth_program import query_of
from tests.contract.oauth_site import (
    PRINTED_TOKEN_URL,
    REDIRECT_URI,
    TOKEN_URL,
    TOKENS,
    UAA,
    MakeOAuthSite,
    connect,
    form_of,
    refresh,
    token_requests,
)

# --- consent ------------------------------------------------------------------


def test_owners_are_sent_to_the_documented_address(
    make_oauth_site: MakeOAuthSite,
) -> None:
    """
    003 §5.2: the address is https://uaa.esputnik.com/uaa/oauth/authorize.
    003 §5.1
    003 §5.3
    003 §5.4
    """
    sent = make_oauth_site().test_client().get("/app-inbox/oauth/connect")
    address, _, _ = str(sent.location).partition("?")
    assert sent.status_code == 302
    assert address == f"{UAA}/oauth/authorize"
    wanted = {
        "response_type": "code",
        "client_id": "CLIENT",
        "redirect_uri": REDIRECT_URI,
    }
    assert wanted.items() <= query_of(sent.location).items()


def test_an_owner_who_refuses_is_told_so(make_oauth_site: MakeOAuthSite) -> None:
    """003 §4.2"""
    browser = make_oauth_site().test_client()
    location = browser.get("/app-inbox/oauth/connect").location
    query = f"error=access_denied&state={query_of(location)['state']}"
    answer = browser.get(f"/app-inbox/oauth/callback?{query}")
    assert answer.status_code == 400
    assert "You did not allow the access" in answer.text


def test_a_code_can_be_copied_by_hand(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """003 §9.2: a person copies the code from the address, and gives it to the app."""
    oauth_vendor.post(TOKEN_URL, json=TOKENS)
    runner = make_oauth_site().test_cli_runner()
    command = ["app-inbox", "oauth", "connect", "--code", f"{REDIRECT_URI}?code=CODE"]
    assert runner.invoke(args=command).exit_code == 0
    [exchange] = token_requests(oauth_vendor)
    assert form_of(exchange)["code"] == "CODE"


# --- token requests -----------------------------------------------------------


def test_tokens_are_requested_as_in_the_sample(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §6.2: the address is https://uaa.esputnik.com/uaa/oauth/token.
    003 §7.1: a refresh is a POST to the same address.
    003 §6.1
    003 §6.3
    003 §6.4
    003 §7.2
    003 §7.3
    003 §7.4
    003 §9.3
    """
    app = make_oauth_site()
    connect(app, oauth_vendor)
    refresh(app)
    exchanged, refreshed = token_requests(oauth_vendor)
    basic = "Basic " + base64.b64encode(b"CLIENT:SECRET").decode()
    for request in (exchanged, refreshed):
        assert (request.method, request.url) == ("POST", TOKEN_URL)
        assert request.headers["Authorization"] == basic
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = form_of(exchanged)
    assert form.pop("code_verifier")
    assert form == {
        "grant_type": "authorization_code",
        "code": "CODE",
        "redirect_uri": REDIRECT_URI,
    }
    assert form_of(refreshed) == {
        "grant_type": "refresh_token",
        "refresh_token": "REFRESH",
        "code": "CODE",
        "redirect_uri": REDIRECT_URI,
    }


@pytest.mark.parametrize("token_url", [TOKEN_URL, PRINTED_TOKEN_URL])
def test_tokens_can_be_requested_as_the_text_prints_it(
    token_url: str, make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §6.6: the printed address is on the API's host.
    003 §6.5
    003 §7.5
    """
    app = make_oauth_site(OAUTH_TOKEN_URL=token_url, OAUTH_FORM="query")
    location = connect(app, oauth_vendor, token_url)
    refresh(app)
    assert location.startswith(f"{UAA}/oauth/authorize?")
    exchanged, refreshed = token_requests(oauth_vendor)
    secrets = {"client_id": "CLIENT", "client_secret": "SECRET"}
    common = {"code": "CODE", "redirect_uri": REDIRECT_URI, **secrets}
    for request in (exchanged, refreshed):
        assert request.method == "POST"
        assert str(request.url).partition("?")[0] == token_url
        assert request.body is None
        assert "Authorization" not in request.headers
        assert common.items() <= query_of(request.url).items()
    assert query_of(exchanged.url)["grant_type"] == "authorization_code"
    form = {"grant_type": "refresh_token", "refresh_token": "REFRESH"}
    assert form.items() <= query_of(refreshed.url).items()


def test_a_token_request_follows_no_redirect(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """003 §9.4: the sample follows no redirect of a token request."""
    elsewhere = {"Location": "https://uaa.esputnik.com/elsewhere"}
    oauth_vendor.post(TOKEN_URL, status=302, headers=elsewhere)
    runner = make_oauth_site().test_cli_runner()
    command = ["app-inbox", "oauth", "connect", "--code", "CODE"]
    assert runner.invoke(args=command).exit_code == 1
    assert len(oauth_vendor.calls) == 1
