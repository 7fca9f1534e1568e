"""What the site's own bell asks the site for, and who gets which answer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.inbox.request import MAX_BODY
from flask_app_inbox.signals import messages_read, token_issued
from flask_app_inbox.testing import VendorDouble
from flask_app_inbox.testing.double import SentRequest
from flask_app_inbox.testing.wire import Reply
from tests.conftest import CONTACT, SECRETS, MakeApp, load_nobody

pytestmark = pytest.mark.usefixtures("no_secret_logged")

LIST, UNREAD, READ = (
    "/app-inbox/messages",
    "/app-inbox/unread",
    "/app-inbox/messages/read",
)
CALLS: list[tuple[str, str]] = [("GET", LIST), ("GET", UNREAD), ("POST", READ)]


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app(WIDGET="site", SCRIPT_ID=None)


def ask(app: Flask, method: str, path: str, **options: Any) -> TestResponse:
    if path == READ:
        options.setdefault("json", {"all": True})
    return app.test_client().open(path, method=method, **options)


def vendor_calls(vendor: VendorDouble) -> list[str]:
    return [one.path.rpartition("/")[2] for one in vendor.requests]


def check_problem(response: TestResponse, status: int, code: str) -> None:
    assert (response.status_code, (response.json or {})["code"]) == (status, code)
    assert response.content_type == "application/problem+json"
    assert not any(secret in response.text for secret in SECRETS)


# What is answered


def test_a_page_of_messages_says_everything_and_its_html_is_clean(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(
        [
            {
                "id": "m1",
                "title": "Your order <1>",
                "html": "<b>on its way</b><script>alert(1)</script>",
                "image": "https://cdn.example/a.png",
                "link": "/orders/1",
                "category": "orders",
                "custom_data": {"order": 1},
            },
            {"id": "m2", "image": "javascript:1", "link": "//evil", "read": True},
        ]
    )
    response = ask(app, "GET", LIST)
    assert response.json == {
        "messages": [
            {
                "id": "m1",
                "createdAt": 1_790_000_000_000,
                "title": "Your order <1>",
                "html": "<b>on its way</b>",
                "image": "https://cdn.example/a.png",
                "link": "/orders/1",
                "category": "orders",
                "customData": {"order": 1},
                "read": False,
            },
            {
                "id": "m2",
                "createdAt": 1_789_999_940_000,
                "title": "",
                "html": "",
                "image": None,
                "link": None,
                "category": None,
                "customData": None,
                "read": True,
            },
        ],
        "page": 0,
        "pages": 1,
        "unread": 1,
    }
    assert "vendor;dur=" in response.headers["Server-Timing"]


def test_a_page_of_long_messages_is_served(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([{"html": "x" * 120_000}] * 20)
    response = ask(app, "GET", LIST)
    assert response.status_code == 200
    assert response.text.count('"createdAt"') == 20


@pytest.mark.parametrize(
    "odd",
    [
        *('{"a": 1e999}', '{"a": [NaN, -Infinity]}'),
        {"a": float("inf")},
        "[" * 900 + "]" * 900,
    ],
)
def test_custom_data_that_json_cannot_say_cost_the_page_nothing(
    app: Flask, app_inbox_vendor: VendorDouble, odd: object
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1", "custom_data": odd}, "next"])
    response = ask(app, "GET", LIST)

    def refuse(constant: str) -> None:
        raise AssertionError(f"browsers refuse {constant}")

    told = json.loads(response.text, parse_constant=refuse)
    assert [one["id"] for one in told["messages"]] == ["m1", "message-2"]


def test_a_whole_inbox_tells_its_count_and_a_part_of_it_does_not(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one", "two"])
    assert (ask(app, "GET", LIST).json or {})["unread"] == 2
    assert vendor_calls(app_inbox_vendor) == ["token", "messages"]
    app_inbox_vendor.has_messages([f"{number}" for number in range(45)])
    for page, size in ((0, 20), (1, 20), (2, 5), (3, 0)):
        told = ask(app, "GET", f"{LIST}?page={page}").json or {}
        assert (len(told["messages"]), told["page"]) == (size, page)
        assert (told["pages"], told["unread"]) == (3, 45)


def test_unread_messages_alone_can_be_asked_for(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one", {"title": "old", "read": True}])
    told = ask(app, "GET", f"{LIST}?unread=1").json or {}
    assert [one["title"] for one in told["messages"]] == ["one"]
    assert told["unread"] == 1


@pytest.mark.parametrize("page", ["-1", "x", "1.5", "٣", "999999", ""])
def test_a_page_that_is_no_number_is_refused(app: Flask, page: str) -> None:
    check_problem(ask(app, "GET", f"{LIST}?page={page}"), 400, "bad_request")


def test_the_count_has_a_tag_by_which_it_is_not_sent_twice(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    first = ask(app, "GET", UNREAD)
    assert first.json == {"unread": 1}
    known = {"If-None-Match": first.headers["ETag"]}
    again = ask(app, "GET", UNREAD, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert ask(app, "POST", READ).json == {"unread": 0}
    assert ask(app, "GET", UNREAD, headers=known).json == {"unread": 0}


def test_the_tag_of_one_users_count_is_not_that_of_another(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    people = iter([Contact(email="a@b.c"), Contact(email="b@b.c")])
    app = make_app(loader=lambda: next(people), WIDGET="site")
    first, second = (ask(app, "GET", UNREAD) for _ in range(2))
    assert first.json == second.json == {"unread": 0}
    assert first.headers["ETag"] != second.headers["ETag"]


def test_some_messages_are_marked_by_their_ids(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": 2}, {"id": "m3"}])
    told = ask(app, "POST", READ, json={"ids": ["m1", 2, "m1", "foreign"]})
    assert told.json == {"unread": 1}
    (marked,) = (one for one in app_inbox_vendor.requests if "status" in one.path)
    assert marked.body == {"status": "OPENED", "ids": ["m1", "2", "foreign"]}
    listed = ask(app, "GET", LIST).json or {}
    assert [one["read"] for one in listed["messages"]] == [True, True, False]


def test_all_messages_are_marked_by_one_call(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one", "two"])
    assert ask(app, "POST", READ, json={"all": True}).json == {"unread": 0}
    assert vendor_calls(app_inbox_vendor) == ["token", "status"]


def test_no_messages_at_all_are_marked_without_a_call_to_mark_them(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    assert ask(app, "POST", READ, json={"ids": []}).json == {"unread": 1}
    assert vendor_calls(app_inbox_vendor) == ["token", "count"]


@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", "{}", '"x"', "{", '{"all": false}', '{"all": 1.5}'),
        *('{"all": 1}', '{"all": 1.0}', '{"all": "true"}', '{"all": null}'),
        *('{"ids": "m1"}', '{"ids": null}', '{"ids": {"m1": 1}}', '{"ids": [null]}'),
        *(
            '{"ids": [true]}',
            '{"ids": [1.5]}',
            '{"ids": [""]}',
            '{"ids": ["a\\u0000"]}',
        ),
        *('{"ids": ["m1"], "all": true}', '{"id": ["m1"]}', "[" * 100_000),
        json.dumps({"ids": list(range(1001))}),
        json.dumps({"ids": ["x" * 201]}),
        json.dumps({"ids": ["x" * MAX_BODY]}),
        b"\xff\xfe",
    ],
)
def test_a_body_that_is_not_as_documented_marks_nothing(
    app: Flask, app_inbox_vendor: VendorDouble, body: str
) -> None:
    response = ask(app, "POST", READ, data=body, json=None)
    check_problem(response, 400, "bad_request")
    assert app_inbox_vendor.requests == []


class Endless(io.RawIOBase):
    """A body without an end, and how much of it was taken."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        return b"[" * size


def test_an_endless_body_is_read_no_further_than_it_may_be(app: Flask) -> None:
    def post(**headers: str) -> tuple[int, int]:
        body = Endless()
        whole = {"wsgi.input_terminated": True, "wsgi.input": body}
        response = app.test_client().post(
            READ, environ_overrides=whole, headers=headers
        )
        return response.status_code, body.taken

    assert post() == (400, MAX_BODY + 1)
    assert post(**{"Sec-Fetch-Site": "cross-site"}) == (403, 0)
    assert post(**{"Content-Type": "application/x-www-form-urlencoded"}) == (
        400,
        MAX_BODY + 1,
    )


@pytest.mark.parametrize("sent", [{"json": {"ids": ["m1"]}}, {"data": {"id": "m1"}}])
def test_a_body_that_the_site_has_read_before_counts_too(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, sent: dict[str, Any]
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def read() -> None:
            # What is cached, and a form that is parsed.
            request.get_data() if request.is_json else request.form.get("id")

    app_inbox_vendor.has_messages([{"id": "m1"}])
    app = make_app(WIDGET="site", prepare=prepare)
    assert app.test_client().post(READ, **sent).status_code in (200, 303)
    assert ask(app, "GET", UNREAD).json == {"unread": 0}


def test_a_contact_whom_the_vendor_does_not_know_has_an_empty_inbox(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.knows_nobody()
    assert ask(app, "GET", LIST).json == {
        "messages": [],
        "page": 0,
        "pages": 0,
        "unread": 0,
    }
    assert ask(app, "GET", UNREAD).json == {"unread": 0}
    assert ask(app, "POST", READ, json={"ids": ["m1"]}).json == {"unread": 0}
    assert set(vendor_calls(app_inbox_vendor)) == {"token"}


# How often the vendor is asked


def test_pages_and_tabs_of_a_customer_cost_one_call(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one", "two"])
    for _ in range(20):
        response = ask(app, "GET", UNREAD)
        assert response.json == {"unread": 2}
    assert "Server-Timing" not in response.headers
    assert vendor_calls(app_inbox_vendor) == ["token", "count"]


def test_a_full_page_is_not_taken_for_all_if_the_vendor_does_not_say_so(
    app: Flask, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_inbox_vendor.has_messages(map(str, range(45)))
    read = app_inbox_vendor._inbox.read

    def read_without_pages(sent: SentRequest) -> Reply:
        status, headers, body = read(sent)
        told = json.loads(body)
        del told["totalPages"]
        return status, headers, json.dumps(told)

    monkeypatch.setattr(app_inbox_vendor._inbox, "read", read_without_pages)
    for page, pages, length in ((0, 2, 20), (1, 3, 20), (2, 3, 5)):
        listed = ask(app, "GET", f"{LIST}?page={page}").json or {}
        assert (listed["pages"], len(listed["messages"])) == (pages, length)
        assert listed["unread"] == 45
    assert ask(app, "GET", UNREAD).json == {"unread": 45}


def test_the_count_of_a_list_and_of_a_mark_is_kept(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    ask(app, "GET", LIST)
    assert ask(app, "GET", UNREAD).json == {"unread": 2}
    ask(app, "POST", READ, json={"ids": ["m1"]})
    assert ask(app, "GET", UNREAD).json == {"unread": 1}
    assert vendor_calls(app_inbox_vendor) == ["token", "messages", "status", "count"]


def test_one_token_serves_one_call_after_the_other(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    for _ in range(5):
        ask(app, "GET", LIST)
    assert vendor_calls(app_inbox_vendor).count("token") == 1


def test_the_count_asks_for_no_more_than_the_limit_lets_lists_through(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    app = make_app(WIDGET="site", RATE_LIMIT="2/minute")
    assert [ask(app, "GET", UNREAD).status_code for _ in range(5)] == [200] * 5
    assert ask(app, "GET", LIST).status_code == 200
    assert ask(app, "POST", READ).status_code == 200
    check_problem(ask(app, "GET", LIST), 429, "rate_limited")
    check_problem(ask(app, "POST", READ), 429, "rate_limited")
    # Tokens are counted apart.
    assert ask(app, "POST", "/app-inbox/token").status_code == 200


# Who gets no answer


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_nobody_who_is_not_logged_in_gets_an_answer(
    make_app: MakeApp, method: str, path: str
) -> None:
    app = make_app(loader=load_nobody, WIDGET="site")
    check_problem(ask(app, method, path), 401, "login_required")


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403, "cross_origin"),
        ({"Sec-Fetch-Site": "same-site"}, 403, "cross_origin"),
        ({"Origin": "https://evil.example"}, 403, "cross_origin"),
        ({"X-App-Inbox-User": "0" * 32}, 409, "user_changed"),
    ],
)
def test_foreign_pages_and_those_of_other_users_get_no_answer(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    check_problem(ask(app, method, path, headers=headers), status, code)
    assert app_inbox_vendor.requests == []


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_answer_is_kept_out_of_caches_and_sets_no_cookie(
    app: Flask, app_inbox_vendor: VendorDouble, method: str, path: str
) -> None:
    del app_inbox_vendor
    response = ask(app, method, path)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
    assert "Access-Control" not in str(response.headers)


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    ("fail", "status", "code"),
    [
        (VendorDouble.rejects, 502, "vendor_rejected"),
        (VendorDouble.limits_rate, 429, "rate_limited"),
        (VendorDouble.is_down, 503, "vendor_unavailable"),
        (VendorDouble.times_out, 504, "vendor_timeout"),
    ],
)
def test_a_vendor_that_gives_nothing_is_a_problem(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    method: str,
    path: str,
    fail: Callable[[VendorDouble], None],
    status: int,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_app_inbox.inbox.rests.REST", 0.0)
    fail(app_inbox_vendor)
    check_problem(ask(app, method, path), status, code)
    app_inbox_vendor.has_messages([])
    assert ask(app, method, path).status_code == 200


@pytest.mark.parametrize(
    ("fail", "status", "code"),
    [
        (VendorDouble.rejects, 502, "vendor_rejected"),
        (VendorDouble.limits_rate, 429, "rate_limited"),
        (VendorDouble.times_out, 504, "vendor_timeout"),
    ],
)
def test_a_vendor_that_fails_is_not_asked_by_every_poll(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    fail: Callable[[VendorDouble], None],
    status: int,
    code: str,
) -> None:
    fail(app_inbox_vendor)
    check_problem(ask(app, "GET", UNREAD), status, code)
    calls = len(app_inbox_vendor.requests)
    for _ in range(20):
        told = ask(app, "GET", UNREAD)
        check_problem(told, status, code)
        assert 1 <= int(told.headers["Retry-After"]) <= 5
    assert len(app_inbox_vendor.requests) == calls


def test_neither_is_one_whose_token_a_receiver_of_the_site_drops(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    def fail(_: Flask, **__: object) -> None:
        raise RuntimeError("no statistics today")

    with token_issued.connected_to(fail, app):
        for _ in range(20):
            check_problem(ask(app, "GET", UNREAD), 500, "loader_failed")
    assert vendor_calls(app_inbox_vendor) == ["token"]


@pytest.mark.parametrize("fail", [VendorDouble.limits_rate, VendorDouble.is_down])
def test_the_last_count_serves_while_the_vendor_gives_none_and_says_when_it_was(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    fail: Callable[[VendorDouble], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Counts are good for no time at all here.
    monkeypatch.setattr("flask_app_inbox.inbox.counts.FRESH", 0.0)
    app_inbox_vendor.has_messages(["one"])
    assert ask(app, "GET", UNREAD).json == {"unread": 1}
    fail(app_inbox_vendor)
    told = ask(app, "GET", UNREAD)
    assert set(told.json or {}) == {"unread", "asOf"}
    assert (told.json or {})["unread"] == 1
    assert isinstance((told.json or {})["asOf"], int)
    known = {"If-None-Match": told.headers["ETag"]}
    assert ask(app, "GET", UNREAD, headers=known).status_code == 304
    app_inbox_vendor.has_messages([])
    assert ask(app, "GET", UNREAD).json == {"unread": 0}


#: What a vendor answers that has no count now; it may be in repair.
NO_COUNT: list[Reply] = [
    (500, {}, ""),
    (404, {}, "<h1>Not found</h1>"),
    (200, {}, "<h1>We will be back</h1>"),
]

Count = Callable[[Reply], None]


@pytest.fixture
def count(app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch) -> Count:
    """Let the vendor answer something else when it is asked for a count."""
    answers: list[Reply] = []
    right = app_inbox_vendor._inbox.count

    def answer(sent: SentRequest) -> Reply:
        return answers[-1] if answers else right(sent)

    monkeypatch.setattr(app_inbox_vendor._inbox, "count", answer)
    return answers.append


@pytest.mark.parametrize("answer", NO_COUNT)
def test_the_last_count_serves_whatever_else_the_vendor_gives(
    app: Flask,
    app_inbox_vendor: VendorDouble,
    count: Count,
    answer: Reply,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_app_inbox.inbox.counts.FRESH", 0.0)
    app_inbox_vendor.has_messages(["one"])
    ask(app, "GET", UNREAD)
    count(answer)
    told = ask(app, "GET", UNREAD).json or {}
    assert told.pop("asOf") > 0
    assert told == {"unread": 1}


@pytest.mark.parametrize("answer", NO_COUNT)
def test_a_list_whose_count_fails_comes_with_the_last_one(
    app: Flask, app_inbox_vendor: VendorDouble, count: Count, answer: Reply
) -> None:
    app_inbox_vendor.has_messages(map(str, range(45)))
    with_count = ask(app, "GET", LIST).json or {}
    count(answer)
    listed = ask(app, "GET", LIST).json or {}
    assert listed.pop("asOf") > 0
    assert listed == with_count
    assert "(45)" in ask(app, "GET", "/app-inbox/").text


def test_a_list_whose_count_nobody_knows_comes_all_the_same(
    app: Flask, app_inbox_vendor: VendorDouble, count: Count
) -> None:
    app_inbox_vendor.has_messages(map(str, range(45)))
    count(NO_COUNT[0])
    listed = ask(app, "GET", LIST).json or {}
    assert (len(listed["messages"]), listed["unread"]) == (20, None)
    # As many at least as the page shows.
    assert "(20)" in ask(app, "GET", "/app-inbox/").text


def test_a_wrong_key_is_told_even_if_a_count_is_known(
    app: Flask, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flask_app_inbox.inbox.counts.FRESH", 0.0)
    ask(app, "GET", UNREAD)
    app_inbox_vendor.rejects(403)
    check_problem(ask(app, "GET", UNREAD), 502, "vendor_rejected")


def test_while_the_vendor_is_down_it_is_not_asked_for_every_tab(
    app: Flask, app_inbox_vendor: VendorDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("flask_app_inbox.inbox.counts.FRESH", 0.0)
        ask(app, "GET", UNREAD)
    app_inbox_vendor.limits_rate()
    for _ in range(5):
        assert "asOf" in (ask(app, "GET", UNREAD).json or {})
    assert vendor_calls(app_inbox_vendor) == ["token", "count", "count"]


def test_a_mark_whose_count_fails_is_a_mark_all_the_same(
    app: Flask, app_inbox_vendor: VendorDouble, count: Count
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    count(NO_COUNT[0])
    assert ask(app, "POST", READ, json={"ids": ["m1"]}).json == {"unread": None}
    listed = ask(app, "GET", LIST).json or {}
    assert [one["read"] for one in listed["messages"]] == [True, False]


# Where there is nothing to ask for


@pytest.mark.parametrize(("method", "path"), [*CALLS, ("GET", "/app-inbox/")])
@pytest.mark.parametrize("settings", [{}, {"WIDGET": "site", "ENABLED": False}])
def test_only_a_site_that_draws_its_own_bell_answers(
    make_app: MakeApp, method: str, path: str, settings: dict[str, Any]
) -> None:
    assert ask(make_app(**settings), method, path).status_code == 404


# Signals


def test_a_signal_tells_what_was_marked(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    heard: list[tuple[str, int | None]] = []

    def hear(_: Flask, user: str, count: int | None) -> None:
        heard.append((user, count))

    with messages_read.connected_to(hear, app):
        ask(app, "POST", READ, json={"ids": ["m1"]})
        ask(app, "POST", READ)
        app_inbox_vendor.is_down()
        ask(app, "POST", READ)
    ((user, some), (_, everything)) = heard
    assert (len(user), some, everything) == (32, 1, None)


def test_a_mark_whose_receiver_fails_is_a_mark_all_the_same(
    app: Flask, app_inbox_vendor: VendorDouble, caplog: pytest.LogCaptureFixture
) -> None:
    app_inbox_vendor.has_messages([{"id": "m1"}, {"id": "m2"}])
    heard: list[int | None] = []

    def fail(_: Flask, **__: object) -> None:
        raise RuntimeError("no statistics today")

    def hear(_: Flask, count: int | None, **__: object) -> None:
        heard.append(count)

    with (
        messages_read.connected_to(fail, app),
        messages_read.connected_to(hear, app),
    ):
        assert ask(app, "POST", READ, json={"ids": ["m1"]}).json == {"unread": 1}
        with app.app_context():
            AppInbox().mark_read(CONTACT, ["m2"])
    assert heard == [1, 1]
    assert "no statistics today" in caplog.text
