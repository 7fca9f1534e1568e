"""``check`` and other commands where an OAuth connection is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_app_inbox import Contact
from flask_app_inbox.web.encryption import Encryptor
from tests.oauth.commands import check, run
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

#: The findings about an account.
VENDORS = {
    *("connection_not_renewed", "connection_refused", "connections_unreadable"),
    *("api_url_wrong", "key_refused", "right_missing", "vendor_unreachable"),
}


@pytest.fixture
def site(vendor: Vendor, make_site: MakeSite) -> Site:
    """A site whose connection is ``north``."""
    site = make_site(SCRIPT_ID="SITE", SCRIPT_URL=vendor.url)
    connect(vendor, site, "north")
    site.connection = "north"
    return site


@pytest.fixture
def other_key(site: Site) -> Site:
    """The site, after somebody changed its encryption key."""
    site.oauth.store._encryptor = Encryptor([b"A" * 43 + b"="])
    return site


def test_check_says_where_the_earlier_key_belongs(other_key: Site) -> None:
    told = check(other_key)["findings"]["connections_unreadable"]
    assert told["fix"].startswith("APP_INBOX_ENCRYPTION_KEYS = ")


@pytest.mark.parametrize(
    "command",
    [
        ("token", "--email", "ann@example.com"),
        ("script", "--domain", "shop.example"),
        ("handoff",),
        ("sync",),
        ("oauth", "status"),
    ],
)
def test_a_command_tells_a_changed_key_in_a_sentence(
    other_key: Site, command: tuple[str, ...]
) -> None:
    other_key.inbox.contacts_loader(lambda *_: [Contact(email="ann@example.com")])
    named = () if command[0] == "oauth" else ("--connection", "north")
    status, told = run(other_key, *command, *named)
    assert status == 1
    assert "Error: The connection was stored under another key." in told


def test_handoff_says_why_it_does_not_name_the_account(
    other_key: Site, tmp_path: Path
) -> None:
    status, told = run(other_key, "handoff", "--out", str(tmp_path / "handoff"))
    assert status == 0
    assert "does not name the account. The connection was stored under anoth" in told
    assert "Which right does an app (OAuth) need" in told


@pytest.mark.parametrize("again", [False, True], ids=["at once", "put off"])
def test_a_client_that_the_vendor_refuses(
    vendor: Vendor, site: Site, again: bool
) -> None:
    site.shift_expiry(-200_000)
    site.oauth.client._auth.client_secret = "wrong"
    if again:
        check(site, "--connection", "north")
    told = check(site, "--connection", "north")["findings"]
    assert set(told) & VENDORS == {"connection_not_renewed"}
    assert "invalid_client" in told["connection_not_renewed"]["what"]
    assert told["connection_not_renewed"]["fix"].startswith(
        "APP_INBOX_OAUTH_CLIENT_SECRET"
    )


def test_an_authorization_server_that_is_down(vendor: Vendor, site: Site) -> None:
    site.shift_expiry(-200_000)
    vendor.fault(route="oauth_token", kind="status", status=503, times=None)
    site.oauth.keeper("north")._sleep = lambda seconds: None
    told = check(site, "--connection", "north")["findings"]
    assert set(told) & VENDORS == {"connection_not_renewed"}
    fix = told["connection_not_renewed"]["fix"]
    assert fix.startswith("flask app-inbox oauth refresh --connection north")
    assert f"{vendor.url}/uaa" in fix


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/app-inbox/oauth/callback", False),
        ("/shop/app-inbox/oauth/callback", False),
        ("/oauth/callback", True),
        ("", True),
    ],
)
def test_a_callback_address_that_no_page_of_ours_answers(
    make_site: MakeSite, path: str, found: bool
) -> None:
    site = make_site(OAUTH_REDIRECT_URI=f"https://shop.example{path}")
    told = check(site, "--offline")["findings"].get("redirect_uri_unanswered")
    assert bool(told) == found
    if told:
        right = "https://shop.example/app-inbox/oauth/callback"
        assert told["fix"].startswith(f'APP_INBOX_OAUTH_REDIRECT_URI = "{right}"')


def test_an_endpoint_that_takes_a_visitor_for_a_customer(make_site: MakeSite) -> None:
    told = check(make_site(), "--offline")["findings"]  # without a connection
    assert told["endpoint_open"]["fix"].startswith("return None")
    assert "endpoint_taken" not in told
