"""What the operator panel's endpoints answer beside the problems of all endpoints."""

from __future__ import annotations

from ..problems import Problem


class NotAnOperator(Problem):
    code = 403
    problem_code = "not_an_operator"
    title = "This user is no operator of that organization."


class BadRequest(Problem):
    code = 400
    problem_code = "bad_request"
    title = "The body must be JSON as documented, or empty."


PROBLEMS: tuple[type[Problem], ...] = (NotAnOperator, BadRequest)
