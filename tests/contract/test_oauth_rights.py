"""The OAuth guide on rights, methods and the registration of apps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.contract.oauth_program import CALLBACK, Program

RIGHTS = ("full", "events", "events_and_contacts", "messages")

#: The guide's methods, group by group, with made-up ids; one that the sandbox does
#: not simulate answers 501.
COMMON = """
    GET version / GET account/info / GET balance / GET subscriptions / GET addressbooks
    POST messages/email / GET messages/email / GET messages/email/1
    DELETE messages/email/1 / PUT messages/email/1 / DELETE messages/email/1/en
    PUT messages/email/1/en / GET messages/email/1/viewLink
    GET messages/sms / GET messages/sms/1 / GET interfaces/email / GET interfaces/sms
    GET callouts/sms / GET contact/token/activated/a/t / PUT contact/token/activated/a/t
    PUT interactions/1/status
"""
UPDATES = """
    POST contacts / POST contacts/upload / GET importstatus/1 / POST contact
    PUT contact/1 / DELETE contact/1 / PUT contact/1/subscriptions
    POST contact/subscribe / POST emails/unsubscribed/add
    POST emails/unsubscribed/delete / POST group/1/contacts/detach
"""
READING = """
    GET contacts / GET contact/1 / GET contacts/email / GET contact/1/subscriptions
    GET groups / GET group/1/contacts
"""
OTHERS = """
    GET contacts/activity / POST event / POST past_events / DELETE past_events
    POST message/1/smartsend / POST message/1/send / GET message/status
    POST message/email / GET message/email/status / POST message/sms
    GET message/sms/status / POST message/viber / GET message/viber/status
    POST broadcast / GET broadcast/1 / DELETE broadcast/1 / GET broadcasts
"""
#: Those that the sandbox simulates.
SIMULATED = {
    *("GET version", "GET account/info", "GET contacts"),
    *("POST contacts", "POST contact", "GET importstatus/1"),
    *("POST event", "POST message/1/smartsend"),
}
#: Who may call the methods of a group.
ALLOWED = {
    COMMON: RIGHTS,
    UPDATES: ("full", "events_and_contacts"),
    READING: ("full", "events_and_contacts"),
    "POST event": ("full", "events", "events_and_contacts"),
    "POST message/1/smartsend": ("full", "messages"),
}

MakeProgram = Callable[..., Program]


def calls_of(group: str) -> list[str]:
    calls = group.replace("\n", " / ").split(" / ")
    return [call.strip() for call in calls if call.strip()]


def status_of(call: str, program: Program, token: str) -> int:
    method, _, path = call.partition(" ")
    return program.call(method, f"/api/v1/{path}", token).status_code


@pytest.fixture
def make_program(oauth_sandbox: SandboxServer) -> Iterator[MakeProgram]:
    """Make programs whose apps are registered with certain rights."""
    made: list[Program] = []

    def make(**details: Any) -> Program:
        made.append(Program(oauth_sandbox, **details))
        return made[-1]

    yield make
    for program in made:
        program.close()


# --- rights and methods -------------------------------------------------------


@pytest.mark.parametrize("right", RIGHTS)
def test_an_app_may_call_what_its_right_is_for(
    right: str, make_program: MakeProgram
) -> None:
    """
    003 §2.1: an app may do what it was registered for, and nothing else.
    003 §2.2: the rights are full access, events, events and contacts, messages.
    003 §3.1: the common methods need an authorization, and no right.
    003 §3.2: the methods that update contacts are a group of their own.
    003 §3.3: so are the methods that read contacts.
    """
    program = make_program(rights=right)
    token = program.connect()["access_token"]
    for group, rights in ALLOWED.items():
        for call in calls_of(group):
            assert status_of(call, program, "wrong") == 401, call
            refused = status_of(call, program, token) == 403
            assert refused == (call in SIMULATED and right not in rights), call


def test_a_refusal_holds_no_secret(make_program: MakeProgram) -> None:
    """003 §2.1"""
    program = make_program(rights="messages")
    token = program.connect()["access_token"]
    refused = program.call("GET", "/api/v1/contacts", token)
    assert refused.status_code == 403
    assert token not in refused.text
    assert program.client_id not in refused.text


def test_the_token_of_a_contact_needs_full_access(make_program: MakeProgram) -> None:
    """It is in no group of the guide.

    003 §2.1
    003 §2.2
    """
    for right in RIGHTS:
        program = make_program(rights=right)
        token = program.connect()["access_token"]
        call = "POST auth/contact/token"
        assert (status_of(call, program, token) == 403) == (right != "full")


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        (["events", "messages"], 403),
        (["events_and_contacts", "messages"], 200),
        (["messages", "full"], 200),
    ],
)
def test_rights_are_given_one_by_one(
    rights: list[str], status: int, make_program: MakeProgram
) -> None:
    """003 §2.3: each of the rights may be given or withheld."""
    program = make_program(rights=rights)
    token = program.connect()["access_token"]
    assert status_of("GET contacts", program, token) == status
    assert status_of("GET version", program, token) == 200


def test_there_are_no_other_rights(program: Program) -> None:
    """003 §2.2"""
    for rights in ("contacts", ["events", "nothing"], []):
        body = {"name": "Program", "rights": rights}
        assert program.control("POST", "clients", body).status_code == 400


def test_every_method_of_the_guide_has_an_answer(program: Program) -> None:
    """003 §3.4: activity, events and messages have methods of their own."""
    token = program.connect()["access_token"]
    for call in calls_of(COMMON + UPDATES + READING + OTHERS):
        status = status_of(call, program, token)
        assert (status == 501) == (call not in SIMULATED), call
    told = program.call("POST", "/v1/message/email", token).text
    assert told == "The sandbox does not simulate this method."


# --- registration -------------------------------------------------------------


def test_an_app_is_registered_with_name_callback_and_rights(
    program: Program, make_program: MakeProgram
) -> None:
    """
    003 §4.1: an app has a name, a callback URL and rights.
    003 §4.4: its registration gives it an id and a secret.
    003 §4.5: both have to be kept safe, so nothing shows the secret again.
    """
    make_program(rights=["events"])
    first, second = program.control("GET", "clients").json()
    assert first == {
        "client_id": program.client_id,
        "name": "Program",
        "redirect_uri": CALLBACK,
        "rights": ["full"],
    }
    assert second["rights"] == ["events"]
    assert program.client_id != second["client_id"]
    assert len(program.client_secret) >= 32
    for path in ("", "clients", "connections"):
        assert program.client_secret not in program.control("GET", path).text


def test_an_owner_who_refuses_comes_back_to_the_callback(program: Program) -> None:
    """003 §4.2: people come back to the callback URL, after a refusal, too."""
    assert program.decide("deny")["error"] == "access_denied"
    assert program.decide("allow").keys() == {"code"}


def test_the_callback_may_be_given_later(make_program: MakeProgram) -> None:
    """003 §4.3: an app can be registered without a callback URL and get it later."""
    program = make_program(redirect_uri="")
    assert program.send("GET", program.address()).status_code == 400
    body = {"redirect_uri": CALLBACK}
    assert program.control("PUT", f"clients/{program.client_id}", body).ok
    assert program.connect()["access_token"]


def test_the_consent_page_names_the_app(make_program: MakeProgram) -> None:
    """003 §4.6: the consent window has the app's name."""
    program = make_program(name="The owl's CRM")
    page = program.send("GET", program.address())
    assert "The owl&#39;s CRM" in page.text


@pytest.mark.parametrize("path", ["connections", "clients/{}"])
def test_an_app_that_is_disconnected_or_deleted_has_dead_tokens(
    path: str, program: Program
) -> None:
    """
    003 §4.7: a deleted app loses its keys, tokens and connections.
    003 §10.1: an owner can disconnect an app.
    """
    tokens = program.connect()
    assert program.call("GET", "/api/v2/version", tokens["access_token"]).ok
    assert program.control("DELETE", path.format(program.client_id)).ok
    dead = program.call("GET", "/api/v2/version", tokens["access_token"])
    assert dead.status_code == 401
    assert program.refresh(tokens["refresh_token"], tokens["code"]).status_code >= 400
    if path != "connections":
        assert program.send("GET", program.address()).status_code == 400
