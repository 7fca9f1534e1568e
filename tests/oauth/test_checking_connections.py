"""``check`` and ``handoff`` for a site with several connections."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import abort, render_template_string, request

from flask_app_inbox import Contact
from flask_app_inbox.web.encryption import Encryptor
from tests.conftest import MakeApp
from tests.inbox.commands.site import LAYOUT
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

#: A page that carries the snippet of an account.
WITH_SNIPPET = LAYOUT.replace(
    "<p>", "<script>load(window, document, 'script', 'NORTHERN1');</script><p>"
)

Report = dict[str, Any]

#: The findings about an account.
VENDORS = {
    *("connection_not_renewed", "connection_refused", "connections_unreadable"),
    *("api_url_wrong", "key_refused", "right_missing", "vendor_unreachable"),
}


@pytest.fixture
def site(vendor: Vendor, make_site: MakeSite) -> Site:
    """A site with two tenants; ``north`` has a script of its own."""
    site = make_site(SCRIPT_ID="SITE", SCRIPT_URL=vendor.url)
    site.app.add_url_rule("/", "page", lambda: render_template_string(LAYOUT))
    site.app.add_url_rule("/own", "own", lambda: render_template_string(WITH_SNIPPET))
    for name in ("north", "south"):
        connect(vendor, site, name)
    site.oauth.store.set_script_id("north", "NORTH")
    site.connection = "north"
    return site


def run(site: Site, *arguments: str) -> tuple[int, str]:
    result = site.app.test_cli_runner().invoke(args=["app-inbox", *arguments])
    return result.exit_code, result.output


def check(site: Site, *options: str) -> Report:
    """Return the report of a check, its findings by their codes."""
    runner = site.app.test_cli_runner()
    result = runner.invoke(args=["app-inbox", "check", "--json", *options])
    report: Report = json.loads(result.stdout)
    report["findings"] = {one["code"]: one for one in report["findings"]}
    return report


def scripts_asked_for(vendor: Vendor) -> list[str]:
    return [path for path in vendor.paths() if path.startswith("/scripts/")]


def test_every_connection_is_checked_with_its_own_script(
    vendor: Vendor, site: Site
) -> None:
    told = run(site, "check")[1]
    for name in ("north", "south"):
        assert f"\nVendor, connection {name}\n" in told
        assert f"The connection {name} opens the account" in told
    assert scripts_asked_for(vendor) == ["/scripts/NORTH.js", "/scripts/SITE.js"]


def test_one_connection_can_be_checked(vendor: Vendor, site: Site) -> None:
    told = run(site, "check", "--connection", "south")[1]
    assert "The connection south opens the account" in told
    assert "north" not in told
    assert scripts_asked_for(vendor) == ["/scripts/SITE.js"]


def test_a_script_of_a_connection_that_is_not_there(vendor: Vendor, site: Site) -> None:
    vendor.fault(route="script", kind="status", status=404, times=1)
    wrong = check(site)["findings"]["script_id_wrong"]
    assert "/scripts/NORTH.js" in wrong["what"]
    assert wrong["fix"].startswith("flask app-inbox script --connection north ")


def test_scripts_of_connections_that_no_page_loads_are_not_checked(
    vendor: Vendor, site: Site
) -> None:
    site.inbox._loaders.connection = None
    check(site)
    assert scripts_asked_for(vendor) == ["/scripts/SITE.js"]


def test_the_page_of_a_tenant_may_load_another_script_than_the_setting(
    site: Site,
) -> None:
    site.oauth.store.set_script_id("north", "NORTHERN1")
    assert "another_script" not in check(site, "--url", "/own")["findings"]
    site.connection = "south"
    assert "another_script" in check(site, "--url", "/own")["findings"]


def test_a_connection_that_is_lost(site: Site) -> None:
    site.oauth.store.disconnect("south")
    lost = check(site, "--connection", "south")["findings"]["connection_refused"]
    assert lost["what"].startswith("The connection south does not work: The site is")
    assert lost["fix"] == "flask app-inbox oauth connect --connection south"


def test_a_connection_whose_new_tokens_are_refused(vendor: Vendor, site: Site) -> None:
    vendor.fault(route="account", kind="status", status=401, times=None)
    lost = check(site, "--connection", "south")["findings"]["connection_refused"]
    assert lost["what"].startswith("The connection south does not work: The vendor")


def test_a_connection_without_a_right(vendor: Vendor, site: Site) -> None:
    vendor.fault(route="token", kind="status", status=403, times=None)
    told = check(site, "--connection", "south")["findings"]["right_missing"]
    assert told["what"].startswith("The connection south opens the account")
    assert "registered with full access" in told["fix"]


def test_a_site_that_is_not_connected_yet(make_site: MakeSite) -> None:
    lost = check(make_site())["findings"]["connection_refused"]
    assert lost["fix"] == "flask app-inbox oauth connect"


def test_a_database_that_is_away(make_site: MakeSite) -> None:
    away = "postgresql://shop:pass@127.0.0.1:1/shop"
    report = check(make_site(DATABASE_URL=away))
    assert "connections_unreadable" in report["findings"]
    assert "pass@" not in json.dumps(report)


def test_a_contact_is_looked_for_in_the_account_of_the_page(
    vendor: Vendor, site: Site
) -> None:
    known = {"email": "ann@example.com"}
    vendor.control("POST", "contacts", known)
    told = check(site, "--as", "ann@example.com")["passed"]
    assert told.count("The vendor issues a token for this contact.") == 1
    assert (
        told.count("The vendor answers token requests (asked for an unknown contact).")
        == 1
    )
    told = check(site, "--as", "ann@example.com", "--connection", "south")["passed"]
    assert told.count("The vendor issues a token for this contact.") == 1


@pytest.mark.parametrize(
    ("loader", "reason"),
    [(lambda: abort(404), "aborts with 404"), (lambda: 1 // 0, "ZeroDivisionError")],
)
def test_a_loader_that_names_no_connection_of_a_page(
    site: Site, loader: Callable[[], object], reason: str
) -> None:
    site.inbox.connection_loader(loader)
    report = check(site)
    assert "The connection north opens the account Sandbox" in str(report["passed"])
    told = report["findings"]["connection_loader_failed"]
    assert reason in told["what"]
    assert told["fix"].startswith("return None")


def test_a_loader_that_needs_a_request_has_one_for_a_page(site: Site) -> None:
    site.inbox.connection_loader(lambda: request.args.get("tenant", "north"))
    assert "connection_loader_failed" not in check(site)["findings"]


# What is broken


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


@pytest.mark.parametrize("command", ["check", "handoff"])
@pytest.mark.parametrize(
    ("enabled", "words"), [(True, "Leave --connection out"), (False, "switched off")]
)
def test_a_site_without_connections_has_none_to_name(
    make_app: MakeApp, command: str, enabled: bool, words: str
) -> None:
    runner = make_app(ENABLED=enabled).test_cli_runner()
    result = runner.invoke(args=["app-inbox", command, "--connection", "north"])
    assert (result.exit_code, words in result.output) == (1, True)


# handoff


def message(site: Site, out: Path, *options: str) -> str:
    status, told = run(site, "handoff", "--out", str(out), *options)
    assert status == 0, told
    return (out / "message.txt").read_text("utf-8")


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "flask_app_inbox.inbox.handoff.picture.find_browser", lambda: None
    )


def test_handoff_tells_of_the_connections_account_and_script(
    vendor: Vendor, site: Site, tmp_path: Path
) -> None:
    out = tmp_path / "handoff"
    told = message(site, out, "--connection", "north")
    assert "Script id:        NORTH\n" in told
    assert "Account:" in told
    told = message(site, out, "--connection", "south")
    assert "Script id:        SITE\n" in told
    told = message(site, out, "--connection", "north", "--offline")
    assert "Script id:        NORTH\n" in told
    assert "Account:" not in told


def test_handoff_refuses_a_connection_that_is_not_there(
    site: Site, tmp_path: Path
) -> None:
    out = ("--out", str(tmp_path / "handoff"))
    status, told = run(site, "handoff", "--connection", "west", *out)
    assert status == 1
    assert "oauth connect --connection west" in told
    assert not (tmp_path / "handoff").exists()


def test_handoff_asks_for_a_name_where_it_cannot_tell_the_connection(
    site: Site, tmp_path: Path
) -> None:
    site.connection = 42
    status, told = run(site, "handoff", "--out", str(tmp_path / "handoff"))
    assert (status, "name it with --connection" in told) == (1, True)
