"""Problems that only the inbox's endpoints answer; see ``web/problems``."""

from __future__ import annotations

from ..web.problems import Problem


class WrongPassword(Problem):
    """The webhook was called with another user name or password than the site's."""

    status = 401
    problem_code = "wrong_password"
    title = "The user name or the password is wrong."
    when = "the webhook was called with another user name or password"
    challenge = 'Basic realm="app-inbox"'


class BeingTaken(Problem):
    """Another request is taking the same message now, or has died while it did."""

    status = 503
    problem_code = "being_taken"
    title = "This message is being taken now."
    when = "the webhook brings a message that another request is taking now"
    retryable = True
