"""How the vendor is doing with the imports of ``flask app-inbox sync``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from flask import Flask

from flask_app_inbox import AppInbox, Contact, VendorRateLimited, VendorRejected
from flask_app_inbox.client import contacts as client_contacts
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.inbox.commands import import_watch
from flask_app_inbox.inbox.commands.import_watch import (
    PATIENCE,
    PAUSE,
    wait_for_import,
)
from flask_app_inbox.sandbox import SandboxServer
from tests.conftest import API_URL, MakeApp, client_of
from tests.fixtures.clock import Clock
from tests.inbox.commands.conftest import Run

STATUS_URL = f"{API_URL}/v1/importstatus"


@pytest.fixture
def app(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A site with three customers, who are sent in two calls."""
    monkeypatch.setattr(client_contacts, "CHUNK", 2)
    monkeypatch.setattr(import_watch, "PAUSE", 0)
    inbox = AppInbox()
    inbox.contacts_loader(lambda: [Contact(external_customer_id=n) for n in range(3)])
    return make_app(inbox=inbox)


@pytest.fixture
def vendor(vendor: responses.RequestsMock) -> responses.RequestsMock:
    """A vendor that may stay unasked, in place of one that must not."""
    vendor.assert_all_requests_are_fired = False
    return vendor


def takes_imports(vendor: responses.RequestsMock) -> None:
    """Let a vendor take two imports, ``s-1`` and ``s-2``."""
    for number in (1, 2):
        vendor.post(f"{API_URL}/v1/contacts", json={"asyncSessionId": f"s-{number}"})


def tells(vendor: responses.RequestsMock, session: str, *states: str) -> None:
    """Let a vendor tell the states of an import, one after the other."""
    for state in states:
        told: dict[str, Any] = {"status": state}
        if state == "FINISHED":
            told["mapping"] = [{"dedupeValue": session, "contactId": 1}]
        if state == "ERROR":
            told["description"] = "ann@example.com has two accounts"
        vendor.get(f"{STATUS_URL}/{session}", json=told)


def test_a_run_says_how_to_ask_for_its_imports(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    takes_imports(vendor)
    result = run(app, "sync")
    assert result.exit_code == 0, result.output
    assert (
        "How it is doing: flask app-inbox sync --status s-1 --status s-2\n"
        in result.stdout
    )


def test_waiting_ends_with_the_last_import(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    takes_imports(vendor)
    tells(vendor, "s-1", "STARTED", "IMPORTING", "FINISHED")
    tells(vendor, "s-2", "STARTED", "FINISHED")
    result = run(app, "sync", "--wait")
    assert result.exit_code == 0, result.output
    assert "2 contacts were created or updated." in result.stdout
    asked = [call.request.url for call in vendor.calls if call.request.method == "GET"]
    assert asked == [f"{STATUS_URL}/s-1"] * 3 + [f"{STATUS_URL}/s-2"] * 2


def test_an_import_that_fails_is_an_error(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    takes_imports(vendor)
    tells(vendor, "s-1", "ERROR")
    tells(vendor, "s-2", "FINISHED")
    result = run(app, "sync", "--wait")
    assert result.exit_code == 1
    assert "s-1  ERROR" in result.stdout
    assert "ann@example.com" not in result.output
    result = run(app, "sync", "--status", "s-1", "--reveal")
    assert result.exit_code == 1
    assert "ann@example.com has two accounts" in result.stdout


def test_the_status_of_earlier_imports_sends_nobody(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    tells(vendor, "s-1", "FINISHED")
    tells(vendor, "s-2", "IMPORTING")
    result = run(app, "sync", "--status", "s-1", "--status", "s-2")
    assert result.exit_code == 0, result.output
    assert "s-1  FINISHED" in result.stdout
    assert "s-2  IMPORTING" in result.stdout
    assert [call.request.method for call in vendor.calls] == ["GET", "GET"]


def test_an_import_that_nobody_knows_is_named(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    tells(vendor, "s-1", "FINISHED")
    vendor.get(f"{STATUS_URL}/s-9", status=404)
    result = run(app, "sync", "--status", "s-1", "--status", "s-9")
    assert result.exit_code == 1
    assert "s-1  FINISHED" in result.stdout
    assert "s-9" in result.stderr
    assert "the vendor knows no import of that id (vendor_invalid)" in result.stderr


def test_ctrl_c_while_waiting_tells_what_is_known(
    app: Flask, run: Run, vendor: responses.RequestsMock
) -> None:
    def interrupted(_: object) -> tuple[int, dict[str, str], str]:
        raise KeyboardInterrupt

    tells(vendor, "s-1", "FINISHED")
    vendor.add_callback("GET", f"{STATUS_URL}/s-2", interrupted)
    result = run(app, "sync", "--wait", "--status", "s-1", "--status", "s-2")
    assert result.exit_code == 130
    assert "s-1  FINISHED" in result.stdout
    assert "Stopped." in result.stderr


def test_a_status_and_a_place_to_go_on_do_not_go_together(app: Flask, run: Run) -> None:
    result = run(app, "sync", "--status", "s-1", "--skip", "5")
    assert result.exit_code == 2
    assert "--skip or --status" in result.stderr


def test_everybody_is_there_once_the_sandbox_is_through(
    make_app: MakeApp, run: Run, sandbox: SandboxServer
) -> None:
    inbox = AppInbox()
    inbox.contacts_loader(lambda: [Contact("ann@example.com"), Contact("b@c.d")])
    app = make_app(inbox=inbox, API_KEY="sandbox-key", API_URL=f"{sandbox.url}/api")
    result = run(app, "sync", "--wait")
    assert result.exit_code == 0, result.output
    assert "2 contacts were created or updated." in result.stdout
    with app.app_context():
        assert inbox.issue_token(Contact("b@c.d"))


# Waiting


class Patience:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.now += seconds


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def api() -> Iterator[VendorApi]:
    client = client_of()
    client.api.transport._sleep = lambda seconds: None
    yield client.api
    client.api.transport._resources.get().session.close()


def wait(api: VendorApi, patience: Patience) -> str:
    return wait_for_import(api, "s-1", clock=patience.clock, sleep=patience.sleep).state


def test_waiting_for_an_import_has_an_end(
    api: VendorApi, vendor: responses.RequestsMock, patience: Patience
) -> None:
    tells(vendor, "s-1", "IMPORTING")
    assert wait(api, patience) == "IMPORTING"
    assert patience.pauses == [PAUSE] * int(PATIENCE / PAUSE)


def test_a_failure_that_passes_is_waited_for(
    api: VendorApi, vendor: responses.RequestsMock, patience: Patience
) -> None:
    told = [(429, {"Retry-After": "7"}, "")] + [(503, {}, "")] * 4
    told.append((200, {}, json.dumps({"status": "FINISHED"})))
    vendor.add_callback("GET", f"{STATUS_URL}/s-1", lambda _: told.pop(0))
    assert wait(api, patience) == "FINISHED"
    assert patience.pauses == [PAUSE]


def test_a_failure_that_stays_is_not_waited_for_longer_than_an_import(
    api: VendorApi, vendor: responses.RequestsMock, patience: Patience
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", status=429, headers={"Retry-After": "500"})
    with pytest.raises(VendorRateLimited):
        wait(api, patience)
    assert patience.pauses == [500]


def test_a_refusal_is_not_waited_for(
    api: VendorApi, vendor: responses.RequestsMock, patience: Patience
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", status=401)
    with pytest.raises(VendorRejected):
        wait(api, patience)
    assert patience.pauses == []
