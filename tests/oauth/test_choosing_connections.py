"""Which of several connections a call is made for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest

from flask_app_inbox import AppInbox, Contact, ReconnectNeeded, VendorInvalid
from tests.conftest import MakeApp
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

ANN = Contact("ann@example.com", external_customer_id=7)

#: Every call that asks the vendor, as a site makes it for a connection.
CALLS: dict[str, Callable[[AppInbox, str], object]] = {
    "issue_token": lambda inbox, name: inbox.issue_token(ANN, connection=name),
    "sync_contact": lambda inbox, name: inbox.sync_contact(ANN, connection=name),
    "sync_contacts": lambda inbox, name: _synced(inbox, name),
    "import_status": lambda inbox, name: inbox.import_status("s-1", connection=name),
    "delete_contact": lambda inbox, name: inbox.delete_contact(ANN, connection=name),
}


def _synced(inbox: AppInbox, name: str) -> None:
    for result in inbox.sync_contacts([ANN], connection=name):
        if result.error:
            raise result.error


def run(site: Site, *arguments: str) -> tuple[int, str]:
    result = site.app.test_cli_runner().invoke(args=["app-inbox", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def site(vendor: Vendor, make_site: MakeSite) -> Site:
    """A site with the connection ``north``, and whose requests are all of ``south``."""
    site = make_site()
    connect(vendor, site, "north")
    site.connection = "south"
    return site


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_made_for_the_connection_that_it_names(
    vendor: Vendor, site: Site, name: str
) -> None:
    before = vendor.paths()
    with site.app.app_context():
        with pytest.raises(ReconnectNeeded, match="connect --connection south`"):
            CALLS[name](site.inbox, "south")
        assert vendor.paths() == before
        with suppress(VendorInvalid):  # the vendor knows no such import
            CALLS[name](site.inbox, "north")
    [path] = vendor.paths()[len(before) :]
    assert path.startswith("/api/v1/")


@pytest.mark.parametrize("name", CALLS)
def test_the_name_goes_before_the_request_and_an_empty_one_is_none(
    site: Site, name: str
) -> None:
    site.connection = "north"
    with site.app.app_context(), pytest.raises(ReconnectNeeded):
        CALLS[name](site.inbox, "")


@pytest.mark.parametrize("name", CALLS)
def test_a_site_with_a_key_has_no_connections(make_app: MakeApp, name: str) -> None:
    inbox = AppInbox()
    app = make_app(inbox=inbox)
    refused = pytest.raises(ValueError, match="no connection 'north'")
    with app.app_context(), refused:
        CALLS[name](inbox, "north")


@pytest.mark.parametrize("view", ["sync", "async"])
def test_an_async_loader_names_the_connection_in_any_view(
    site: Site, view: str
) -> None:
    async def tenant() -> str:
        await asyncio.sleep(0)
        return "north"

    def shown() -> str:
        status = site.inbox.connection_status()
        return str(status and status["connection"])

    async def shown_later() -> str:
        return shown()

    site.inbox.connection_loader(tenant)
    site.app.add_url_rule("/sync", view_func=shown)
    site.app.add_url_rule("/async", view_func=shown_later)
    assert site.browser.get(f"/{view}").text == "north"


# On the command line


def customers(connection: str) -> list[Contact]:
    """Return the customers of a tenant."""
    return [Contact(f"{connection}@example.com")]


def test_commands_take_the_name_of_a_connection(vendor: Vendor, site: Site) -> None:
    vendor.control("POST", "contacts", {"email": "ann@example.com"})
    status, told = run(site, "token", "--email", "ann@example.com")
    assert (status, "not connected" in told) == (1, True)
    options = ("--email", "ann@example.com", "--connection", "north")
    assert run(site, "token", *options)[0] == 0


def test_a_command_says_that_it_cannot_tell_the_connection(site: Site) -> None:
    site.connection = 42  # as where a loader looks for the tenant of a request
    status, told = run(site, "token", "--email", "ann@example.com")
    assert (status, "name it with --connection" in told) == (1, True)


def test_a_command_of_a_site_with_a_key_has_no_connections(make_app: MakeApp) -> None:
    runner = make_app().test_cli_runner()
    result = runner.invoke(args=["app-inbox", "sync", "--connection", "north"])
    assert result.exit_code == 1
    assert "Leave --connection out" in result.output


def test_sync_brings_the_customers_of_one_connection(
    vendor: Vendor, site: Site
) -> None:
    site.inbox.contacts_loader(customers)
    status, told = run(site, "sync", "--connection", "north", "--wait")
    assert (status, "1 contacts were created or updated" in told) == (0, True)
    assert "flask app-inbox sync --connection north --status " in told
    [known] = vendor.control("GET", "contacts")
    assert known["email"] == "north@example.com"


def test_sync_does_not_bring_everybody_to_one_connection(
    vendor: Vendor, site: Site
) -> None:
    site.inbox.contacts_loader(lambda: [ANN])
    status, told = run(site, "sync", "--connection", "north")
    assert (status, "Let it take the name" in told) == (1, True)
    assert vendor.control("GET", "contacts") == []


def test_sync_asks_for_the_name_that_the_loader_takes(site: Site) -> None:
    site.inbox.contacts_loader(customers)
    status, told = run(site, "sync")
    assert (status, "give it with --connection" in told) == (1, True)


def test_a_loader_without_a_signature_is_called_without_a_name(
    vendor: Vendor, site: Site
) -> None:
    site.connection = "north"
    site.inbox.contacts_loader({1: ANN}.values)
    assert run(site, "sync")[0] == 0
    assert run(site, "sync", "--connection", "north")[0] == 1
