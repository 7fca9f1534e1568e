"""Every error response of our endpoints is an RFC 9457 problem document.

A problem is a werkzeug exception, so a site can register an ``errorhandler`` for it.
What a problem says about an error of this package stands on the error's class.
"""

from __future__ import annotations

import json
import math

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..errors import AppInboxError, VendorRateLimited


class Problem(HTTPException):
    """An error response.

    :param retry_after: seconds for the Retry-After header, rounded up.
    """

    # HTTPException's own ``code`` stays None on the class. Otherwise Flask would
    # prefer the site's handler for that status to ours.
    #: The HTTP status.
    status = 500
    #: Stable and machine-readable.
    problem_code = "error"
    #: For people.
    title = "Error"
    #: When this is answered, for the manual.
    when = ""
    #: Whether the same request may succeed a little later, without anybody's help.
    retryable = False

    def __init__(self, *, retry_after: float | None = None) -> None:
        super().__init__(self.title)
        self.code = self.status
        self.retry_after = retry_after

    @classmethod
    def of(cls, error: AppInboxError) -> Problem:
        """Return the problem for an error of this package."""
        retry_after = error.retry_after
        if retry_after is None:
            retry_after = error.default_retry_after
        problem = cls(retry_after=retry_after)
        problem.code = problem.status = error.http_status
        problem.problem_code, problem.title = error.code, error.title
        problem.retryable = error.retryable
        problem.description = error.title
        return problem

    def respond(self) -> Response:
        """Render the problem as ``application/problem+json``."""
        body = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.problem_code,
            "retryable": self.retryable,
        }
        response = Response(
            json.dumps(body),
            status=self.status,
            content_type="application/problem+json",
        )
        if self.retry_after is not None:
            seconds = max(1, math.ceil(self.retry_after))
            response.headers["Retry-After"] = str(seconds)
        return response


class BadRequest(Problem):
    """The request is not as documented."""

    status = 400
    problem_code = "bad_request"
    title = "The request is not as documented."
    when = "the body is not as documented, or the number of a page is none"


class LoginRequired(Problem):
    """Nobody is logged in."""

    status = 401
    problem_code = "login_required"
    title = "Nobody is logged in."
    when = "nobody is logged in, or nothing that may be sent is known about them"


class CrossOrigin(Problem):
    """The request comes from a page of another site."""

    status = 403
    problem_code = "cross_origin"
    title = "Only pages of this site may ask."
    when = "the request comes from a page of another site"


class UserChanged(Problem):
    """The page was rendered for somebody else."""

    status = 409
    problem_code = "user_changed"
    title = "The page was made for another user. Reload it."
    when = "the page was rendered for another user than the session's now"


class RateLimited(Problem):
    """This contact or operator asks too often. The vendor's 429 looks the same."""

    status = VendorRateLimited.http_status
    problem_code = VendorRateLimited.code
    title = VendorRateLimited.title
    when = VendorRateLimited.when
    retryable = VendorRateLimited.retryable
