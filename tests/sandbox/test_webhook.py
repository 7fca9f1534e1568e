"""Messages go to the site's webhook, as the vendor's guide describes it."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.receiver import Receiver
from tests.fixtures.waiting import wait_until
from tests.sandbox.conftest import Call

ANN = {"externalCustomerId": "7"}


@pytest.fixture
def hooked(control: Call, receiver: Receiver) -> Receiver:
    """A site that the sandbox sends messages to; Ann has an external id."""
    control("POST", "contacts", json=ANN)
    hook = {"url": receiver.url, "username": "app-inbox", "password": "secret"}
    answer = control("PUT", "webhook", json=hook)
    assert answer.json() == {
        "url": receiver.url,
        "username": "app-inbox",
        "deliveries": [],
    }
    return receiver


def send(control: Call, **more: Any) -> Any:
    answer = control("POST", "messages", json={**ANN, "title": "Parcel", **more})
    assert answer.status_code == 201
    return answer.json()


def deliveries(control: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control("GET", "webhook").json()["deliveries"]
    return found


def test_a_message_arrives_with_the_documented_body_and_the_password(
    control: Call, hooked: Receiver
) -> None:
    sent = send(control, content="<b>here</b>", customData={"order": 1})
    [body] = hooked.wait_for(1)
    assert body == {
        "externalCustomerId": "7",
        "id": sent["id"],
        "messageId": 0,
        "createdDate": sent["createdDate"],
        "title": "Parcel",
        "content": "<b>here</b>",
        "image": None,
        "link": None,
        "category": None,
        "customData": json.dumps({"order": 1}),
    }
    assert (hooked.taken[0].user, hooked.taken[0].password) == ("app-inbox", "secret")
    wait_until(lambda: deliveries(control))
    [delivery] = deliveries(control)
    assert (delivery["id"], delivery["status"]) == (sent["id"], 200)
    assert (delivery["attempt"], delivery["repeated"]) == (1, False)
    assert "secret" not in control("GET", "webhook").text


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_it_is_sent_again_after_a_refusal_that_may_pass(
    control: Call, hooked: Receiver, status: int
) -> None:
    hooked.statuses = [status]
    send(control)
    first, second = hooked.wait_for(2)
    assert first == second
    wait_until(lambda: len(deliveries(control)) == 2)
    assert [one["status"] for one in deliveries(control)] == [200, status]
    says = [s["says"] for s in control("GET", "steps").json() if s["kind"] == "webhook"]
    assert says[0].endswith(f"the site answered {status}, so it is sent again")


@pytest.mark.parametrize("status", [400, 404, 302])
def test_other_refusals_are_the_end_of_it(
    control: Call, hooked: Receiver, status: int
) -> None:
    hooked.statuses = [status]
    send(control, title="refused")
    send(control, title="next")
    assert [body["title"] for body in hooked.wait_for(2)] == ["refused", "next"]
    wait_until(lambda: len(deliveries(control)) == 2)
    assert not any(one["repeated"] for one in deliveries(control))


def test_a_site_that_is_down_is_asked_again(control: Call, hooked: Receiver) -> None:
    hooked.server.stop()
    send(control)
    wait_until(lambda: deliveries(control))
    assert deliveries(control)[0]["status"] == 0
    hooked.server.start()
    assert len(hooked.wait_for(1)) == 1


def test_a_contact_without_an_external_id_is_left_out(
    control: Call, hooked: Receiver
) -> None:
    control("POST", "contacts", json={"email": "eve@example.com"})
    nobody = {"email": "eve@example.com", "title": "not sent"}
    assert control("POST", "messages", json=nobody).status_code == 201
    send(control, title="sent")
    assert [body["title"] for body in hooked.wait_for(1)] == ["sent"]


def test_null_ends_it(control: Call, hooked: Receiver) -> None:
    answer = control("PUT", "webhook", json=None, data="null").status_code
    assert answer == 415
    json_null = {"headers": {"Content-Type": "application/json"}, "data": "null"}
    assert control("PUT", "webhook", **json_null).json()["url"] is None
    send(control)
    assert hooked.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://192.0.2.7/webhook",
        "http://example.com/",
        "https://127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1:x/",
        "http://localhost.example.com/",
        "file:///etc/passwd",
    ],
)
def test_it_leads_to_this_machine_alone(control: Call, url: str) -> None:
    answer = control("PUT", "webhook", json={"url": url})
    assert answer.status_code == 400
    assert control("GET", "webhook").json()["url"] is None


@pytest.mark.parametrize("name", ["localhost", "shop.localhost", "127.0.0.2"])
def test_names_of_this_machine_are_taken(
    control: Call, hooked: Receiver, name: str
) -> None:
    url = hooked.url.replace("127.0.0.1", name)
    assert control("PUT", "webhook", json={"url": url}).status_code == 200
    if name != "127.0.0.2":  # the receiver does not listen there
        send(control)
        hooked.wait_for(1)
        assert hooked.taken[0].user is None


def test_a_hanging_site_stops_neither_the_sandbox_nor_its_end(
    control: Call, hooked: Receiver, sandbox: SandboxServer
) -> None:
    end = time.monotonic() + 20
    over: list[bool] = []
    hooked.before_answer = lambda: wait_until(lambda: over)
    sent = send(control)
    hooked.wait_for(1)
    assert control("GET", "webhook").status_code == 200
    sandbox.stop()
    over.append(True)
    # What was on its way is sent again when the vendor is back.
    sandbox.start()
    assert [body["id"] for body in hooked.wait_for(2)] == [sent["id"]] * 2
    assert time.monotonic() < end


def test_a_reset_drops_what_waits(control: Call, hooked: Receiver) -> None:
    hooked.server.stop()
    send(control)
    wait_until(lambda: deliveries(control))
    control("POST", "reset")
    hooked.server.start()
    assert control("GET", "webhook").json()["deliveries"] == []
    time.sleep(0.5)  # twice the pause before another attempt
    assert hooked.taken == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_forked_child_sends_its_own_and_not_its_parents(receiver: Receiver) -> None:
    from flask_app_inbox.sandbox import create_sandbox
    from flask_app_inbox.sandbox.state import state_of

    app = create_sandbox()
    client = app.test_client()
    control: Any = lambda method, path, body: client.open(  # noqa: E731
        f"/_sandbox/{path}", method=method, json=body
    )
    control("POST", "contacts", ANN)
    receiver.statuses = [503]  # so that it is waiting when the child comes
    control("PUT", "webhook", {"url": receiver.url})
    control("POST", "messages", {**ANN, "title": "parent's"})
    receiver.wait_for(1)
    child = os.fork()
    if child == 0:
        failed = True
        try:
            control("POST", "messages", {**ANN, "title": "child's"})
            hook = state_of(app).webhook
            wait_until(lambda: any(d["status"] == 200 for d in hook.deliveries()))
            failed = False
        finally:  # the child runs no other test
            os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0
    titles = sorted(body["title"] for body in receiver.wait_for(3))
    assert titles == ["child's", "parent's", "parent's"]
    state_of(app).webhook.clear()
