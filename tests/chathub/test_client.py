"""The wire: what goes to ChatHub, and what is made of its answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from responses import matchers

from flask_app_inbox.client.chathub import ChatHubClient, Credentials
from flask_app_inbox.client.chathub_answers import (
    Operator,
    Organization,
    iso_8601,
    read_moment,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.transport import Transport
from flask_app_inbox.errors import VendorInvalid, VendorRejected, VendorTimeout

API = "https://chatapi.smsbat.com"
LOGIN = f"{API}/api/company/get-token"
ORGANIZATIONS = f"{API}/api/company/organization"
ISSUE = f"{API}/api/operator/get-token"
VALIDATE = f"{API}/api/operator/validate-token"
NOW = 1737383614.147  # 2025-01-20T14:33:34.147Z


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as vendor:
        yield vendor


def client(**credentials: str) -> ChatHubClient:
    return ChatHubClient(
        API,
        Credentials(**(credentials or {"key": "the-key"})),
        Transport(max_concurrent=4, sleep=lambda _: None),
        timeout=5,
        clock=lambda: NOW,
    )


def bearer(token: str) -> Any:
    return matchers.header_matcher({"Authorization": f"Bearer {token}"})


def test_the_key_travels_in_its_own_header(vendor: responses.RequestsMock) -> None:
    key = matchers.header_matcher({"X-Authorization-Key": "the-key"})
    vendor.get(ORGANIZATIONS, json=[{"id": 6, "name": "Sales"}], match=[key])
    assert client().organizations() == [Organization(6, "Sales")]
    assert "Authorization" not in vendor.calls[0].request.headers


def test_login_and_password_buy_a_company_token_that_is_kept(
    vendor: responses.RequestsMock,
) -> None:
    body = matchers.json_params_matcher({"login": "me", "password": "secret"})
    vendor.post(LOGIN, json="company", match=[body])
    vendor.get(ORGANIZATIONS, json=[], match=[bearer("company")])
    hub = client(login="me", password="secret")
    hub.organizations()
    hub.organizations()
    assert [call.request.url for call in vendor.calls].count(LOGIN) == 1
    assert "Authorization" not in vendor.calls[0].request.headers


def test_a_company_token_that_died_is_renewed_once(
    vendor: responses.RequestsMock,
) -> None:
    vendor.post(LOGIN, json="old")
    vendor.get(ORGANIZATIONS, status=401, match=[bearer("old")])
    vendor.post(LOGIN, json="new")
    vendor.get(ORGANIZATIONS, json=[], match=[bearer("new")])
    assert client(login="me", password="secret").organizations() == []


def test_a_vendor_that_refuses_every_token_is_asked_twice(
    vendor: responses.RequestsMock,
) -> None:
    vendor.post(LOGIN, json="token")
    vendor.get(ORGANIZATIONS, status=401)
    with pytest.raises(VendorRejected):
        client(login="me", password="secret").organizations()
    assert len(vendor.calls) == 4


def test_a_wrong_password_is_tried_once(vendor: responses.RequestsMock) -> None:
    vendor.post(LOGIN, status=401)
    with pytest.raises(VendorRejected):
        client(login="me", password="wrong").organizations()
    assert len(vendor.calls) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_tried_once(vendor: responses.RequestsMock, status: int) -> None:
    vendor.get(ORGANIZATIONS, status=status)
    with pytest.raises(VendorRejected):
        client().organizations()
    assert len(vendor.calls) == 1


def test_a_token_is_asked_for_by_number_and_moment(
    vendor: responses.RequestsMock,
) -> None:
    body = matchers.json_params_matcher(
        {"id": 123, "expiresAt": "2025-01-20T15:33:34.147Z"}
    )
    vendor.post(ISSUE, json="eyJhbGciOi.x.y", match=[body])
    token = client().issue_token(123, 3600)
    assert token.token == "eyJhbGciOi.x.y"
    assert token.expires_at == NOW + 3600
    assert "eyJhbGciOi" not in repr(token)


@pytest.mark.parametrize(
    ("answer", "expires_at"),
    [
        ("abc", NOW + 3600),
        ({"token": "abc"}, NOW + 3600),
        ({"token": "abc", "expiration": "2025-01-20T14:43:34.1474567Z"}, NOW + 600),
        ({"token": "abc", "expiration": "2025-01-20T14:43:34.147"}, NOW + 600),
        ({"token": "abc", "expiration": "2026-01-20T14:43:34Z"}, NOW + 3600),
        ({"token": "abc", "expiration": "soon"}, NOW + 3600),
        ({"token": "abc", "expiration": 5}, NOW + 3600),
        ({"token": "abc", "expiresAt": "2025-01-20T14:43:34.147Z"}, NOW + 600),
    ],
)
def test_every_form_of_a_token_is_understood(
    vendor: responses.RequestsMock, answer: Any, expires_at: float
) -> None:
    vendor.post(ISSUE, body=json.dumps(answer), content_type="text/plain")
    token = client().issue_token(123, 3600)
    assert token.token == "abc"
    assert token.expires_at == pytest.approx(expires_at, abs=0.01)


def test_a_token_that_expired_already_is_none(vendor: responses.RequestsMock) -> None:
    vendor.post(ISSUE, json={"token": "abc", "expiration": "2024-01-01T00:00:00Z"})
    with pytest.raises(VendorInvalid, match="expired"):
        client().issue_token(123, 3600)


@pytest.mark.parametrize("body", ["abc", '"a b"', '"ключ"', "{}", "[]", "1", '""'])
def test_what_is_no_token_is_refused(vendor: responses.RequestsMock, body: str) -> None:
    vendor.post(ISSUE, body=body)
    with pytest.raises(VendorInvalid):
        client().issue_token(123, 3600)


def test_only_active_operators_are_listed(vendor: responses.RequestsMock) -> None:
    everybody = [
        {"id": 1, "name": "Gone", "status": 2, "organization": {"id": 24}},
        {"id": 2, "name": "Away", "status": 1, "organization": {"id": 24}},
        {"id": 3, "name": "Olha", "status": 0, "organization": {"id": 24}},
        {"id": 4, "name": "Unknown"},
        {"id": 5, "name": "Odd", "status": "0"},
    ]
    vendor.get(f"{API}/api/operator?organizationId=24", json=everybody)
    assert client().operators(24) == [Operator(3, "Olha", 24)]


@pytest.mark.parametrize(
    "body", [{}, [1], [{"name": "x"}], [{"id": "6"}], [{"id": True}], "x"]
)
def test_a_list_that_is_none_is_refused(
    vendor: responses.RequestsMock, body: Any
) -> None:
    vendor.get(ORGANIZATIONS, json=body)
    with pytest.raises(VendorInvalid):
        client().organizations()


def test_an_organization_without_a_name_is_listed(
    vendor: responses.RequestsMock,
) -> None:
    vendor.get(ORGANIZATIONS, json=[{"id": 6, "name": None}])
    assert client().organizations() == [Organization(6, "")]


def test_validation_is_true_only_for_a_good_token(
    vendor: responses.RequestsMock,
) -> None:
    body = matchers.json_params_matcher({"token": "abc"})
    good = {
        "isValid": True,
        "operatorId": 123,
        "clientId": 0,
        "expiresAt": "2025-01-20T14:33:34.147Z",
        "error": None,
    }
    vendor.post(VALIDATE, json=good, match=[body])
    vendor.post(VALIDATE, json={"isValid": False, "error": "Invalid token"})
    first, second = client().validate("abc"), client().validate("def")
    assert first
    assert (first.operator, first.expires_at, first.error) == (123, NOW, None)
    assert not second
    assert second.error == "Invalid token"


@pytest.mark.parametrize("body", [{}, {"valid": True}, {"isValid": "true"}, [], None])
def test_a_validation_that_says_nothing_is_refused(
    vendor: responses.RequestsMock, body: Any
) -> None:
    vendor.post(VALIDATE, json=body)
    with pytest.raises(VendorInvalid):
        client().validate("abc")


def test_one_thread_logs_in_and_the_others_wait_no_longer_than_they_may() -> None:
    hub = client(login="me", password="secret")
    with hub._login.get().lock, pytest.raises(VendorTimeout):
        hub.organizations(Deadline(0.05))


def test_a_login_of_another_thread_serves_this_one(
    vendor: responses.RequestsMock,
) -> None:
    vendor.get(ORGANIZATIONS, json=[], match=[bearer("theirs")])
    hub = client(login="me", password="secret")
    login = hub._login.get()
    with login.lock:
        thread = threading.Thread(target=hub.organizations)
        thread.start()
        login.token = "theirs"
    thread.join(timeout=5)
    assert len(vendor.calls) == 1


@pytest.mark.parametrize("value", [None, 5, "", "soon", "2025-13-01T00:00:00Z"])
def test_what_is_no_moment_is_none(value: Any) -> None:
    assert read_moment(value) is None


def test_a_moment_survives_the_way_there_and_back() -> None:
    assert read_moment(iso_8601(NOW)) == pytest.approx(NOW)
