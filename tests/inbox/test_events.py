"""What a site makes the vendor send."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, Contact, VendorUnavailable
from flask_app_inbox.testing import SentEvent, VendorDouble
from tests.conftest import MakeApp

ANN = Contact("ann@example.com", external_customer_id=7)


def test_an_event_is_sent_in_an_app_context(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context():
        inbox.sync_contact(ANN)
        inbox.send_event("orderPlaced", ANN, {"number": "ZV-1"}, key_value="ZV-1")
    assert app_inbox_vendor.events == [
        SentEvent(
            "orderPlaced",
            {"number": "ZV-1", "externalCustomerId": "7", "email": "ann@example.com"},
            "ZV-1",
        )
    ]
    assert app_inbox_vendor.requests[-1].path == "/v2/event"


def test_an_event_goes_the_older_way_if_the_site_says_so(
    make_app: MakeApp, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(inbox=inbox, EVENT_PATH="/v1/event")
    with app.app_context():
        inbox.send_event("orderPlaced", ANN, {"items": [1]})
    assert app_inbox_vendor.requests[-1].path == "/v1/event"
    assert app_inbox_vendor.events[0].params["items"] == "[1]"


def test_a_bad_event_sends_nothing(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context(), pytest.raises(ValueError, match="needs a key"):
        inbox.send_event("", ANN)
    assert app_inbox_vendor.requests == []


def test_a_message_is_sent_to_one_or_to_many(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    with app.app_context():
        [one] = inbox.send_message(17, ANN, {"number": "ZV-1"})
        many = inbox.send_message(17, (ANN, Contact("b@b.c")), language="en")
    assert one.ok
    assert one.request_id
    assert [result.ok for result in many] == [True, True]
    first, second = app_inbox_vendor.requests
    assert first.path == second.path == "/v1/message/17/smartsend"
    assert first.body["recipients"][0]["jsonParam"] == '{"number":"ZV-1"}'


def test_the_vendors_failure_is_raised(
    app: Flask, inbox: AppInbox, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.is_down(500)
    with app.app_context():
        with pytest.raises(VendorUnavailable) as caught:
            inbox.send_event("orderPlaced", ANN)
        assert caught.value.may_have_worked
        with pytest.raises(VendorUnavailable):
            inbox.send_message(17, ANN)


def test_the_command_sends_an_event(app: Flask, app_inbox_vendor: VendorDouble) -> None:
    run = app.test_cli_runner().invoke
    given = ["event", "orderPlaced", "--email", "ann@example.com", "-p", "number=12"]
    more = ["-p", 'items=[{"n": 1}]', "-p", "odd=[", "--key-value", "12"]
    result = run(args=["app-inbox", *given, *more])
    assert result.exit_code == 0, result.output
    assert "took the event orderPlaced" in result.output
    [event] = app_inbox_vendor.events
    assert event.params == {
        "number": "12",
        "items": [{"n": 1}],
        "odd": "[",
        "email": "ann@example.com",
    }
    assert event.key_value == "12"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--email"),
        (["--email", "a@b.c", "-p", "number"], "NAME=VALUE"),
        (["--email", "a@b.c", "-p", "email=x@b.c"], "contradicts the contact"),
    ],
)
def test_the_command_says_what_it_needs(
    app: Flask, app_inbox_vendor: VendorDouble, arguments: list[str], says: str
) -> None:
    run = app.test_cli_runner().invoke
    result = run(args=["app-inbox", "event", "orderPlaced", *arguments])
    assert result.exit_code == 2
    assert says in result.output
    assert app_inbox_vendor.requests == []


def test_the_command_tells_why_an_event_was_not_taken(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.rejects(403)
    run = app.test_cli_runner().invoke
    result = run(args=["app-inbox", "event", "x", "--key-value", "y"])
    assert result.exit_code == 1
    assert "vendor_rejected" in result.output
    assert "app-inbox check" in result.output


def test_a_switched_off_inbox_sends_nothing_and_says_so(
    make_app: MakeApp, inbox: AppInbox, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(inbox=inbox, ENABLED=False)
    with app.app_context(), caplog.at_level(logging.DEBUG):
        inbox.send_event("orderPlaced", ANN)
        assert inbox.send_message(17, [ANN]) == []
        with pytest.raises(ValueError, match="needs a key"):
            inbox.send_event("", ANN)
    for call in ("send_event", "send_message"):
        assert f"{call} did nothing: APP_INBOX_ENABLED is False." in caplog.text
