"""``flask app-inbox sync``: every customer to the vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.client import contacts as client_contacts
from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.testing import VendorDouble
from tests.conftest import MakeApp

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _chunks_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_contacts, "CHUNK", 2)


def customers() -> Iterator[Contact]:
    return (Contact(external_customer_id=number) for number in range(5))


def site(make_app: MakeApp, loader: Callable[[], Any] | None, **settings: Any) -> Flask:
    inbox = AppInbox()
    if loader:
        inbox.contacts_loader(loader)
    return make_app(inbox=inbox, **settings)


def ids(vendor: VendorDouble) -> list[list[str]]:
    return [
        [one["externalCustomerId"] for one in request.body["contacts"]]
        for request in vendor.requests
    ]


def test_everybody_is_sent(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    result = run(site(make_app, customers), "sync")
    assert result.exit_code == 0, result.output
    assert "5 contacts were taken" in result.stdout
    assert ids(app_inbox_vendor) == [["0", "1"], ["2", "3"], ["4"]]


def test_what_an_earlier_run_has_sent_can_be_left_out(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    assert (
        run(site(make_app, lambda: [*customers()]), "sync", "--skip", "4").exit_code
        == 0
    )
    assert ids(app_inbox_vendor) == [["4"]]


def test_ctrl_c_says_how_to_go_on(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    def interrupted() -> Iterator[Contact]:
        for number, contact in enumerate(customers()):
            if number == 3:
                raise KeyboardInterrupt
            yield contact

    result = run(site(make_app, interrupted), "sync", "--skip", "1")
    assert result.exit_code == 130
    assert "2 contacts were taken" in result.stdout
    assert "To go on: flask app-inbox sync --skip 3" in result.stderr


def test_a_vendor_that_is_down_stops_the_run_and_it_can_go_on(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    def until_down() -> Iterator[Contact]:
        for number, contact in enumerate(customers()):
            if number == 2:
                app_inbox_vendor.is_down(500)
            yield contact

    result = run(site(make_app, until_down), "sync")
    assert result.exit_code == 1
    assert "(vendor_unavailable). To go on: flask app-inbox sync --skip 2" in (
        result.stderr
    )
    assert ids(app_inbox_vendor) == [["0", "1"], ["2", "3"]]


REFUSED = [
    Contact("ann@nowhere", external_customer_id="crm-1"),
    Contact("ann@nowhere"),
    Contact("fine@example.com"),
    Contact(phone="380501", first_name="R2D2"),
]


@pytest.fixture
def on_sandbox(make_app: MakeApp, sandbox: SandboxServer) -> Flask:
    address = f"{sandbox.url}/api"
    return site(make_app, lambda: REFUSED, API_KEY="sandbox-key", API_URL=address)


def test_who_was_refused_is_reported_without_personal_data(
    on_sandbox: Flask, run: Run
) -> None:
    result = run(on_sandbox, "sync")
    assert result.exit_code == 1
    assert "1 contacts were taken" in result.stdout
    assert "3 contacts were refused" in result.stdout
    for shown in ("crm-1", "a…@…", "…01", "--reveal shows the reason"):
        assert shown in result.stdout
    for hidden in ("nowhere", "380501", "not valid"):
        assert hidden not in result.output


def test_addresses_and_reasons_are_shown_on_request(
    on_sandbox: Flask, run: Run
) -> None:
    result = run(on_sandbox, "sync", "--reveal")
    for shown in ("crm-1", "ann@nowhere", "380501", "The email is not valid."):
        assert shown in result.stdout


def test_a_call_that_the_vendor_does_not_take_is_reported_and_the_next_is_made(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.rejects(400)
    result = run(site(make_app, customers), "sync")
    assert result.exit_code == 1
    assert "0 contacts were taken" in result.stdout
    assert "1 contacts were not taken: the vendor answered 400" in result.stdout
    assert len(app_inbox_vendor.requests) == 3


@pytest.mark.parametrize(
    ("loader", "words"),
    [
        (None, "@app_inbox.contacts_loader"),
        (lambda: 5, "must return an iterable of contacts, not a int"),
        (lambda: ["ann@example.com"], "an iterable of contacts, not of str"),
        (lambda: 1 / 0, "raised ZeroDivisionError"),
        (lambda: (1 / 0 for _ in "x"), "raised ZeroDivisionError"),
    ],
)
def test_a_site_that_does_not_say_who_its_customers_are(
    make_app: MakeApp, run: Run, loader: Callable[[], Any] | None, words: str
) -> None:
    result = run(site(make_app, loader), "sync")
    assert result.exit_code == 1
    assert words in result.stderr


def test_an_async_loader_is_awaited(
    make_app: MakeApp, run: Run, app_inbox_vendor: VendorDouble
) -> None:
    async def load() -> list[Contact]:
        return [*customers()]

    assert "5 contacts" in run(site(make_app, load), "sync").stdout


def test_what_is_switched_off_sends_nobody(make_app: MakeApp, run: Run) -> None:
    result = run(site(make_app, customers, ENABLED=False), "sync")
    assert "APP_INBOX_ENABLED to True" in result.stderr
