"""``check`` and ``handoff`` for a site with several connections."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import abort, render_template_string, request

from tests.conftest import MakeApp
from tests.inbox.commands.site import LAYOUT
from tests.oauth.commands import check, run
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

#: A page that carries the snippet of an account.
WITH_SNIPPET = LAYOUT.replace(
    "<p>", "<script>load(window, document, 'script', 'NORTHERN1');</script><p>"
)


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
