"""Problems: one answer for each cause, the same whatever the site handles."""

from __future__ import annotations

import pytest

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)
from flask_app_inbox.problems import PROBLEMS, LoginRequired, problem_of, respond


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
    response = respond(problem_of(error))
    assert response.status_code == status
    assert response.headers.get("Retry-After") == retry_after
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert (body["status"], body["code"]) == (status, code)


def test_a_body_has_these_fields_and_no_others() -> None:
    assert respond(LoginRequired()).get_json(force=True) == {
        "type": "about:blank",
        "title": "Nobody is logged in.",
        "status": 401,
        "code": "login_required",
    }


def test_every_problem_is_told_from_the_others_by_its_code() -> None:
    codes = [problem.problem_code for problem in PROBLEMS]
    assert sorted(codes) == sorted(set(codes))
    assert "error" not in codes
