"""The problem that only the operator panel's endpoints answer."""

from __future__ import annotations

from ..web.problems import Problem


class NotAnOperator(Problem):
    """The user is logged in, but is no operator of that organization."""

    status = 403
    problem_code = "not_an_operator"
    title = "This user is no operator of that organization."
    when = "no loader, no operator, or an alias that is not this user's"
