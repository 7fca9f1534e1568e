"""Problems: one answer for each cause, the same whatever the site handles."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort
from werkzeug.exceptions import HTTPException

from flask_app_inbox import (
    AppInboxError,
    LoaderError,
    ReconnectNeeded,
    StorageError,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.inbox.problems import BeingTaken
from flask_app_inbox.web.problems import LoginRequired, Problem, RateLimited
from tests.conftest import MakeApp, load_nobody, state_of


class Odd(VendorInvalid):
    """An error that nobody has told the web room of."""


class OddStorage(StorageError):
    """Another one."""

    code = "odd_storage"


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (VendorRejected("x"), 502, "vendor_rejected", None),
        (VendorInvalid("x"), 502, "vendor_invalid", None),
        (VendorTimeout("x"), 504, "vendor_timeout", None),
        (VendorUnavailable("x"), 503, "vendor_unavailable", "5"),
        (VendorUnavailable("x", retry_after=0.2), 503, "vendor_unavailable", "1"),
        (VendorRateLimited("x"), 429, "rate_limited", "5"),
        (VendorRateLimited("x", retry_after=61.5), 429, "rate_limited", "62"),
        (VendorRateLimited("x", retry_after=0), 429, "rate_limited", "1"),
    ],
)
def test_each_failure_of_the_vendor_has_its_answer(
    error: VendorError, status: int, code: str, retry_after: str | None
) -> None:
    response = Problem.of(error).respond()
    assert response.status_code == status
    assert response.headers.get("Retry-After") == retry_after
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert (body["status"], body["code"]) == (status, code)


def test_a_body_has_these_fields_and_no_others() -> None:
    assert LoginRequired().respond().get_json(force=True) == {
        "type": "about:blank",
        "title": "Nobody is logged in.",
        "status": 401,
        "code": "login_required",
        "retryable": False,
    }


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (VendorRejected("wrong key", status=401), False),
        (ReconnectNeeded("lost"), False),
        (VendorInvalid("nonsense"), False),
        (VendorInvalid("cut off", retryable=True), True),
        (VendorUnavailable("no connection"), True),
        (VendorUnavailable("no trusted TLS", retryable=False), False),
        (VendorTimeout("late"), True),
        (VendorRateLimited("too often"), True),
        (LoaderError("raised"), False),
        (StorageError("wrong key"), False),
        (StorageError("locked", retryable=True), True),
        (OddStorage("x"), False),
    ],
    ids=str,
)
def test_a_problem_says_whether_to_ask_again(
    error: AppInboxError, retryable: bool
) -> None:
    body = Problem.of(error).respond().get_json(force=True)
    assert body["retryable"] is retryable


def test_only_who_came_too_early_may_ask_again() -> None:
    ours = [kind for kind in _subclasses(Problem) if "flask_app_inbox" in str(kind)]
    assert {kind for kind in ours if kind.retryable} == {RateLimited, BeingTaken}


def test_a_long_wait_is_told_as_it_is() -> None:
    response = Problem.of(VendorUnavailable("x", retry_after=600)).respond()
    assert response.headers["Retry-After"] == "600"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(Odd("x"), 502, "vendor_invalid"), (OddStorage("x"), 503, "odd_storage")],
)
def test_a_new_error_is_answered_like_its_parent_unless_it_says_otherwise(
    make_app: MakeApp,
    monkeypatch: pytest.MonkeyPatch,
    error: AppInboxError,
    status: int,
    code: str,
) -> None:
    app = make_app()

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(state_of(app).client, "issue_token", fail)
    answer = app.test_client().post("/app-inbox/token")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["code"] == code


def test_the_errors_own_handlers_of_a_site_do_not_take_over(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(loader=load_nobody)
    for kind in (401, HTTPException, AppInboxError, Exception):
        app.register_error_handler(kind, lambda _: ("<h1>Log in</h1>", 200))
    assert app.test_client().post("/app-inbox/token").status_code == 401


def test_a_site_may_handle_a_problem_that_it_raises_itself() -> None:
    app = Flask("shop")
    app.add_url_rule("/", view_func=lambda: abort(LoginRequired().respond()))
    assert app.test_client().get("/").status_code == 401


def _subclasses(kind: type[Any]) -> list[type[Any]]:
    return [each for one in kind.__subclasses__() for each in (one, *_subclasses(one))]


def test_every_code_is_one_problem_or_one_error() -> None:
    ours = [
        kind
        for kind in (*_subclasses(Problem), *_subclasses(AppInboxError))
        if kind.__module__.startswith("flask_app_inbox")
    ]
    own = [vars(kind).get("problem_code", vars(kind).get("code")) for kind in ours]
    codes = [code for code in own if isinstance(code, str)]
    assert "rate_limited" in codes
    # The vendor's 429 and our own limit look the same on purpose.
    codes.remove("rate_limited")
    assert sorted(codes) == sorted(set(codes))
