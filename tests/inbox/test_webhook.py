"""The vendor's webhook: who may call it, what is taken, and what a failure means."""

from __future__ import annotations

import hmac
import io
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, request, session
from flask_wtf import CSRFProtect

from flask_app_inbox import AppInbox, Contact, Message, StorageError
from flask_app_inbox.inbox import webhook
from flask_app_inbox.signals import message_received
from flask_app_inbox.testing import VendorDouble
from flask_app_inbox.web import outage
from tests.conftest import MakeApp, state_of
from tests.fixtures.redis import RedisServer
from tests.fixtures.waiting import wait_until

PASSWORD = "webhook-password-that-nobody-may-see"
ANN = Contact(external_customer_id=7)

MESSAGE = {
    "externalCustomerId": "7",
    "id": "11111111-2222-3333-4444-555555555555",
    "messageId": 5,
    "createdDate": 1_790_000_000_000,
    "title": "Parcel",
    "content": "<b>here</b><script>alert(1)</script>",
    "image": "https://shop.example/parcel.png",
    "link": "/orders/1",
    "category": "orders",
    "customData": '{"order": 1}',
}

Heard = list[tuple[Contact, Message]]


def proof(user: str = "app-inbox", password: str = PASSWORD) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def post(app: Flask, body: Any = MESSAGE, proved: str = proof(), **more: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"Authorization": proved, **more.pop("headers", {})}
    return app.test_client().post(
        more.pop("path", "/app-inbox/webhook"),
        data=data,
        headers=headers,
        content_type="application/json",
        **more,
    )


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


@pytest.fixture
def make_hooked(make_app: MakeApp) -> Callable[..., Flask]:
    def make(**settings: Any) -> Flask:
        return make_app(WEBHOOK_PASSWORD=PASSWORD, **settings)

    return make


@pytest.fixture
def app(make_hooked: Callable[..., Flask]) -> Flask:
    return make_hooked()


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What receivers hear."""
    found: Heard = []

    def hear(_: Flask, message: Message, contact: Contact) -> None:
        found.append((contact, message))

    with message_received.connected_to(hear):
        yield found


def test_a_message_is_taken_and_heard(app: Flask, heard: Heard) -> None:
    answer = post(app)
    assert (answer.status_code, answer.json) == (200, {"taken": 1})
    [(contact, message)] = heard
    assert contact == ANN
    assert (message.id, message.title) == (MESSAGE["id"], "Parcel")
    assert (message.link, message.category) == ("/orders/1", "orders")
    assert message.created_at is not None
    assert message.custom_data == {"order": 1}
    assert not message.read
    # Whoever puts it into a mail gets no script.
    assert message.html == "<b>here</b>"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example/x", "data:text/html,x"]
)
def test_what_is_heard_holds_no_address_that_the_page_would_not(
    app: Flask, heard: Heard, address: str
) -> None:
    odd = {"link": address, "image": address, "content": f'<a href="{address}">to</a>'}
    assert post(app, MESSAGE | odd).status_code == 200
    [(_, message)] = heard
    assert (message.link, message.image) == (None, None)
    assert address not in message.html


def test_a_repeated_message_is_taken_once(app: Flask, heard: Heard) -> None:
    for _ in range(3):
        assert post(app).status_code == 200
    # The same interaction belongs to one contact alone.
    other = {**MESSAGE, "externalCustomerId": "8"}
    assert post(app, other).json == {"taken": 1}
    assert len(heard) == 2


def test_tenants_have_messages_of_their_own(
    make_hooked: Callable[..., Flask], heard: Heard
) -> None:
    def forget_tenant(app: Flask) -> None:
        @app.url_value_preprocessor
        def forget(_: str | None, values: dict[str, Any] | None) -> None:
            (values or {}).pop("tenant", None)

    app = make_hooked(URL_PREFIX="/<tenant>/app-inbox", prepare=forget_tenant)
    for tenant in ("north", "south"):
        path = f"/{tenant}/app-inbox/webhook"
        assert post(app, path=path).json == {"taken": 1}
        assert post(app, path=path).json == {"taken": 0}
    assert len(heard) == 2


def test_a_list_and_a_message_of_older_accounts_are_taken(
    app: Flask, heard: Heard
) -> None:
    bare = {"externalCustomerId": 9, "id": "a", "title": "Old"}
    twice = [bare, {**bare, "id": "b", "later": "field"}, bare]
    assert post(app, twice).json == {"taken": 2}
    assert [message.id for _, message in heard] == ["a", "b"]
    assert post(app, []).json == {"taken": 0}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"7",
        b'"text"',
        [7],
        {},
        {**MESSAGE, "id": ""},
        {**MESSAGE, "id": None},
        {**MESSAGE, "externalCustomerId": ""},
        {**MESSAGE, "externalCustomerId": None},
        {**MESSAGE, "externalCustomerId": True},
        {**MESSAGE, "externalCustomerId": ["7"]},
        [MESSAGE] * (webhook.MAX_MESSAGES + 1),
    ],
)
def test_what_is_no_message_is_refused(app: Flask, heard: Heard, body: Any) -> None:
    assert code_of(post(app, body)) == (400, "bad_request")
    assert heard == []


def test_what_is_no_message_costs_the_others_nothing(
    app: Flask, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    assert post(app, [{"id": "x"}, MESSAGE]).json == {"taken": 1}
    assert len(heard) == 1
    assert "2 entries, of which 1 are no messages" in caplog.text


@pytest.mark.parametrize("field", ["id", "title", "content", "link", "customData"])
def test_half_a_character_costs_itself_alone(
    app: Flask, heard: Heard, field: str
) -> None:
    odd = {**MESSAGE, "id": "odd", field: "half \ud83d"}
    bodies = [{**MESSAGE, "id": "before"}, odd, {**MESSAGE, "id": "after"}]
    assert post(app, bodies).json == {"taken": 3}
    assert post(app, bodies).json == {"taken": 0}
    assert len(heard) == 3
    for _, message in heard:
        for text in (message.id, message.title, message.html, message.link):
            (text or "").encode()  # as whoever stores it
        assert "\ud83d" not in str(message.custom_data)


def test_a_byte_that_is_no_character_costs_itself_alone(
    app: Flask, heard: Heard
) -> None:
    body = json.dumps([{**MESSAGE, "title": "odd: ?"}, {**MESSAGE, "id": "next"}])
    assert post(app, body.encode().replace(b"?", b"\xd0")).json == {"taken": 2}
    assert [message.title for _, message in heard] == ["odd: \ufffd", "Parcel"]


def test_a_long_body_is_not_read(app: Flask) -> None:
    read: list[int] = []

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(size or 0)
            return b" " * 65536

    answer = app.test_client().post(
        "/app-inbox/webhook",
        headers={"Authorization": proof()},
        input_stream=Endless(),
        content_length=webhook.MAX_BODY + 1,
    )
    assert (answer.status_code, read) == (400, [])


@pytest.mark.parametrize(
    "proved",
    [
        "",
        "Basic",
        "Basic !",
        f"Bearer {PASSWORD}",
        proof(password="wrong"),
        proof(user="root"),
        proof(user="", password=PASSWORD),
        proof(password=""),
        proof(password=PASSWORD + "x"),
        proof(password="пароль"),
    ],
)
def test_nobody_else_may_call_it(app: Flask, heard: Heard, proved: str) -> None:
    answer = post(app, proved=proved)
    assert code_of(answer) == (401, "wrong_password")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert heard == []


def test_user_and_password_are_compared_in_constant_time(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert post(app, proved=proof(user="root", password="x")).status_code == 401
    # The password, too, although the user is wrong already.
    assert compared[:2] == [(b"root", b"app-inbox"), (b"x", PASSWORD.encode())]


def test_without_a_password_there_is_no_webhook(make_app: MakeApp) -> None:
    assert post(make_app()).status_code == 404
    assert post(make_app(WEBHOOK_PASSWORD=PASSWORD, ENABLED=False)).status_code == 404


def test_another_user_name_may_be_set(
    make_hooked: Callable[..., Flask], heard: Heard
) -> None:
    app = make_hooked(WEBHOOK_USER="vendor")
    assert post(app).status_code == 401
    assert post(app, proved=proof(user="vendor")).status_code == 200
    assert len(heard) == 1


def test_it_needs_no_form_token_no_origin_and_touches_no_session(
    make_hooked: Callable[..., Flask], heard: Heard
) -> None:
    app = make_hooked(prepare=CSRFProtect)

    @app.before_request
    def write_session() -> None:
        session["visited"] = True

    foreign = {"Origin": "https://vendor.example", "Sec-Fetch-Site": "cross-site"}
    answer = post(app, headers=foreign)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(heard) == 1


def test_a_message_makes_its_contacts_count_void(
    make_hooked: Callable[..., Flask], app_inbox_vendor: VendorDouble
) -> None:
    inbox = AppInbox()
    app = make_hooked(inbox=inbox)
    app_inbox_vendor.has_messages(["one"])
    with app.app_context():
        assert inbox.unread_count(ANN) == 1
        app_inbox_vendor._inbox.fill(["two", "one"])  # and no app is told
        assert inbox.unread_count(ANN) == 1
        assert post(app).status_code == 200
        assert inbox.unread_count(ANN) == 2


def test_a_receiver_that_fails_gets_the_message_again(app: Flask) -> None:
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    tries: list[str] = []

    def fail_once(_: Flask, message: Message, **__: object) -> None:
        tries.append(message.id)
        if len(tries) == 1:
            raise RuntimeError("no mail server")

    with message_received.connected_to(fail_once):
        # The vendor repeats what was answered with 500.
        assert post(app).status_code == 500
        assert post(app).json == {"taken": 1}
        assert post(app).json == {"taken": 0}
    assert len(tries) == 2


def test_a_message_that_fails_each_time_keeps_nobody_from_the_others(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    bodies = [{**MESSAGE, "id": str(number)} for number in range(5)]
    heard: list[str] = []

    def fail_at_two(_: Flask, message: Message, **__: object) -> None:
        if message.id in "13":
            raise RuntimeError("no such customer")
        heard.append(message.id)

    with message_received.connected_to(fail_at_two):
        for _ in range(3):
            assert code_of(post(app, bodies)) == (500, "loader_failed")
    assert heard == ["0", "2", "4"]
    assert "no such customer" in caplog.text
    assert post(app, bodies).json == {"taken": 2}


def test_a_message_that_another_request_takes_keeps_nobody_from_the_others(
    app: Flask, heard: Heard
) -> None:
    answers: list[Any] = []
    bodies = [{**MESSAGE, "id": "first"}, {**MESSAGE, "id": "second"}]

    def meanwhile(_: Flask, message: Message, **__: object) -> None:
        if message.id == "first":
            answers.append(post(app, bodies))

    with message_received.connected_to(meanwhile):
        assert post(app, bodies).json == {"taken": 1}
    assert code_of(answers[0]) == (503, "being_taken")
    assert sorted(message.id for _, message in heard) == ["first", "second"]


def test_a_store_that_fails_ends_a_list_at_once(
    app: Flask, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fail(key: str, *_: object, **__: object) -> bool:
        asked.append(key)
        raise StorageError("gone", retryable=True)

    monkeypatch.setattr(state_of(app).store, "add", fail)
    bodies = [{**MESSAGE, "id": str(number)} for number in range(5)]
    assert code_of(post(app, bodies)) == (503, "storage_failed")
    assert (len(asked), heard) == (1, [])


def test_two_at_once_are_taken_once(app: Flask, heard: Heard) -> None:
    answers: list[Any] = []

    def meanwhile(_: Flask, **__: object) -> None:
        answers.append(post(app))

    with message_received.connected_to(meanwhile):
        assert post(app).json == {"taken": 1}
    [second] = answers
    assert code_of(second) == (503, "being_taken")
    assert second.headers["Retry-After"] == "1"
    assert len(heard) == 1


def test_whoever_died_in_the_middle_is_followed_by_another(
    app: Flask, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = state_of(app).store.put

    def die(key: str, *given: Any, **more: Any) -> None:
        if key.startswith("webhook:"):
            raise SystemExit
        put(key, *given, **more)

    monkeypatch.setattr(webhook, "CLAIM", 0.2)
    with monkeypatch.context() as dying:
        # Neither mark nor claim can be changed any more by who is dead.
        dying.setattr(webhook, "_give_up", lambda *_: None)
        dying.setattr(state_of(app).store, "put", die)
        with pytest.raises(SystemExit):
            post(app)
    assert code_of(post(app)) == (503, "being_taken")
    wait_until(lambda: post(app).status_code == 200)
    # At least once: the first had done it already.
    assert len(heard) == 2
    assert post(app).json == {"taken": 0}


def test_while_the_store_is_down_the_vendor_is_asked_to_come_again(
    make_hooked: Callable[..., Flask],
    redis_server: RedisServer,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outage, "PAUSE", 0.3)
    app = make_hooked(STORAGE_URL=redis_server.url, STORAGE_TIMEOUT=2)
    redis_server.stop()
    answer = post(app)
    assert code_of(answer) == (503, "storage_failed")
    assert int(answer.headers["Retry-After"]) >= 1
    assert heard == []
    redis_server.start()
    wait_until(lambda: post(app).status_code == 200)
    assert len(heard) == 1


def break_store(store: Any, call: str, kind: str, patch: pytest.MonkeyPatch) -> None:
    """Let calls about one kind of key fail."""
    works = getattr(store, call)

    def fail(key: str, *given: Any, **more: Any) -> Any:
        if key.startswith(f"{kind}:"):
            raise StorageError("gone", retryable=True)
        return works(key, *given, **more)

    patch.setattr(store, call, fail)


def test_a_store_that_dies_after_the_effect_gives_no_200(
    app: Flask, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        break_store(state_of(app).store, "put", "webhook", dying)
        assert code_of(post(app)) == (503, "storage_failed")
    assert post(app).json == {"taken": 1}
    assert len(heard) == 2


def test_processes_that_share_redis_take_a_message_once(
    make_hooked: Callable[..., Flask], redis_url: str, heard: Heard
) -> None:
    settings = {"STORAGE_URL": redis_url, "STORAGE_TIMEOUT": 5}
    first, second = make_hooked(**settings), make_hooked(**settings)
    message = {**MESSAGE, "id": "of two processes"}
    assert post(first, message).json == {"taken": 1}
    assert post(second, message).json == {"taken": 0}
    assert len(heard) == 1


def test_a_count_that_stays_good_elsewhere_gives_no_200(
    app: Flask, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        break_store(state_of(app).store, "put", "news", patch)
        assert code_of(post(app)) == (503, "storage_failed")
    assert heard == []
    assert post(app).json == {"taken": 1}


def test_other_processes_hear_of_a_message_while_this_one_spares_the_store(
    make_hooked: Callable[..., Flask],
    redis_url: str,
    app_inbox_vendor: VendorDouble,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inbox, bob = AppInbox(), Contact(external_customer_id="told elsewhere")
    settings = {"STORAGE_URL": redis_url, "STORAGE_TIMEOUT": 5}
    first, second = make_hooked(**settings), make_hooked(**settings)

    def counts() -> list[int | None]:
        found = []
        for app in (first, second):
            with app.app_context():
                found.append(inbox.unread_count(bob))
        return found

    app_inbox_vendor.has_messages(["one"])
    with monkeypatch.context() as patch:
        # It was too slow for one call, so the first keeps tokens and counts itself.
        break_store(state_of(first).store, "get", "count", patch)
        assert counts() == [1, 1]
    app_inbox_vendor._inbox.fill(["two", "one"])  # and no app is told
    assert counts() == [1, 1]
    message = {**MESSAGE, "externalCustomerId": bob.external_customer_id}
    assert post(first, message).json == {"taken": 1}
    assert counts() == [2, 2]


def test_no_secret_and_no_person_is_logged(
    app: Flask, no_secret_logged: list[str]
) -> None:
    post(app)
    post(app, proved=proof(password="wrong"))
    post(app, {**MESSAGE, "id": ""})
    log = "\n".join(no_secret_logged)
    assert PASSWORD not in log
    assert "Parcel" not in log


def test_a_site_that_guards_everything_lets_the_blueprint_pass(
    make_hooked: Callable[..., Flask], heard: Heard
) -> None:
    def guard(app: Flask) -> None:
        @app.before_request
        def require_login() -> Response | None:
            if request.blueprint == "app_inbox":
                return None
            return Response(status=302, headers={"Location": "/login"})

    assert post(make_hooked(prepare=guard)).status_code == 200
    assert len(heard) == 1


# --- the command ----------------------------------------------------------------


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["app-inbox", "webhook", *arguments])


def test_the_command_tells_what_support_needs_and_tries_the_route(app: Flask) -> None:
    result = run(app, "--site", "https://shop.example")
    assert result.exit_code == 0, result.output
    assert '"url": "https://shop.example/app-inbox/webhook"' in result.output
    assert '"username": "app-inbox"' in result.output
    assert PASSWORD not in result.output
    assert "200 with the password, and 401 without" in result.output
    assert PASSWORD in run(app, "--site", "shop.example", "--reveal").output


def test_the_command_says_what_is_missing(make_app: MakeApp, app: Flask) -> None:
    nothing = run(make_app())
    assert nothing.exit_code == 1
    assert "APP_INBOX_WEBHOOK_PASSWORD" in nothing.output
    assert run(app).exit_code == 2


@pytest.mark.parametrize(
    ("status", "says"),
    [(302, "leads to /login"), (400, "csrf.protect()"), (503, "STORAGE_URL")],
)
def test_the_command_says_what_stands_in_the_way(
    make_hooked: Callable[..., Flask], status: int, says: str
) -> None:
    def guard(app: Flask) -> None:
        @app.before_request
        def refuse() -> Response:
            return Response(status=status, headers={"Location": "/login"})

    result = run(make_hooked(prepare=guard), "--site", "https://shop.example")
    assert result.exit_code == 1
    assert says in result.output
