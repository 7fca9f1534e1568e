"""Registering a domain and reading the id of the page script."""

from __future__ import annotations

from typing import Any

import pytest
import responses

from flask_app_inbox import VendorInvalid
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.client.site import find_script_id, read_script_id, register_domain
from tests.conftest import client_of

BASE = "https://esputnik.com/api"
SITE_ID = "5329D46FF7EB4D63A5CA2E048C5C6C4E"


@pytest.fixture
def api() -> VendorApi:
    return client_of(API_URL=BASE).api


def register(
    api: VendorApi, status: int, body: str, domains: dict[str, Any] | None = None
) -> bool:
    """Register a domain.

    :param domains: how the vendor answers which ones it has; None: nobody asks.
    """
    with responses.RequestsMock() as vendor:
        vendor.post(
            f"{BASE}/v1/site/domains",
            status=status,
            body=body,
            match=[responses.matchers.json_params_matcher({"domain": "shop.example"})],
        )
        if domains is not None:
            vendor.get(f"{BASE}/v1/site/domains", **domains)
        return register_domain(api, "shop.example")


def test_a_new_domain_is_registered(api: VendorApi) -> None:
    assert register(api, 201, '{"siteId": "x"}')


@pytest.mark.parametrize(
    ("status", "text", "domains"),
    [
        (200, "", None),
        (200, '{"siteId": "x"}', None),
        (400, "Domain already exists", {"json": [{"domain": "shop.example"}]}),
        (400, "Domain is already registered", {"status": 404}),
    ],
)
def test_a_known_domain_is_as_good(
    api: VendorApi, status: int, text: str, domains: dict[str, Any] | None
) -> None:
    assert not register(api, status, text, domains)


def test_a_domain_that_the_vendor_cannot_reach(api: VendorApi) -> None:
    with pytest.raises(VendorInvalid, match="cannot reach"):
        register(api, 400, "Domain can't be reached")


@pytest.mark.parametrize("text", ["No.", "Domain is already registered"])
def test_an_account_has_one_domain(api: VendorApi, text: str) -> None:
    with pytest.raises(VendorInvalid, match=r"has the domain other\.example"):
        register(api, 400, text, {"json": [{"domain": "other.example"}]})


@pytest.mark.parametrize(
    "domains",
    [
        {"json": []},
        {"json": [{"domain": "shop.example"}]},
        {"json": [{"domain": 5}, {}, None, {"domain": "\x1b[2J"}]},
        {"json": {"domain": "other.example"}},
        {"status": 404},
    ],
)
def test_any_other_refusal_is_told_by_its_status_alone(
    api: VendorApi, domains: dict[str, Any]
) -> None:
    with pytest.raises(VendorInvalid, match="answered 422 to a domain") as refusal:
        register(api, 422, "something of the vendor's", domains)
    assert "something" not in str(refusal.value)


def test_the_script_is_asked_for_as_text(api: VendorApi) -> None:
    snippet = "<script>…'https://statics.example/scripts/' + n + '.js'…\n" + (
        f"}}(window, document, 'script', '{SITE_ID}');</script>"
    )
    with responses.RequestsMock() as vendor:
        vendor.get(
            f"{BASE}/v1/site/script",
            body=snippet,
            match=[responses.matchers.header_matcher({"Accept": "text/plain"})],
        )
        assert read_script_id(api) == SITE_ID


@pytest.mark.parametrize(("status", "body"), [(404, ""), (200, "<p>Log in</p>")])
def test_no_script_is_told(api: VendorApi, status: int, body: str) -> None:
    with responses.RequestsMock() as vendor:
        vendor.get(f"{BASE}/v1/site/script", status=status, body=body)
        with pytest.raises(VendorInvalid):
            read_script_id(api)


def test_the_id_is_found_in_an_address_too() -> None:
    html = f'<script src="https://statics.example/scripts/{SITE_ID}.js"></script>'
    assert find_script_id(html) == SITE_ID
    assert find_script_id("<script src='/scripts/site'></script>") is None
