"""The OAuth guide: what the extension keeps of the answers, and how it uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import responses

from flask_app_inbox import ConfigError
from flask_app_inbox.oauth.connections import EXTENSION
from tests.contract.oauth_program import CALLBACK, Program, query_of
from tests.contract.oauth_site import (
    API,
    TOKEN_URL,
    TOKENS,
    MakeOAuthSite,
    connect,
    form_of,
    refresh,
    row_of,
    token_requests,
)

# --- the answer ---------------------------------------------------------------


def test_both_tokens_of_the_answer_are_kept(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §6.7
    003 §6.8
    003 §9.5
    """
    oauth_vendor.post(TOKEN_URL, body=json.dumps(TOKENS), content_type="text/plain")
    app = make_oauth_site()
    connect(app, oauth_vendor)
    row = row_of(app)
    assert (row.tokens.access_token, row.tokens.refresh_token) == ("ACCESS", "REFRESH")


@pytest.mark.parametrize(
    ("told", "life"), [({"expires_in": 172541}, 172541), ({}, 172800)]
)
def test_lives_are_counted_from_the_answer(
    told: dict[str, int],
    life: float,
    make_oauth_site: MakeOAuthSite,
    oauth_vendor: responses.RequestsMock,
) -> None:
    """
    003 §6.8
    003 §6.9
    003 §6.10
    """
    answer = {key: value for key, value in TOKENS.items() if key != "expires_in"}
    oauth_vendor.post(TOKEN_URL, json=answer | told)
    app = make_oauth_site()
    connect(app, oauth_vendor)
    row = row_of(app)
    assert row.expires_at - row.issued_at == pytest.approx(life)
    assert row.refresh_expires_at - row.issued_at == 2592000


def test_the_next_refresh_has_the_token_that_came_last(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §7.6
    003 §7.7
    """
    app = make_oauth_site()
    connect(app, oauth_vendor)
    fresh = {"access_token": "NEWER", "refresh_token": "LAST"}
    oauth_vendor.replace(responses.POST, TOKEN_URL, json=TOKENS | fresh)
    refresh(app)
    assert row_of(app).tokens.access_token == "NEWER"
    refresh(app)
    sent = [form_of(one).get("refresh_token") for one in token_requests(oauth_vendor)]
    assert sent == [None, "REFRESH", "LAST"]


# --- use ----------------------------------------------------------------------


def test_a_connected_site_needs_neither_key_nor_password(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §1.1: an app gets access without the account's password or API key.
    003 §8.1
    003 §9.6
    """
    app = make_oauth_site()
    connect(app, oauth_vendor)
    oauth_vendor.post(f"{API}/v1/auth/contact/token", json={"token": "T"})
    assert app.test_client().post("/app-inbox/token").json == {"token": "T"}
    called = {
        call.request.url: call.request.headers["Authorization"]
        for call in oauth_vendor.calls
        if str(call.request.url).startswith(API)
    }
    assert called == dict.fromkeys(
        (f"{API}/v2/version", f"{API}/v1/account/info", f"{API}/v1/auth/contact/token"),
        "Bearer ACCESS",
    )
    with pytest.raises(ConfigError, match="both set"):
        make_oauth_site(API_KEY="key")


def test_a_version_that_cannot_be_read_is_no_connection(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock
) -> None:
    """
    003 §8.1
    003 §8.2
    """
    oauth_vendor.replace(responses.GET, f"{API}/v2/version", status=401)
    oauth_vendor.post(TOKEN_URL, json=TOKENS)
    runner = make_oauth_site().test_cli_runner()
    command = ["app-inbox", "oauth", "connect", "--code", "CODE"]
    assert runner.invoke(args=command).exit_code == 1


def test_secrets_are_kept_safe(
    make_oauth_site: MakeOAuthSite, oauth_vendor: responses.RequestsMock, tmp_path: Path
) -> None:
    """003 §4.5"""
    app = make_oauth_site()
    connect(app, oauth_vendor)
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    shown = app.test_client().get("/app-inbox/oauth").text
    shown += app.test_client().get("/").text
    shown += app.test_cli_runner().invoke(args=["app-inbox", "oauth", "status"]).output
    assert b"app_inbox_connections" in stored
    for secret in ("SECRET", "ACCESS", "REFRESH"):
        assert secret.encode() not in stored
        assert secret not in shown


def test_our_refresh_satisfies_a_server_that_takes_the_guide_at_its_word(
    program: Program, make_oauth_site: MakeOAuthSite
) -> None:
    """
    003 §7.2
    003 §7.3
    """
    program.control("PUT", "", {"refresh_needs_code": True})
    redirect_uri = CALLBACK.replace("my-host.example", "127.0.0.1")
    app = make_oauth_site(
        API_URL=f"{program.url}/api",
        OAUTH_URL=f"{program.url}/uaa",
        OAUTH_REDIRECT_URI=redirect_uri,
        OAUTH_CLIENT_ID=program.client_id,
        OAUTH_CLIENT_SECRET=program.client_secret,
    )
    details = {"redirect_uri": redirect_uri}
    program.control("PUT", f"clients/{program.client_id}", details)
    oauth = app.extensions[EXTENSION]
    verifier = "v" * 43
    address = oauth.client.authorize_url("state", verifier)
    path = address.removeprefix(program.url)
    consent = program.send("POST", path, data={"decision": "allow"})
    code = query_of(consent.headers["Location"])["code"]
    oauth.connect("default", code, verifier)
    refresh(app)
    assert row_of(app).state == "connected"
