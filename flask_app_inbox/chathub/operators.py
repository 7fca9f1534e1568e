"""Which logged-in user is which operator: nobody, unless the site says so.

Whoever holds an operator's token answers customers in the company's name. So we refuse
in every doubtful case, before we call the vendor.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import LoaderError
from ..web.flask_login_user import flask_login_user, uses_flask_login
from ..web.loaders import call_loader, calling
from ..web.problems import LoginRequired
from ..web.this_app import this_app
from ..web.user_tag import former_keys, keyed_tag
from .problems import NotAnOperator

if TYPE_CHECKING:
    from .state import State

logger = logging.getLogger(__name__)

#: The longest alias of an organization.
_MAX_ALIAS = 100


def load_operators(state: State) -> dict[str, int]:
    """Return the operators that this request's user is.

    :returns: operators' ids by alias; at least one.
    :raises LoginRequired: if nobody is logged in.
    :raises NotAnOperator: if the user is no operator, or there is no loader.
    :raises LoaderError: if the site's loader raises, or returns anything else.
    """
    if state.settings.require_login and _is_anonymous():
        raise LoginRequired
    loader = state.loaders.operators
    if loader is None:
        logger.error(
            "ChatHub issues no tokens: register the function that returns the user's "
            "operators with @chathub.operator_loader."
        )
        raise NotAnOperator
    loaded = call_loader("operator_loader", loader)
    if loaded is None:
        raise LoginRequired
    with calling("operator_loader"):
        _check(loaded)
        operators = dict(loaded)
    if not operators:
        raise NotAnOperator
    return operators


def choose_operator(
    operators: Mapping[str, int], organization: str | None
) -> tuple[str, int]:
    """Return an alias and its operator; without an alias, the first ones.

    :raises NotAnOperator: if the alias is not this user's.
    """
    if organization is None:
        return next(iter(operators.items()))
    if organization not in operators:
        raise NotAnOperator
    return organization, operators[organization]


def operator_tag(
    state: State, organization: str, operator: int, key: str | bytes | None = None
) -> str:
    """Return the opaque user tag of an operator.

    :param key: of the site; by default the one of now.
    """
    settings = state.settings
    secret = key or this_app().secret_key or settings.key or settings.password
    return keyed_tag(
        secret or "", "flask-app-inbox operator", organization, str(operator)
    )


def former_operator_tags(state: State, operators: Mapping[str, int]) -> list[str]:
    """Return the tags of operators under the keys that the site had before."""
    return [
        operator_tag(state, *operator, key)
        for key in former_keys(this_app())
        for operator in operators.items()
    ]


def _is_anonymous() -> bool:
    """Return whether the app uses Flask-Login and nobody is logged in."""
    return uses_flask_login(this_app()) and flask_login_user() is None


def _check(operators: object) -> None:
    if (
        isinstance(operators, Mapping)
        and all(
            isinstance(alias, str)
            and 0 < len(alias) <= _MAX_ALIAS
            and alias.isprintable()
            for alias in operators
        )
        and all(
            type(operator) is int and operator > 0 for operator in operators.values()
        )
    ):
        return
    raise LoaderError(
        "The operator_loader must return a dict from an organization's alias to an "
        'operator\'s id, like {"sales": 101}, {} for a user who is none, or None if '
        f"nobody is logged in; not this {type(operators).__name__}."
    )
