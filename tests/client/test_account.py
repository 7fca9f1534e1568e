"""Whose account it is, and the version of the vendor's API."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from flask_app_inbox import VendorInvalid, VendorRejected
from flask_app_inbox.client.account import Account, read_account, read_version
from flask_app_inbox.client.api import VendorApi
from tests.conftest import client_of

BASE = "https://esputnik.com/api"


@pytest.fixture
def api() -> VendorApi:
    return client_of(API_URL=BASE).api


def answer(path: str, **options: Any) -> responses.RequestsMock:
    vendor = responses.RequestsMock()
    vendor.get(BASE + path, **options)
    return vendor


def test_an_account_is_read_and_its_user_kept_out_of_repr(
    api: VendorApi,
) -> None:
    body = {"orgId": 7, "userEmail": "ann@example.com", "organisationName": "Shop"}
    with answer("/v1/account/info", json=body):
        account = read_account(api)
    assert account == Account(7, "Shop", "ann@example.com")
    assert "ann" not in repr(account)


@pytest.mark.parametrize(
    "body", [{}, {"orgId": "7", "organisationName": "a\nb"}, {"organisationName": " "}]
)
def test_what_is_left_out_or_unusable_is_none(
    api: VendorApi, body: dict[str, Any]
) -> None:
    with answer("/v1/account/info", json=body):
        assert read_account(api) == Account(None, None, None)


def test_a_wrong_key_opens_no_account(api: VendorApi) -> None:
    with answer("/v1/account/info", status=401), pytest.raises(VendorRejected):
        read_account(api)


@pytest.mark.parametrize("options", [{"status": 404}, {"json": []}, {"body": "<p>"}])
def test_an_answer_of_somebody_else_is_refused(
    api: VendorApi, options: dict[str, Any]
) -> None:
    with answer("/v1/account/info", **options), pytest.raises(VendorInvalid):
        read_account(api)


def test_the_version_is_read(api: VendorApi) -> None:
    body = {"version": "20417", "protocolVersion": "1.0"}
    with answer("/v1/version", json=body):
        assert read_version(api) == "20417"


def test_an_answer_without_a_version_is_refused(api: VendorApi) -> None:
    with answer("/v1/version", json={}), pytest.raises(VendorInvalid):
        read_version(api)
