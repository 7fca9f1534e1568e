"""Answers that no document has cost no connection and break no page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from flask_app_inbox import ReconnectNeeded, VendorRejected
from flask_app_inbox.oauth.client import (
    ACCESS_TOKEN_LIFE,
    REFRESH_TOKEN_LIFE,
    Tokens,
    token_life,
)
from flask_app_inbox.oauth.table import table
from tests.oauth.conftest import MakeSite
from tests.oauth.site import Site
from tests.oauth.test_commands import run
from tests.oauth.test_pages import PAGES
from tests.oauth.vendor import Vendor

ODD_LIVES: list[Any] = [172_800_000, 2**63, 10**400, 1e308, -1, "NaN", None, {}, "x"]

FRESH = {"access_token": "a", "refresh_token": "b"}


def check_that_it_is_shown(site: Site) -> None:
    """Assert that the owner's page and the command tell how the connection is."""
    assert site.browser.get(f"{PAGES}/").status_code == 200
    status, output = run(site, "status")
    assert status == 0, output
    assert "access token:  until 20" in output


@pytest.mark.parametrize(
    ("told", "life"),
    [
        (0, 0),
        ("90.5", 90.5),
        (REFRESH_TOKEN_LIFE, REFRESH_TOKEN_LIFE),
        *((odd, ACCESS_TOKEN_LIFE) for odd in ODD_LIVES),
    ],
)
def test_a_life_that_cannot_be_is_that_of_the_guide(told: Any, life: float) -> None:
    assert token_life(told) == life


def test_a_life_out_of_range_is_neither_stored_nor_believed(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    answer = {**FRESH, "expires_in": 2**63}
    vendor.fault(route="oauth_token", kind="types", value=answer)
    row = site.oauth.keeper("default").refresh()
    assert row.expires_at - row.issued_at == ACCESS_TOKEN_LIFE
    check_that_it_is_shown(site)
    # As an earlier version has stored it.
    with site.oauth.store._database.write() as connection:
        connection.execute(update(table).values(expires_at=float(2**63)))
    assert site.row().expires_at - row.issued_at == ACCESS_TOKEN_LIFE
    check_that_it_is_shown(site)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("invalid_grant", ReconnectNeeded),
        ("invalid_token", ReconnectNeeded),
        ("invalid_client", VendorRejected),
    ],
)
def test_an_error_that_is_told_with_status_200_is_an_error(
    vendor: Vendor, make_site: MakeSite, code: str, error: type[Exception]
) -> None:
    site = make_site(connected=True)
    vendor.fault(route="oauth_token", kind="types", value={"error": code})
    with pytest.raises(error):
        site.oauth.keeper("default").refresh()
    lost = error is ReconnectNeeded
    assert (site.token() == (503, "reconnect_needed")) == lost


def test_tokens_beside_an_error_are_tokens(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site(connected=True)
    answer = {**FRESH, "error": "invalid_grant"}
    vendor.fault(route="oauth_token", kind="types", value=answer)
    assert site.oauth.keeper("default").refresh().tokens.access_token == "a"


def test_an_account_whose_name_no_page_can_hold_is_shown(
    vendor: Vendor, make_site: MakeSite
) -> None:
    account = {"orgId": 7, "organisationName": "North \ud800"}
    vendor.fault(route="account", kind="types", value=account)
    site = make_site(connected=True)
    check_that_it_is_shown(site)
    site.oauth.store.connect("default", Tokens("a", "b", "c", 9.0), {"name": "S\udfff"})
    assert site.row().account == {"name": "S?"}
    check_that_it_is_shown(site)
