"""``flask app-inbox oauth``: for servers without a browser, and for cron."""

from __future__ import annotations

import json
import re

import pytest

from flask_app_inbox.web.encryption import Encryptor
from tests.oauth.conftest import MakeSite
from tests.oauth.site import Site
from tests.oauth.vendor import CALLBACK, Vendor, plain_address


def run(site: Site, *args: str, given: str | None = None) -> tuple[int, str]:
    runner = site.app.test_cli_runner()
    result = runner.invoke(args=["app-inbox", "oauth", *args], input=given)
    return result.exit_code, result.output


def connect(vendor: Vendor, site: Site, *, whole_address: bool) -> tuple[int, str]:
    """Do what a person does: open the address that is shown, paste what comes."""
    answers: list[str] = []

    def prompt(text: str) -> str:
        url = re.search(r"http\S+authorize\S+", "".join(printed))
        assert url
        location = vendor.consent(url[0])
        answers.append(location)
        code = location.partition("code=")[2].partition("&")[0]
        return location if whole_address else code

    printed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("click.echo", lambda text="": printed.append(str(text)))
        patch.setattr("click.prompt", prompt)
        code, _ = run(site, "connect")
    return code, "\n".join(printed)


@pytest.mark.parametrize("whole_address", [True, False])
def test_a_site_is_connected_by_a_pasted_code_or_address(
    vendor: Vendor, make_site: MakeSite, whole_address: bool
) -> None:
    site = make_site()
    status, printed = connect(vendor, site, whole_address=whole_address)
    assert status == 0
    assert "Connected to the account 'Sandbox'." in printed
    assert site.token() == (200, "")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (f"{CALLBACK}?error=access_denied", "access was refused"),
        (f"{CALLBACK}?code=x&state=foreign", "belongs to another try"),
        (CALLBACK, "no code in this address"),
        ("nonsense", "The vendor did not accept the code"),
    ],
)
def test_a_paste_that_cannot_work_is_explained(
    make_site: MakeSite, given: str, words: str
) -> None:
    site = make_site()
    status, output = run(site, "connect", given=given)
    assert status == 1
    assert words in output
    assert site.oauth.store.read("default") is None


@pytest.mark.parametrize("whole_address", [True, False])
@pytest.mark.parametrize("asked", [True, False])
def test_a_code_of_a_plain_address_connects_the_site(
    vendor: Vendor, make_site: MakeSite, whole_address: bool, asked: bool
) -> None:
    site = make_site()
    location = vendor.consent(plain_address(vendor))
    assert "state" not in location
    given = location if whole_address else location.partition("code=")[2]
    rest = () if asked else (given,)
    status, output = run(site, "connect", "--code", *rest, given=given if asked else "")
    assert status == 0, output
    assert "Connected to the account 'Sandbox'." in output
    assert "authorize" not in output
    assert site.token() == (200, "")


def test_a_code_in_the_wrong_place_is_told_where_it_belongs(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    plain = vendor.code(plain_address(vendor))
    status, output = run(site, "connect", given=plain)
    assert (status, "oauth connect --code" in output) == (1, True)
    ours = vendor.code(site.oauth.client.authorize_url("state", "v" * 43))
    status, output = run(site, "connect", "--code", ours)
    assert (status, "does not work with --code" in output) == (1, True)
    assert site.oauth.store.names() == []


def test_the_name_of_an_account_moves_no_cursor(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    connect(vendor, site, whole_address=True)
    tokens = site.row().tokens
    assert tokens is not None
    site.oauth.store.connect("default", tokens, {"name": "Shop\x1b[2J"})
    assert "account:       Shop[2J" in run(site, "status")[1]


def test_the_status_tells_account_and_times_and_no_secrets(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    assert "not connected" in run(site, "status")[1]
    connect(vendor, site, whole_address=True)
    status, output = run(site, "status")
    assert status == 0
    assert "account:       Sandbox" in output
    assert "last refresh:  none yet" in output
    tokens = site.row().tokens
    assert run(site, "refresh")[0] == 0
    [shown] = json.loads(run(site, "status", "--json")[1])
    assert shown["state"] == "connected"
    assert shown["account"]["name"] == "Sandbox"
    assert shown["last_refresh"] is not None
    assert shown["expires_at"] < shown["refresh_expires_at"]
    for secret in (tokens.access_token, tokens.refresh_token, tokens.code):
        assert secret not in output + json.dumps(shown)


def test_the_status_names_every_connection(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site(connected=True)
    verifier = "v" * 43
    code = vendor.code(site.oauth.client.authorize_url("s", verifier))
    site.oauth.connect("north", code, verifier)
    shown = json.loads(run(site, "status", "--json")[1])
    assert [each["connection"] for each in shown] == ["default", "north"]
    one = json.loads(run(site, "status", "--json", "--connection", "south")[1])
    assert one == [{"connection": "south", "state": "not_connected"}]


def test_a_lost_connection_is_told_with_the_next_step(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/connections")
    status, output = run(site, "refresh")
    assert status == 1
    assert "flask app-inbox oauth connect" in output
    status, output = run(site, "status")
    assert status == 0
    assert "reconnect needed" in output
    assert "next step:     flask app-inbox oauth connect" in output


def test_a_vendor_that_is_down_is_told(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site(connected=True)
    vendor.fault(route="oauth_token", kind="status", status=503)
    status, output = run(site, "refresh")
    assert (status, "answered 503" in output) == (1, True)
    assert "The last refresh failed" in run(site, "status")[1]
    assert run(site, "refresh")[0] == 0, "by hand it is not put off"
    assert "problem" not in run(site, "status")[1]


def test_disconnecting_says_where_to_revoke(make_site: MakeSite) -> None:
    site = make_site(connected=True)
    assert "Disconnected." in run(site, "disconnect")[1]
    status, output = run(site, "disconnect")
    assert status == 0
    assert "There was no connection." in output
    assert "Connected apps" in output


def test_the_table_is_made_on_demand(make_site: MakeSite) -> None:
    site = make_site()
    assert run(site, "init-db") == (0, "The table for OAuth connections exists.\n")
    assert run(site, "init-db")[0] == 0


def test_a_wrong_key_is_told_and_a_disconnect_gets_rid_of_it(
    make_site: MakeSite,
) -> None:
    site = make_site(connected=True)
    site.oauth.store._encryptor = Encryptor([b"A" * 43 + b"="])
    for command in ("status", "refresh"):
        status, output = run(site, command)
        assert (status, "stored under another key" in output) == (1, True)
    assert run(site, "disconnect")[0] == 0
    assert "not connected" in run(site, "status")[1]
