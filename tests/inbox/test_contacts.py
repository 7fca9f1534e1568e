"""What a site tells the vendor about its customers."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from flask_app_inbox import (
    AppInbox,
    AppInboxError,
    Contact,
    VendorInvalid,
    VendorUnavailable,
)
from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.testing import SentRequest, VendorDouble
from tests.conftest import MakeApp
from tests.fixtures.control import Control
from tests.fixtures.waiting import wait_until

ANN = Contact("ann@example.com", external_customer_id=7, first_name="Ann")


def test_contacts_are_brought_and_deleted_in_an_app_context(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context():
        inbox.sync_contact(ANN)
        [result] = inbox.sync_contacts(iter([ANN]))
        assert inbox.delete_contact(ANN, erase=True)
    assert result.accepted == 1
    assert result.session_id
    one, many, deletion = app_inbox_vendor.requests
    assert (one.path, many.path) == ("/v1/contact", "/v1/contacts")
    assert many.body["contacts"] == [one.body]
    assert deletion == SentRequest(
        "/v1/contact",
        None,
        "DELETE",
        {"externalCustomerId": "7", "erase": "true"},
    )


def test_an_import_is_asked_for_by_its_session(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context():
        [result] = inbox.sync_contacts([ANN])
        assert result.session_id is not None
        status = inbox.import_status(result.session_id)
        assert (status.is_done, status.contact_ids) == (True, {"7": 1})
        with pytest.raises(VendorInvalid, match="knows no import"):
            inbox.import_status("another")
        app_inbox_vendor.is_down()
        with pytest.raises(VendorUnavailable):
            inbox.import_status(result.session_id)
    assert app_inbox_vendor.requests[1].method == "GET"


def test_an_import_on_the_sandbox_is_done_after_a_while(
    make_app: MakeApp, inbox: AppInbox, sandbox: SandboxServer
) -> None:
    app = make_app(inbox=inbox, API_KEY="sandbox-key", API_URL=f"{sandbox.url}/api")
    with app.app_context():
        [result] = inbox.sync_contacts([ANN])
        assert result.session_id is not None
        session_id = result.session_id
        wait_until(lambda: inbox.import_status(session_id).is_done)
        assert list(inbox.import_status(session_id).contact_ids) == ["7"]


def test_the_double_refuses_them_as_it_was_told(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.rejects()
    with app.app_context():
        [result] = inbox.sync_contacts([ANN])
        assert result.error is not None
        assert result.error.status == 401


def test_what_is_switched_off_tells_the_vendor_nothing_and_the_log_why(
    make_app: MakeApp,
    inbox: AppInbox,
    app_inbox_vendor: VendorDouble,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "flask_app_inbox")
    with make_app(inbox=inbox, ENABLED=False).app_context():
        inbox.sync_contact(ANN)
        assert list(inbox.sync_contacts([ANN])) == []
        assert not inbox.delete_contact(ANN)
        with pytest.raises(AppInboxError, match="ENABLED is False"):
            inbox.import_status("session")
    assert app_inbox_vendor.requests == []
    lines = [line for line in caplog.records if line.levelno == logging.DEBUG]
    assert [record.getMessage() for record in lines] == [
        f"{name} did nothing: APP_INBOX_ENABLED is False."
        for name in ("sync_contact", "sync_contacts", "delete_contact")
    ]


def test_a_contact_that_is_saved_twice_within_a_minute_does_not_fail(
    make_app: MakeApp, inbox: AppInbox, sandbox: SandboxServer, control: Control
) -> None:
    app = make_app(inbox=inbox, API_KEY="sandbox-key", API_URL=f"{sandbox.url}/api")
    changed = Contact("ann@example.com", external_customer_id=7, first_name="Anna")
    with app.app_context():
        for contact in (ANN, ANN, changed):
            inbox.sync_contact(contact)
    sent = control.call("GET", "requests?since=0")
    assert [each["status"] for each in sent] == [200, 409, 200]
    [known] = control.call("GET", "contacts")
    assert known["firstName"] == "Anna"
