"""What the endpoints answer instead of a token: RFC 9457 problem details.

Each class is a werkzeug exception of its own status, with a code that never
changes. The handler is registered on the blueprint for each class, so that an
error page or a login redirect of the site never takes the place of the JSON
that a script waits for.
"""

from __future__ import annotations

import json
import math

from flask import Blueprint
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from .errors import (
    ReconnectNeeded,
    StorageError,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorTimeout,
    VendorUnavailable,
)

#: Seconds that a browser is asked to wait when nobody named a time.
DEFAULT_RETRY_AFTER = 5


class Problem(HTTPException):
    """An answer that is not a token.

    :param retry_after: seconds for the Retry-After header, rounded up.
    """

    #: Stable and machine-readable.
    problem_code = "error"
    title = "Error"

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__(self.title)
        self.retry_after = retry_after


class LoginRequired(Problem):
    code = 401
    problem_code = "login_required"
    title = "Nobody is logged in."


class CrossOrigin(Problem):
    code = 403
    problem_code = "cross_origin"
    title = "Only pages of this site may ask."


class UserChanged(Problem):
    code = 409
    problem_code = "user_changed"
    title = "The page was made for another user. Reload it."


class RateLimited(Problem):
    code = 429
    problem_code = "rate_limited"
    title = "Asked too often."


class LoaderFailed(Problem):
    code = 500
    problem_code = "loader_failed"
    title = "The site could not say who is logged in."


class Rejected(Problem):
    code = 502
    problem_code = VendorRejected.code
    title = "The vendor refused the site's credentials."


class Invalid(Problem):
    code = 502
    problem_code = VendorInvalid.code
    title = "The vendor answered something unusable."


class NotConnected(Problem):
    code = 503
    problem_code = ReconnectNeeded.code
    title = "The site is not connected to the vendor. Its owner must connect it."


class StorageFailed(Problem):
    code = 503
    problem_code = StorageError.code
    title = "The site cannot read its connection to the vendor."


class Unavailable(Problem):
    code = 503
    problem_code = VendorUnavailable.code
    title = "The vendor cannot be reached now."


class TimedOut(Problem):
    code = 504
    problem_code = VendorTimeout.code
    title = "The vendor did not answer in time."


_OF_ERROR: dict[type[VendorError | StorageError], type[Problem]] = {
    StorageError: StorageFailed,
    ReconnectNeeded: NotConnected,
    VendorRejected: Rejected,
    VendorRateLimited: RateLimited,
    VendorInvalid: Invalid,
    VendorUnavailable: Unavailable,
    VendorTimeout: TimedOut,
}

PROBLEMS: tuple[type[Problem], ...] = (
    LoginRequired,
    CrossOrigin,
    UserChanged,
    RateLimited,
    LoaderFailed,
    Rejected,
    Invalid,
    NotConnected,
    StorageFailed,
    Unavailable,
    TimedOut,
)


def problem_of(error: VendorError | StorageError) -> Problem:
    """Return the answer for a failed call to the vendor."""
    problem = _OF_ERROR[type(error)]
    retry_after = error.retry_after
    if retry_after is None and problem in (RateLimited, Unavailable):
        retry_after = DEFAULT_RETRY_AFTER
    return problem(retry_after=retry_after)


def respond(problem: Problem) -> Response:
    """Render a problem as ``application/problem+json``."""
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.code,
        "code": problem.problem_code,
    }
    response = Response(
        json.dumps(body),
        status=problem.code,
        content_type="application/problem+json",
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return response


def register_problems(blueprint: Blueprint) -> None:
    """Let a blueprint answer its problems itself, whatever the site handles.

    Flask prefers a handler for the status over one for a base class, so each
    class is registered under its own status.
    """
    for problem in PROBLEMS:
        blueprint.register_error_handler(problem, respond)
