"""The vendor's REST API as the sandbox speaks it."""

from __future__ import annotations

import threading
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
def test_whoever_lacks_the_key_is_refused_in_plain_text(
    anyone: Call, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = anyone("POST", TOKEN, json=ANN, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/plain")
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
        {"externalCustomerId": 42},
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
        ("DELETE", "/v1/contact", 405),
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
    assert set(allow.split(", ")) == {"POST", "OPTIONS"}


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
    assert isinstance(info["orgId"], int)
    assert "@" in info["userEmail"]
    assert info["organisationName"]


def test_a_domain_is_registered_once_and_its_id_stands_in_the_script(
    vendor: Call, sandbox: SandboxServer
) -> None:
    first = vendor("GET", "/v1/site/script").text
    answer = vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    site_id = answer.json()["siteId"]
    assert len(site_id) == 32
    script = vendor("GET", "/v1/site/script", headers={"Accept": "text/plain"})
    assert script.headers["Content-Type"].startswith("text/plain")
    assert f'"{sandbox.url}/scripts/{site_id}.js"' in script.text
    assert site_id not in first
    assert "eS('init')" in script.text
    again = vendor("POST", "/v1/site/domains", json={"domain": " Shop.example "})
    assert (again.status_code, again.text) == (400, "Domain already exists")


@pytest.mark.parametrize("body", [{}, {"domain": " "}, {"domain": 1}])
def test_a_domain_must_be_given(vendor: Call, body: object) -> None:
    assert vendor("POST", "/v1/site/domains", json=body).status_code == 400


def contact_body(**fields: Any) -> dict[str, Any]:
    channels = [
        {"type": kind, "value": fields.pop(kind)}
        for kind in ("email", "sms")
        if kind in fields
    ]
    return {**fields, "channels": channels}


def test_a_new_contact_is_created_with_its_fields(vendor: Call, control: Call) -> None:
    body = contact_body(
        externalCustomerId="42",
        firstName="Ann",
        lastName="Smith",
        email="ann@example.com",
        sms="380942583691",
        address={"town": "Kyiv"},
    )
    answer = vendor("POST", "/v1/contact", json=body)
    assert answer.status_code == 200
    assert control("GET", "contacts").json() == [
        {
            "id": answer.json()["id"],
            "externalCustomerId": "42",
            "email": "ann@example.com",
            "phone": "380942583691",
            "firstName": "Ann",
            "lastName": "Smith",
        }
    ]


@pytest.mark.parametrize(
    "again",
    [
        contact_body(externalCustomerId="42", email="new@example.com"),
        contact_body(email="ANN@example.com"),
        contact_body(sms="+380942583691", externalCustomerId="42"),
    ],
)
def test_a_contact_that_is_found_is_updated(
    vendor: Call, again: dict[str, Any]
) -> None:
    body = contact_body(
        externalCustomerId="42", email="ann@example.com", sms="380942583691"
    )
    first = vendor("POST", "/v1/contact", json=body).json()
    second = vendor("POST", "/api/v1/contact", json=again | {"firstName": "Ann"})
    assert second.json() == first


def test_an_updated_contact_is_no_longer_found_by_its_old_email(
    vendor: Call, issue: Callable[..., str]
) -> None:
    for email in ("old@example.com", "new@example.com"):
        body = contact_body(externalCustomerId="42", email=email)
        vendor("POST", "/v1/contact", json=body)
    assert issue(email="new@example.com")
    assert issue(email="old@example.com") == ""


def test_another_external_id_makes_another_contact(
    vendor: Call, issue: Callable[..., str]
) -> None:
    ids = [
        vendor(
            "POST",
            "/v1/contact",
            json=contact_body(externalCustomerId=number, email="family@example.com"),
        ).json()["id"]
        for number in ("1", "2")
    ]
    assert ids[0] != ids[1]
    assert issue(email="family@example.com")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"firstName": "Ann"},
        {"externalCustomerId": 42},
        {"channels": {"type": "email"}},
        {"channels": ["ann@example.com"]},
        {"channels": [{"type": "fax", "value": "1"}]},
        {"channels": [{"value": "ann@example.com"}]},
        {"channels": [{"type": "email", "value": None}]},
        {"channels": [{"type": "email", "value": 5}]},
        contact_body(email="ann@example.com", lastName=7),
    ],
)
def test_a_contact_of_wrong_types_or_without_identifier_is_refused(
    vendor: Call, body: object
) -> None:
    assert vendor("POST", "/v1/contact", json=body).status_code == 400


def test_the_same_contact_twice_at_the_same_time_is_refused(
    vendor: Call,
    control: Call,
    break_route: Callable[..., None],
    eventually: Eventually,
) -> None:
    body = contact_body(email="ann@example.com")
    break_route("contact", "delay", seconds=60)
    answers: list[requests.Response] = []
    slow = threading.Thread(
        target=lambda: answers.append(vendor("POST", "/v1/contact", json=body))
    )
    slow.start()
    eventually(lambda: control("GET", "contacts").json())
    refused = vendor("POST", "/v1/contact", json=body)
    other = vendor("POST", "/v1/contact", json=body | {"lastName": "Smith"})
    control("DELETE", "faults")
    slow.join(10)
    afterwards = vendor("POST", "/v1/contact", json=body)
    assert (refused.status_code, refused.text) == (400, "Duplicated request")
    assert [a.status_code for a in (*answers, other, afterwards)] == [200, 200, 200]


def test_a_client_that_leaves_a_delayed_call_leaves_no_duplicate_behind(
    vendor: Call,
    control: Call,
    break_route: Callable[..., None],
    eventually: Eventually,
) -> None:
    body = contact_body(email="ann@example.com")
    break_route("contact", "delay", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        vendor("POST", "/v1/contact", json=body, timeout=0.2)
    eventually(lambda: control("GET", "requests").json())
    assert vendor("POST", "/v1/contact", json=body).status_code == 200
