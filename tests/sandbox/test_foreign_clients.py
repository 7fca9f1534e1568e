"""What plugins of the platform and programs that others wrote send, and can read.

They were run on the sandbox, unchanged but for host and key.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.sandbox.conftest import Call

CONTACT = "/v1/contact"
TOKEN = "/v1/auth/contact/token"


def test_an_external_id_may_be_a_number(vendor: Call) -> None:
    contact = {"externalCustomerId": 77, "channels": []}
    assert vendor("POST", CONTACT, json=contact).status_code == 200
    many = {"contacts": [{**contact, "externalCustomerId": 78}], "dedupeOn": "email"}
    assert vendor("POST", "/v1/contacts", json=many).status_code == 200
    (found,) = vendor("GET", "/v1/contacts?externalCustomerId=77").json()
    assert found["externalCustomerId"] == "77"
    assert vendor("POST", TOKEN, json={"externalCustomerId": 77}).json()["token"]
    for wrong in (True, 7.5, [77]):
        answer = vendor("POST", TOKEN, json={"externalCustomerId": wrong})
        assert answer.status_code == 400


def test_a_wrong_key_is_told_in_json(anyone: Call) -> None:
    answer = anyone("GET", "/api/v1/account/info", auth=("", "wrong"))
    assert answer.status_code == 401
    assert answer.json()["status"] == 401


def test_the_owners_address_is_of_a_valid_form(vendor: Call) -> None:
    info = vendor("GET", "/v1/account/info").json()
    assert info["userEmail"].endswith(".example")


def test_another_domain_is_refused_in_known_words(vendor: Call) -> None:
    vendor("POST", "/v1/site/domains", json={"domain": "shop.example"})
    answer = vendor("POST", "/v1/site/domains", json={"domain": "other.example"})
    assert (answer.status_code, answer.text) == (400, "Domain is already registered")


@pytest.mark.parametrize("path", ["/v1/contacts", "/v1/account/info", "/v2/version"])
def test_a_path_may_end_with_a_slash(vendor: Call, path: str) -> None:
    assert vendor("GET", f"{path}/").status_code == 200


def test_a_fault_hits_a_path_with_a_slash(anyone: Call, vendor: Call) -> None:
    fault = {"route": "contacts", "kind": "status", "status": 503, "times": 1}
    assert anyone("POST", "/_sandbox/faults", json=fault).status_code == 201
    assert vendor("GET", "/v1/contacts/").status_code == 503


def test_chathubs_tokens_end_with_their_quotes(anyone: Call) -> None:
    login = {"login": "sandbox", "password": "sandbox"}
    company = anyone("POST", "/api/company/get-token", json=login)
    until = datetime.now(timezone.utc) + timedelta(hours=1)
    operator = anyone(
        "POST",
        "/api/operator/get-token",
        json={"id": 101, "expiresAt": until.isoformat(timespec="milliseconds")},
        headers={"Authorization": f"Bearer {company.json()}"},
    )
    for answer in (company, operator):
        assert answer.text == f'"{answer.json()}"'


def test_contacts_are_found_by_what_is_asked_for(vendor: Call) -> None:
    for name in ("ann", "ben", "cat"):
        channels = [{"type": "email", "value": f"{name}@example.com"}]
        vendor("POST", CONTACT, json={"channels": channels})
    answer = vendor("GET", "/v1/contacts?email=ben@example.com")
    assert [one["channels"][0]["value"] for one in answer.json()] == ["ben@example.com"]
    assert answer.headers["TotalCount"] == "1"
    assert vendor("GET", "/v1/contacts?email=eve@example.com").json() == []
    page = vendor("GET", "/v1/contacts?startindex=2&maxrows=1")
    assert [one["channels"][0]["value"] for one in page.json()] == ["ben@example.com"]
    assert page.headers["TotalCount"] == "3"


@pytest.mark.parametrize("path", ["/v1/orders", "/api/v1/orders"])
def test_orders_are_known_and_not_simulated(vendor: Call, path: str) -> None:
    assert vendor("POST", path, json={"orders": []}).status_code == 501


def test_an_operators_own_token_lists_the_operators(anyone: Call) -> None:
    login = {"login": "sandbox", "password": "sandbox"}
    company = anyone("POST", "/api/company/get-token", json=login).json()
    until = datetime.now(timezone.utc) + timedelta(hours=1)
    operator = anyone(
        "POST",
        "/api/operator/get-token",
        json={"id": 101, "expiresAt": until.isoformat(timespec="milliseconds")},
        headers={"Authorization": f"Bearer {company}"},
    ).json()
    answer = anyone(
        "GET",
        "/api/operator?organizationId=24",
        headers={"Authorization": f"Bearer {operator}"},
    )
    assert answer.status_code == 200, answer.text
