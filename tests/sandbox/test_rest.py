"""The vendor's REST API as the sandbox speaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.rights import open_to

Call = Callable[..., requests.Response]
Eventually = Callable[[Callable[[], object]], None]

TOKEN = "/v1/auth/contact/token"
ANN = {"email": "ann@example.com"}


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_known_contact_gets_a_token_under_both_prefixes(
    vendor: Call, ann: dict[str, Any], prefix: str
) -> None:
    answer = vendor("POST", prefix + TOKEN, json=ANN)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.json()["token"]) > 20


def test_an_unknown_contact_gets_an_empty_token(vendor: Call) -> None:
    answer = vendor("POST", TOKEN, json={"email": "nobody@example.com"})
    assert (answer.status_code, answer.json()) == (200, {"token": ""})


@pytest.mark.parametrize("name", ["", "user", "ключ"])
def test_the_key_is_the_password_beside_any_user_name(anyone: Call, name: str) -> None:
    auth = (name.encode(), b"sandbox-key")
    assert anyone("GET", "/v1/version", auth=auth).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic Ondyb25n",
        "Basic c2FuZGJveC1rZXk=",
        "Basic %%%",
        "Bearer sandbox-key",
        "Digest username=x",
        "sandbox-key",
    ],
)
def test_whoever_lacks_the_key_is_refused(
    anyone: Call, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = anyone("POST", TOKEN, json=ANN, headers=headers)
    assert answer.status_code == 401
    assert "sandbox-key" not in answer.text


def test_another_key_can_be_chosen() -> None:
    with SandboxServer(api_key="mine") as server, requests.Session() as session:
        session.trust_env = False
        for key, status in [("mine", 200), ("sandbox-key", 401)]:
            answer = session.get(f"{server.url}/v1/version", auth=("", key), timeout=10)
            assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": ""},
        {"email": None, "phone": "", "externalCustomerId": None},
        {"phone": "no digits"},
        {"extid": "42"},
        {"email": 1},
        {"externalCustomerId": [42]},
        {"email": ["ann@example.com"]},
        {"email": "ann@example.com", "phone": False},
        [ANN],
        "ann@example.com",
        None,
        1,
        True,
    ],
)
def test_a_body_without_a_contact_field_or_of_wrong_types_is_refused(
    vendor: Call, ann: dict[str, Any], body: object
) -> None:
    answer = vendor("POST", TOKEN, json=body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b'{"email": "ann@example.com"', "application/json"),
        (b"", "application/json"),
        (b'{"email": "\xff"}', "application/json"),
        (b'{"email": NaN}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"email": "ann@example.com"}', "text/plain"),
        (b'{"email": "ann@example.com"}', ""),
        (b"email=ann@example.com", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_not_json_or_not_declared_so_is_refused(
    vendor: Call, ann: dict[str, Any], data: bytes, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    assert vendor("POST", TOKEN, data=data, headers=headers).status_code == 400


def test_null_and_empty_fields_count_as_missing(
    vendor: Call, ann: dict[str, Any]
) -> None:
    body: dict[str, object] = {
        **ANN,
        "phone": "",
        "externalCustomerId": None,
        "unknown": {},
    }
    assert vendor("POST", TOKEN, json=body).json()["token"]


def test_identifiers_are_tried_from_the_external_id_to_the_phone(
    control: Call, vendor: Call
) -> None:
    for contact in (
        {"externalCustomerId": "1"},
        {"email": "b@example.com"},
        {"phone": "+380 (94) 258-36-91"},
    ):
        control("POST", "contacts", json=contact)
    for contact, title in (
        ({"externalCustomerId": "1"}, "by id"),
        ({"email": "b@example.com"}, "by email"),
        ({"phone": "380942583691"}, "by phone"),
    ):
        answer = control("POST", "messages", json={**contact, "title": title})
        assert answer.status_code == 201

    def opened_by(**contact: str) -> str:
        token = vendor("POST", TOKEN, json=contact).json()["token"]
        answer = vendor("GET", "/appinbox/v1/messages", headers={"ES-TOKEN": token})
        title: str = answer.json()["list"][0]["title"]
        return title

    phone = "380942583691"
    email = "B@Example.com"
    assert opened_by(externalCustomerId="1", email=email, phone=phone) == "by id"
    assert opened_by(externalCustomerId="2", email=email, phone=phone) == "by email"
    assert opened_by(email="c@example.com", phone=phone) == "by phone"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", TOKEN, 405),
        ("PUT", "/v1/contact", 405),
        ("PUT", "/api/v2/version", 405),
        ("POST", "/v1/auth/contact", 501),
        ("GET", "/v1/balance", 501),
        ("PATCH", "/api/v1/orders", 501),
        ("DELETE", "/v2/past_events/7", 501),
        ("GET", "/api/appinbox/v1/messages", 404),
        ("GET", "/v3/version", 404),
    ],
)
def test_other_routes_and_methods_are_refused_in_plain_text(
    vendor: Call, method: str, path: str, status: int
) -> None:
    answer = vendor(method, path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_wrong_method_is_told_the_right_ones(vendor: Call) -> None:
    allow = vendor("GET", "/api/v1/contact").headers["Allow"]
    assert set(allow.split(", ")) == {"POST", "DELETE", "OPTIONS"}


@pytest.mark.parametrize("path", ["/v1/contact", "/api/v2/orders"])
def test_no_path_below_a_version_answers_without_credentials(
    anyone: Call, path: str
) -> None:
    assert anyone("GET", path).status_code == 401


def test_a_view_cannot_be_open_to_a_right_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="event"):
        open_to("event")


@pytest.mark.parametrize(
    "path", ["/v1/version", "/api/v1/version", "/v2/version", "/api/v2/version"]
)
def test_the_version_is_told(vendor: Call, path: str) -> None:
    assert vendor("GET", path).json().keys() == {"version", "protocolVersion"}


def test_the_account_is_told(vendor: Call) -> None:
    info = vendor("GET", "/api/v1/account/info").json()
    assert "@" in info["userEmail"]
    assert info["organisationName"]


def test_a_domain_is_registered_once_and_its_id_stands_in_the_script(
    vendor: Call, sandbox: SandboxServer
) -> None:
    assert vendor("GET", "/v1/site/script").status_code == 404
    assert vendor("GET", "/v1/site/domains").json() == []
    answer = vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    site_id = answer.json()["siteId"]
    assert len(site_id) == 32
    script = vendor("GET", "/v1/site/script", headers={"Accept": "text/plain"})
    assert script.headers["Content-Type"].startswith("text/plain")
    assert f'"{sandbox.url}/scripts/{site_id}.js"' in script.text
    assert "eS('init')" in script.text
    again = vendor("POST", "/v1/site/domains", json={"domain": " Shop.example "})
    assert (again.status_code, again.json()) == (200, {"siteId": site_id})
    listed = vendor("GET", "/v1/site/domains")
    assert listed.json() == [{"domain": "shop.example"}]


def test_an_organization_has_one_domain(vendor: Call) -> None:
    vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    another = vendor("POST", "/v1/site/domains", json={"domain": "other.example"})
    assert another.status_code == 400
    assert "already registered" in another.text
    listed = vendor("GET", "/v1/site/domains")
    assert listed.json() == [{"domain": "shop.example"}]


@pytest.mark.parametrize(
    "body", [{}, {"domain": " "}, {"domain": 1}, {"domain": "shop example"}]
)
def test_a_domain_must_be_given(vendor: Call, body: object) -> None:
    assert vendor("POST", "/v1/site/domains", json=body).status_code == 400
