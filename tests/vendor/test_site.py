"""Registering a domain and reading the id of the page script."""

from __future__ import annotations

import pytest
import responses

from flask_app_inbox import VendorInvalid
from flask_app_inbox.settings import read_settings
from flask_app_inbox.vendor.app_inbox import AppInboxClient
from flask_app_inbox.vendor.site import (
    find_script_id,
    read_script_id,
    register_domain,
)

BASE = "https://esputnik.com/api"
SITE_ID = "5329D46FF7EB4D63A5CA2E048C5C6C4E"


@pytest.fixture
def client() -> AppInboxClient:
    return AppInboxClient(read_settings({"APP_INBOX_API_KEY": "key"}, "."))


def register(client: AppInboxClient, status: int, body: str) -> bool:
    with responses.RequestsMock() as vendor:
        vendor.post(
            f"{BASE}/v1/site/domains",
            status=status,
            body=body,
            match=[responses.matchers.json_params_matcher({"domain": "shop.example"})],
        )
        return register_domain(client, "shop.example")


def test_a_new_domain_is_registered(client: AppInboxClient) -> None:
    assert register(client, 200, '{"siteId": "x"}')


@pytest.mark.parametrize(
    "text", ["Domain already exists", "Domain is already registered"]
)
def test_a_known_domain_is_as_good(client: AppInboxClient, text: str) -> None:
    assert not register(client, 400, text)


def test_a_domain_that_the_vendor_cannot_reach(client: AppInboxClient) -> None:
    with pytest.raises(VendorInvalid, match="cannot reach"):
        register(client, 400, "Domain can't be reached")


def test_any_other_refusal_is_told_by_its_status_alone(client: AppInboxClient) -> None:
    with pytest.raises(VendorInvalid, match="answered 422 to a domain") as refusal:
        register(client, 422, "something of the vendor's")
    assert "something" not in str(refusal.value)


def test_the_script_is_asked_for_as_text(client: AppInboxClient) -> None:
    snippet = "<script>…'https://statics.example/scripts/' + n + '.js'…\n" + (
        f"}}(window, document, 'script', '{SITE_ID}');</script>"
    )
    with responses.RequestsMock() as vendor:
        vendor.get(
            f"{BASE}/v1/site/script",
            body=snippet,
            match=[responses.matchers.header_matcher({"Accept": "text/plain"})],
        )
        assert read_script_id(client) == SITE_ID


@pytest.mark.parametrize(("status", "body"), [(404, ""), (200, "<p>Log in</p>")])
def test_no_script_is_told(client: AppInboxClient, status: int, body: str) -> None:
    with responses.RequestsMock() as vendor:
        vendor.get(f"{BASE}/v1/site/script", status=status, body=body)
        with pytest.raises(VendorInvalid):
            read_script_id(client)


def test_the_id_is_found_in_an_address_too() -> None:
    html = f'<script src="https://statics.example/scripts/{SITE_ID}.js"></script>'
    assert find_script_id(html) == SITE_ID
    assert find_script_id("<script src='/scripts/site'></script>") is None
