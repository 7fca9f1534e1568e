"""ChatHub's widget guide on the server's part: tokens are issued, checked and kept.

Where the samples of the guides are wrong, a test shows both: what a sample does, and
that the extension does it right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import ChatHub, ConfigError, VendorInvalid
from flask_app_inbox.chathub.settings import LONGEST_LIFE
from tests.chathub.browser.chat import ISSUE
from tests.chathub.site import make_app
from tests.contract.chathub_company import Company
from tests.fixtures.control import Control

MakeApp = Callable[..., Flask]


def answer_of(app: Flask, **request: Any) -> Any:
    """Return the token endpoint's answer to Olha, who is two operators."""
    client = app.test_client()
    client.get("/login?user=olha")
    return client.post("/chathub/token", **request)


# --- tokens -------------------------------------------------------------------


def test_a_token_has_no_quotes_around_it(
    company: Company, make_staff_app: MakeApp
) -> None:
    """A sample hands the answer on as text, quotes and all.

    004 §2.4
    """
    assert company.issue().text.startswith('"')
    token = answer_of(make_staff_app()).json["token"]
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token)


@pytest.mark.parametrize("form", ["string", "object", "object with expiration"])
def test_every_documented_form_of_an_answer_is_a_token(
    form: str, make_staff_app: MakeApp, control: Control
) -> None:
    """Other guides of the vendor show a JSON string, and two kinds of object.

    004 §2.4
    """
    end = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat()
    value = {
        "string": "eyJ.a.b",
        "object": {"token": "eyJ.a.b"},
        "object with expiration": {"token": "eyJ.a.b", "expiration": end},
    }[form]
    for route, answer in (
        ("operator-token", value),
        ("validate-token", {"isValid": True}),
    ):
        fault = {"route": route, "kind": "types", "value": answer}
        control.call("POST", "faults", **fault)
    assert answer_of(make_staff_app()).json["token"] == "eyJ.a.b"


@pytest.mark.parametrize("days", [7, 30])
def test_a_life_of_days_is_refused_at_start(days: int, company: Company) -> None:
    """Guides speak of 7 to 30 days, and of 24 hours at most.

    004 §7.4
    """
    lifetime = timedelta(days=days)
    assert company.issue(lifetime=lifetime).status_code == 400
    with pytest.raises(ConfigError, match="CHATHUB_TOKEN_LIFETIME"):
        make_app(CHATHUB_TOKEN_LIFETIME=lifetime)


def test_a_whole_day_keeps_a_margin_for_clocks(
    company: Company, make_staff_app: MakeApp
) -> None:
    """24 hours by a clock that is ahead are too many for the vendor's.

    004 §7.4
    """
    ahead = timedelta(hours=24, minutes=5)
    assert company.issue(lifetime=ahead).status_code == 400
    assert LONGEST_LIFE <= 24 * 60 * 60 - 5 * 60
    app = make_staff_app(CHATHUB_TOKEN_LIFETIME=LONGEST_LIFE)
    client = app.extensions["chathub"].client
    real = client._clock
    client._clock = lambda: real() + 5 * 60
    assert answer_of(app).status_code == 200


def test_tokens_die(
    company: Company, make_staff_app: MakeApp, control: Control
) -> None:
    """004 §7.4: tokens have an end."""
    past = timedelta(seconds=-1)
    assert company.issue(lifetime=past).status_code == 400
    told = answer_of(make_staff_app(CHATHUB_TOKEN_LIFETIME=60)).json
    end = datetime.fromisoformat(told["expiresAt"].replace("Z", "+00:00"))
    left = (end - datetime.now(timezone.utc)).total_seconds()
    assert 0 < left <= 60
    valid = company.validate(told["token"]).json()
    assert valid["expiresAt"] == told["expiresAt"]


# --- validation ---------------------------------------------------------------


def test_a_validation_is_false_in_a_condition(
    company: Company, make_staff_app: MakeApp
) -> None:
    """The sample tests an object, which is true whatever it says.

    004 §2.5
    """
    told = company.validate("nonsense").json()
    assert (bool(told), told["isValid"], "valid" in told) == (True, False, False)
    with make_staff_app().app_context():
        assert not ChatHub().validate("nonsense")
        assert ChatHub().validate(company.issue().json()).is_valid is True


def test_a_token_is_validated_once_before_its_first_use(
    make_staff_app: MakeApp, control: Control
) -> None:
    """
    004 §7.5; 004 §8.1: a token is validated before it is used.
    004 §7.10: tokens are kept, and not made for every page.
    """
    app = make_staff_app()
    first, second = (answer_of(app) for _ in range(2))
    assert first.status_code == 200
    assert first.json == second.json
    calls = [path for path in control.paths() if path.startswith("/api/operator/")]
    assert calls == [ISSUE, "/api/operator/validate-token"]


def test_a_token_that_is_not_valid_is_not_handed_out(
    make_staff_app: MakeApp, control: Control
) -> None:
    """
    004 §7.5
    004 §8.2
    """
    fault = {"kind": "types", "value": {"isValid": False, "error": "Invalid token"}}
    control.call("POST", "faults", route="validate-token", **fault)
    app = make_staff_app()
    refused = answer_of(app)
    assert (refused.status_code, refused.json["code"]) == (502, "vendor_invalid")
    control.call("POST", "faults", route="validate-token", **fault)
    with app.app_context(), pytest.raises(VendorInvalid):
        ChatHub().issue_token(102)
    assert answer_of(app).status_code == 200


# --- who may have which -------------------------------------------------------


@pytest.mark.parametrize("organization", ["support", "102", "25"])
def test_a_page_chooses_no_organization_that_is_not_its_users(
    organization: str, make_staff_app: MakeApp, control: Control
) -> None:
    """The sample takes the organization from the address, and asks nobody.

    004 §6.2: a page asks for the token of one organization.
    """
    app = make_staff_app(STAFF_OF={"olha": {"sales": 101}})
    asked = answer_of(app, json={"organization": organization})
    assert (asked.status_code, asked.json["code"]) == (403, "not_an_operator")
    assert control.paths() == []
    by_address = answer_of(app, query_string={"org": organization})
    with app.app_context():
        assert ChatHub().validate(by_address.json["token"]).operator == 101


def test_each_organization_has_the_token_of_its_operator(
    make_staff_app: MakeApp,
) -> None:
    """004 §6.2"""
    app = make_staff_app()
    for organization, operator in (("sales", 101), ("support", 102)):
        token = answer_of(app, json={"organization": organization}).json["token"]
        with app.app_context():
            assert ChatHub().validate(token).operator == operator
