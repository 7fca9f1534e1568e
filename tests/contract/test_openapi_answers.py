"""The platform's OpenAPI description: what the sandbox answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contract.openapi import (
    ANN,
    CHANNEL_TYPES,
    CONTACT,
    ask,
    check_contact,
    found,
)
from tests.fixtures.clock import Clock


@dataclass(frozen=True)
class Answer:
    """One answer of the sandbox.

    :param sent: a body, or None.
    :param types: of the fields of its object, or of each object of its list; all are
        there.
    :param headers: names of headers that it has.
    """

    method: str
    path: str
    status: int
    sent: Any = None
    types: dict[str, type] = field(default_factory=dict)
    is_list: bool = False
    headers: tuple[str, ...] = ()


MANY = {"contacts": [ANN], "dedupeOn": "externalCustomerId"}
IMPORT: dict[str, type] = {"asyncSessionId": str, "failedContacts": list}
ACCOUNT: dict[str, type] = {"userEmail": str, "organisationName": str}

EVENT: dict[str, Any] = {
    "eventTypeKey": "orderPlaced",
    "params": [{"name": "externalCustomerId", "value": "7"}],
}
NESTED = {"name": "order", "value": {"number": "ZV-1"}}

#: Each on a sandbox that knows Ann, her domain, and nothing else.
ANSWERS = [
    Answer("POST", "/v1/contact", 200, {"firstName": "A", **ANN}, {"id": int}),
    Answer("POST", "/v1/contact", 409, ANN),
    Answer("POST", "/v1/contact", 400, {"externalCustomerId": "8"}),
    Answer("PUT", "/v1/contact", 405, ANN),
    Answer("POST", "/v1/contact", 415, "text"),
    Answer("DELETE", "/v1/contact?externalCustomerId=7", 200),
    Answer("DELETE", "/v1/contact?externalCustomerId=7&erase=true", 200),
    Answer("GET", "/v1/contacts", 200, None, CONTACT, True, ("TotalCount",)),
    Answer("GET", "/v1/contacts?maxrows=501", 400),
    Answer("POST", "/v1/contacts", 200, MANY, IMPORT),
    Answer("POST", "/v1/contacts", 400, {"contacts": [ANN]}),
    Answer("POST", "/v1/contacts", 400, {"dedupeOn": "email"}),
    Answer("POST", "/v1/contacts", 400, {**MANY, "contacts": [ANN] * 3001}),
    Answer("POST", "/v1/contacts", 400, {**MANY, "contacts": [{"id": 7}]}),
    Answer("POST", "/v1/contacts", 415, "text"),
    Answer("PUT", "/v1/contacts", 405),
    Answer("GET", "/v1/account/info", 200, types=ACCOUNT),
    Answer("POST", "/v1/site/domains", 400, {"domain": "new.example"}),
    Answer("POST", "/v1/site/domains", 200, {"domain": "shop.example"}),
    Answer("POST", "/v1/site/domains", 400, {"domain": "no domain"}),
    Answer("POST", "/v1/site/domains", 400, {}),
    Answer("GET", "/v1/site/domains", 200, types={"domain": str}, is_list=True),
    *(
        Answer("POST", path, status, sent)
        for path in ("/v2/event", "/v1/event")
        for status, sent in (
            (200, EVENT),
            (400, {**EVENT, "eventTypeKey": ""}),
            (400, {**EVENT, "params": []}),
            (400, {**EVENT, "params": "email"}),
            (400, {**EVENT, "keyValue": "x" * 20480}),
            (415, "text"),
        )
    ),
    Answer("POST", "/v1/event", 400, {**EVENT, "eventTypeKey": "k" * 101}),
    Answer("POST", "/v1/event", 400, {**EVENT, "keyValue": "v" * 301}),
    Answer("POST", "/v1/event", 200, {**EVENT, "params": [], "keyValue": "7"}),
    Answer("POST", "/v1/event", 400, {**EVENT, "params": [*EVENT["params"], NESTED]}),
    Answer("POST", "/v2/event", 200, {**EVENT, "params": [*EVENT["params"], NESTED]}),
    Answer("POST", "/v1/message/1/smartsend", 400, {}),
]


@pytest.mark.parametrize(
    "wanted", ANSWERS, ids=lambda one: f"{one.method} {one.path} {one.status}"
)
def test_the_sandbox_answers_as_described(api: FlaskClient, wanted: Answer) -> None:
    """
    API §4.4: a search answers a list of contacts.
    API §4.5: the header TotalCount tells how many there are.
    API §7.6: the account's domains are listed, each by its name.
    API §10.1
    API §10.2
    API §10.3
    API §10.4
    API §11.1
    API §11.2
    API §11.3
    API §11.4
    API §12.1
    API §12.2
    API §2.1
    API §2.6
    API §2.7
    API §2.9
    API §2.10
    API §2.11
    API §4.3
    API §5.1
    API §5.2
    API §5.3
    API §5.10
    API §5.13
    API §7.1
    API §7.2
    API §7.3
    API §7.4
    API §9.1
    """
    answer = ask(api, wanted.method, wanted.path, wanted.sent)
    assert answer.status_code == wanted.status
    assert {*wanted.headers} <= {*answer.headers.keys()}
    if wanted.types:
        assert answer.mimetype == "application/json"
        assert isinstance(answer.json, list) == wanted.is_list
        objects: Any = answer.json if wanted.is_list else [answer.json]
        assert objects
        for one in objects:
            assert {name: type(value) for name, value in one.items()} == wanted.types


PATHS = {
    **dict.fromkeys(("/v1/contact", "/v1/contacts", "/v1/site/domains"), "POST"),
    **dict.fromkeys(("/v1/account/info", "/v1/site/script"), "GET"),
    "/v1/importstatus/1": "GET",
}


@pytest.mark.parametrize("path", PATHS)
def test_no_call_is_open_without_a_key(api: FlaskClient, path: str) -> None:
    """
    API §1.1
    API §2.8
    """
    assert api.open(f"/api{path}", method=PATHS[path]).status_code == 401


def test_the_script_is_plain_text(api: FlaskClient) -> None:
    """API §8.1"""
    answer = ask(api, "GET", "/v1/site/script")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "/scripts/" in answer.text


def test_an_account_registers_one_domain(api: FlaskClient) -> None:
    """How another domain is refused, the description does not say.

    API §7.7: an account has one domain at most.
    API §8.2: it has its script only with a domain.
    API §7.2
    API §7.6
    """
    api.post("/_sandbox/reset", json={})
    assert ask(api, "GET", "/v1/site/domains").json == []
    assert ask(api, "GET", "/v1/site/script").status_code == 404
    body = {"domain": "new.example"}
    assert ask(api, "POST", "/v1/site/domains", body).status_code == 201
    assert ask(api, "GET", "/v1/site/script").status_code == 200
    other = {"domain": "other.example"}
    assert ask(api, "POST", "/v1/site/domains", other).status_code == 400
    assert ask(api, "GET", "/v1/site/domains").json == [body]


# --- contacts -----------------------------------------------------------------


def test_channels_of_every_kind_are_taken(api: FlaskClient) -> None:
    """API §2.2"""
    for kind in (*sorted(CHANNEL_TYPES), "fax"):
        body = {**ANN, "channels": [{"type": kind, "value": "1"}]}
        answer = ask(api, "POST", "/v1/contact", body)
        assert (answer.status_code == 200) == (kind in CHANNEL_TYPES), kind


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": {}},
        {"channels": [{"type": "email", "value": 7}]},
        {"externalCustomerId": [8]},
        {"firstName": ["A"]},
        {"lastName": 1},
        {"fields": [{"id": "5", "value": "gold"}]},
        {"fields": [{"id": 5, "value": 1}]},
    ],
    ids=str,
)
def test_values_of_another_type_are_refused(wrong: Any, api: FlaskClient) -> None:
    """
    API §2.1
    API §2.2
    API §2.3
    API §2.4
    API §2.5
    API §2.7
    """
    assert ask(api, "POST", "/v1/contact", ANN | wrong).status_code == 400


def test_a_contact_is_there_at_once(api: FlaskClient) -> None:
    """
    API §2.6
    API §2.10
    API §4.4
    """
    ben = {"externalCustomerId": "8", "channels": [{"type": "sms", "value": "1"}]}
    new: Any = ask(api, "POST", "/v1/contact", ben).json
    assert ask(api, "POST", "/v1/contact", ben).status_code == 409
    named = {**ben, "firstName": "Ben", "fields": [{"id": 5, "value": "gold"}]}
    assert ask(api, "POST", "/v1/contact", named).json == new
    [one] = found(api, "externalCustomerId=8")
    assert one == {"lastName": "", **named, **new}


def test_the_same_contact_is_taken_again_after_a_minute(
    api: FlaskClient, clock: Clock
) -> None:
    """API §2.10"""
    for seconds, status in ((59, 409), (1, 200)):
        clock.now += seconds
        assert ask(api, "POST", "/v1/contact", ANN).status_code == status


@pytest.mark.parametrize("erase", ["", "&erase=false", "&erase=true"])
def test_a_deleted_contact_comes_back_unless_they_were_erased(
    erase: str, api: FlaskClient
) -> None:
    """
    API §3.3: ``erase`` takes all data of the contact away for good.
    API §3.1
    API §3.2
    """
    ask(api, "POST", "/v1/contact", {"firstName": "Ann", **ANN})
    who = {"externalCustomerId": "7"}
    api.post("/_sandbox/messages", json={**who, "title": "Hello"})
    told: Any = ask(api, "POST", "/v1/auth/contact/token", who).json
    messages = "/appinbox/v1/messages"
    old: Any = api.get(messages, headers={"ES-TOKEN": told["token"]})
    assert len(old.json["list"]) == 1
    assert ask(api, "DELETE", "/v1/contact").status_code == 400
    query = f"?externalCustomerId=7{erase}"
    assert ask(api, "DELETE", f"/v1/contact{query}").status_code == 200
    assert found(api) == []
    ask(api, "POST", "/v1/contact", {"lastName": "Lee", **ANN})
    [one] = found(api)
    is_erased = erase.endswith("true")
    assert one["firstName"] == ("" if is_erased else "Ann")
    after: Any = api.get(messages, headers={"ES-TOKEN": old.headers["ES-TOKEN"]}).json
    assert len(after["list"]) == (not is_erased)


# --- search -------------------------------------------------------------------


def test_contacts_are_found_by_each_parameter(api: FlaskClient) -> None:
    """API §4.1: by externalCustomerId, email, sms, firstname, lastname, and by all."""
    ben = {
        "externalCustomerId": "8",
        "firstName": "Ben",
        "lastName": "Lee",
        "channels": [
            {"type": "email", "value": "ben@b.example"},
            {"type": "sms", "value": "380501"},
        ],
    }
    ask(api, "POST", "/v1/contact", ben)
    good = {
        "externalCustomerId": "8",
        "email": "ben@b.example",
        "sms": "380501",
        "firstname": "Ben",
        "lastname": "Lee",
    }
    for name, value in good.items():
        [one] = found(api, f"{name}={value}")
        assert one["externalCustomerId"] == "8"
        assert found(api, f"{name}=other") == []
    assert len(found(api, "&".join("=".join(one) for one in good.items()))) == 1
    assert found(api, "firstname=Ben&externalCustomerId=7") == []


def test_a_search_tells_how_many_there_are_and_shows_a_page(api: FlaskClient) -> None:
    """
    API §4.2: ``startindex`` is the first that is shown; counting begins with 1.
    API §4.3: ``maxrows`` is how many are shown, 500 at most and by default.
    API §4.4
    API §4.5
    """
    for number in range(500):
        body = {"externalCustomerId": f"n{number}", "channels": []}
        ask(api, "POST", "/v1/contact", body)
    answer = ask(api, "GET", "/v1/contacts?startindex=2&maxrows=2")
    assert answer.headers["TotalCount"] == "501"
    assert answer.json is not None
    assert [one["externalCustomerId"] for one in answer.json] == ["n0", "n1"]
    for one in answer.json:
        check_contact(one, {"channels"})
    whole = found(api)
    assert (len(whole), whole[0]["externalCustomerId"]) == (500, "7")
    assert ask(api, "GET", "/v1/contacts?startindex=0").status_code == 400


def test_results_of_a_message_are_an_object_or_a_list(api: FlaskClient) -> None:
    """
    API §12.4
    API §12.5
    API §12.6
    """
    prepared = {"name": "order", "title": "Order", "text": "On its way"}
    answer: Any = ask(api, "POST", "/v1/messages/appinbox", prepared).json
    path = f"/v1/message/{answer['id']}/smartsend"
    known, strange = {"externalCustomerId": "7"}, {"externalCustomerId": "8"}
    one: Any = ask(api, "POST", path, {"recipients": [known]}).json
    many: Any = ask(api, "POST", path, {"recipients": [known, strange]}).json
    assert {"locator", "status", "requestId"} <= one["results"].keys()
    assert ask(api, "POST", path, {"recipients": [{}]}).status_code == 400
    taken, refused = many["results"]
    assert (taken["status"], refused["status"]) == ("OK", "ERROR")
    assert type(refused["message"]) is str
