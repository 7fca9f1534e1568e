"""The sandbox's authorization server: as strict as the vendor, with knobs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from flask_app_inbox.sandbox import create_sandbox
from flask_app_inbox.sandbox.state import state_of
from tests.oauth.vendor import CALLBACK, Vendor


def authorize_url(vendor: Vendor, **query: str) -> str:
    query = {
        "response_type": "code",
        "client_id": vendor.client_id,
        "redirect_uri": CALLBACK,
        **query,
    }
    url = requests.Request("GET", f"{vendor.url}/uaa/oauth/authorize", params=query)
    return str(url.prepare().url)


def ask(vendor: Vendor, **form: str) -> requests.Response:
    """Make a token request as the guide's sample does."""
    auth = (vendor.client_id, vendor.client_secret)
    return vendor.send("POST", "/uaa/oauth/token", data=form, auth=auth)


def exchange(vendor: Vendor, code: str, **form: str) -> requests.Response:
    form = {"redirect_uri": CALLBACK, **form}
    return ask(vendor, grant_type="authorization_code", code=code, **form)


def refresh(vendor: Vendor, token: str, **form: str) -> requests.Response:
    return ask(vendor, grant_type="refresh_token", refresh_token=token, **form)


def tokens_of(vendor: Vendor) -> dict[str, Any]:
    code = vendor.code(authorize_url(vendor))
    tokens: dict[str, Any] = exchange(vendor, code).json()
    return {**tokens, "code": code}


def opens(vendor: Vendor, token: str, path: str = "/api/v2/version") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return vendor.send("GET", path, headers=headers).status_code


def test_the_consent_page_is_a_form_with_two_decisions(vendor: Vendor) -> None:
    page = vendor.send("GET", authorize_url(vendor))
    assert page.status_code == 200
    assert 'name="decision" value="allow"' in page.text
    assert 'name="decision" value="deny"' in page.text
    assert "“Shop”" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' http://localhost;" in f"{policy};"
    style = vendor.send("GET", "/static/oauth.css")
    assert style.status_code == 200


def test_the_account_is_the_one_that_was_named(vendor: Vendor) -> None:
    location = vendor.consent(authorize_url(vendor), account=" Ann & Co ")
    code = parse_qs(urlsplit(location).query)["code"][0]
    token = exchange(vendor, code).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    info = vendor.send("GET", "/api/v1/account/info", headers=headers).json()
    assert info["organisationName"] == "Ann & Co"


def test_a_state_comes_back_with_code_or_refusal(vendor: Vendor) -> None:
    url = authorize_url(vendor, state="a b&c")
    for decision, key in (("allow", "code"), ("deny", "error")):
        query = parse_qs(urlsplit(vendor.consent(url, decision)).query)
        assert {key, "state"} <= query.keys()
        assert query["state"] == ["a b&c"]
    assert query["error"] == ["access_denied"]


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "unknown"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": CALLBACK + "/"},
    ],
)
def test_a_request_that_is_not_trusted_leads_nowhere(
    vendor: Vendor, query: dict[str, str]
) -> None:
    url = authorize_url(vendor, **query)
    for answer in (
        vendor.send("GET", url),
        vendor.send("POST", url, data={"decision": "allow"}),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert 'role="alert"' in answer.text


def test_only_codes_are_given(vendor: Vendor) -> None:
    answer = vendor.send("GET", authorize_url(vendor, response_type="token"))
    assert answer.status_code == 302
    assert "error=unsupported_response_type" in answer.headers["Location"]


def test_another_sites_page_cannot_consent(vendor: Vendor) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = vendor.send(
        "POST", authorize_url(vendor), data={"decision": "allow"}, headers=headers
    )
    assert answer.status_code == 403


def test_a_code_works_once(vendor: Vendor) -> None:
    code = vendor.code(authorize_url(vendor))
    assert exchange(vendor, code).status_code == 200
    again = exchange(vendor, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_two_that_bring_the_same_code_at_once_get_one_connection(
    vendor: Vendor,
) -> None:
    code = vendor.code(authorize_url(vendor))
    statuses: list[int] = []

    def bring() -> None:
        answer = requests.post(
            f"{vendor.url}/uaa/oauth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
            },
            auth=(vendor.client_id, vendor.client_secret),
            timeout=30,
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=bring) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200] + [400] * 5


@pytest.mark.parametrize(
    "form", [{"redirect_uri": "http://localhost/x"}, {"code": "unknown"}]
)
def test_a_code_is_bound_to_what_it_was_given_for(
    vendor: Vendor, form: dict[str, str]
) -> None:
    code = form.pop("code", None) or vendor.code(authorize_url(vendor))
    assert exchange(vendor, code, **form).json()["error"] == "invalid_grant"


def test_a_code_of_another_app_is_refused(vendor: Vendor) -> None:
    code = vendor.code(authorize_url(vendor))
    vendor.register()
    assert exchange(vendor, code).json()["error"] == "invalid_grant"


def test_a_challenge_is_checked_where_there_is_one(vendor: Vendor) -> None:
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    query = {"code_challenge": challenge, "code_challenge_method": "S256"}
    code = vendor.code(authorize_url(vendor, **query))
    assert exchange(vendor, code).status_code == 400
    assert exchange(vendor, code, code_verifier="x" * 43).status_code == 400
    assert exchange(vendor, code, code_verifier=verifier).status_code == 200


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_wrong_client_credentials_are_refused(vendor: Vendor, secret: str) -> None:
    code = vendor.code(authorize_url(vendor))
    vendor.client_secret, right = secret, vendor.client_secret
    refused = exchange(vendor, code)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    vendor.client_secret = right
    assert exchange(vendor, code).status_code == 200


def test_an_unknown_grant_is_refused(vendor: Vendor) -> None:
    assert ask(vendor, grant_type="password").status_code == 400


def test_a_refresh_gives_new_tokens_and_the_old_one_voids_the_connection(
    vendor: Vendor,
) -> None:
    first = tokens_of(vendor)
    second = refresh(vendor, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert opens(vendor, first["access_token"]) == 200
    third = refresh(vendor, second["refresh_token"]).json()
    again = refresh(vendor, second["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert opens(vendor, third["access_token"]) == 401
    assert refresh(vendor, third["refresh_token"]).status_code == 400
    [connection] = vendor.connections()
    assert connection["refreshes"] == 2
    assert "used again" in connection["void"]


def test_a_refresh_may_end_the_old_access_token(vendor: Vendor) -> None:
    vendor.configure(refresh_ends_access_token=True)
    first = tokens_of(vendor)
    second = refresh(vendor, first["refresh_token"]).json()
    assert opens(vendor, first["access_token"]) == 401
    assert opens(vendor, second["access_token"]) == 200


def test_a_refresh_with_a_wrong_code_is_refused_and_harms_nothing(
    vendor: Vendor,
) -> None:
    tokens = tokens_of(vendor)
    token = tokens["refresh_token"]
    assert refresh(vendor, token, code="wrong").status_code == 400
    assert refresh(vendor, token, redirect_uri="http://x.example").status_code == 400
    assert refresh(vendor, token, code=tokens["code"]).status_code == 200


def test_a_refresh_of_another_app_is_refused(vendor: Vendor) -> None:
    token = tokens_of(vendor)["refresh_token"]
    vendor.register()
    assert refresh(vendor, token).json()["error"] == "invalid_grant"


def test_lives_can_be_set_down_to_parts_of_a_second(vendor: Vendor) -> None:
    vendor.configure(access_token_life=0.2, refresh_token_life=0.4, code_life=0.1)
    stale = vendor.code(authorize_url(vendor))
    tokens = tokens_of(vendor)
    assert tokens["expires_in"] == 0.2
    time.sleep(0.45)
    assert exchange(vendor, stale).status_code == 400
    assert opens(vendor, tokens["access_token"]) == 401
    assert refresh(vendor, tokens["refresh_token"]).status_code == 400
    assert vendor.connections()[0]["void"] is None


def test_disconnecting_voids_one_or_all(vendor: Vendor) -> None:
    one, other = tokens_of(vendor), tokens_of(vendor)
    assert vendor.control("DELETE", "oauth/connections/1") == {"disconnected": 1}
    assert opens(vendor, one["access_token"]) == 401
    assert opens(vendor, other["access_token"]) == 200
    assert vendor.control("DELETE", "oauth/connections") == {"disconnected": 1}
    assert opens(vendor, other["access_token"]) == 401
    assert vendor.send("DELETE", "/_sandbox/oauth/connections/1").status_code == 404


def test_access_tokens_can_be_ended_alone(vendor: Vendor) -> None:
    tokens = tokens_of(vendor)
    assert vendor.control("DELETE", "oauth/tokens") == {"ended": 1}
    assert opens(vendor, tokens["access_token"]) == 401
    assert refresh(vendor, tokens["refresh_token"]).status_code == 200


def test_apps_are_listed_changed_and_deleted_without_their_secrets(
    vendor: Vendor,
) -> None:
    tokens = tokens_of(vendor)
    shown = vendor.control("GET", "oauth")
    assert vendor.client_secret not in str(shown)
    assert tokens["refresh_token"] not in str(shown)
    assert shown["access_token_life"] == 172800
    assert shown["refresh_token_life"] == 2592000
    assert shown["clients"] == vendor.control("GET", "oauth/clients")
    path = f"oauth/clients/{vendor.client_id}"
    changed = vendor.control("PUT", path, {"name": "Other", "rights": ["messages"]})
    assert (changed["name"], changed["rights"]) == ("Other", ["messages"])
    assert changed["redirect_uri"] == CALLBACK
    assert vendor.control("DELETE", path) == {"removed": True}
    assert opens(vendor, tokens["access_token"]) == 401
    for method in ("DELETE", "PUT"):
        answer = vendor.send(method, f"/_sandbox/{path}", json={})
        assert answer.status_code == 404


def test_an_app_may_name_its_callback_later(vendor: Vendor) -> None:
    vendor.register(redirect_uri=None)
    assert vendor.send("GET", authorize_url(vendor)).status_code == 400
    path = f"oauth/clients/{vendor.client_id}"
    vendor.control("PUT", path, {"redirect_uri": CALLBACK})
    assert vendor.send("GET", authorize_url(vendor)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clients", {"redirect_uri": "nonsense"}),
        ("POST", "clients", {"redirect_uri": "ftp://x.example/"}),
        ("POST", "clients", {"redirect_uri": "http://[/"}),
        ("POST", "clients", {"redirect_uri": "https://x.example/ü"}),
        ("POST", "clients", {"redirect_uri": "https://x.example/#a"}),
        ("POST", "clients", {"rights": "everything"}),
        ("POST", "clients", {"rights": []}),
        ("POST", "clients", {"secret": "x"}),
        ("PUT", "", {"access_token_life": 0}),
        ("PUT", "", {"access_token_life": "long"}),
        ("PUT", "", {"refresh_needs_code": "yes"}),
        ("PUT", "", {"lifetime": 1}),
    ],
)
def test_an_order_that_is_not_understood_is_refused(
    vendor: Vendor, method: str, path: str, body: dict[str, Any]
) -> None:
    url = f"/_sandbox/oauth/{path}".rstrip("/")
    answer = vendor.send(method, url, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_pages_of_other_sites_cannot_register_apps(vendor: Vendor) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = vendor.send("POST", "/_sandbox/oauth/clients", json={}, headers=headers)
    assert answer.status_code == 403


def test_a_reset_forgets_apps_and_connections(vendor: Vendor) -> None:
    tokens = tokens_of(vendor)
    vendor.configure(access_token_life=5)
    vendor.control("POST", "reset")
    assert opens(vendor, tokens["access_token"]) == 401
    shown = vendor.control("GET", "oauth")
    assert (shown["clients"], shown["connections"]) == ([], [])
    assert shown["access_token_life"] == 172800


def test_no_token_is_in_the_sandboxs_log(
    vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = tokens_of(vendor)
    new = refresh(vendor, tokens["refresh_token"]).json()
    journal = str(vendor.control("GET", "requests"))
    for secret in (tokens["code"], tokens["refresh_token"], new["access_token"]):
        assert secret not in caplog.text + journal


def test_without_authlib_the_rest_of_the_sandbox_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_app_inbox.sandbox.app.find_spec", lambda name: None)
    client = create_sandbox().test_client()
    answer = client.get("/uaa/oauth/authorize")
    assert answer.status_code == 501
    assert "pip install" in answer.text
    assert client.get("/v1/version", auth=("", "sandbox-key")).status_code == 200


def test_it_speaks_plain_http_under_any_name_that_it_listens_on() -> None:
    sandbox = create_sandbox()
    state_of(sandbox).host = "sandbox.lan"
    client = sandbox.test_client()
    answer = client.post("/uaa/oauth/token", base_url="http://sandbox.lan:5001/")
    assert answer.get_json()["error"] != "insecure_transport"
