"""What the blueprints of this package share: they answer on every host, in JSON.

A page must call its own origin: the browser sends no cookies elsewhere. In an app with
``host_matching`` a route without a host answers nowhere; with ``subdomain_matching`` it
answers only on the bare domain. So in such apps each route accepts any host, and
``url_for`` stays on the host of the request.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from flask import Blueprint, Flask, Response, current_app, has_request_context, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response as AnyResponse

from ..errors import AppInboxError, ConfigError
from .commands import AdvisingGroup
from .failure_log import FailureLog
from .problems import Problem
from .this_app import this_app

_PREFIXES = "flask_app_inbox_prefixes"
_HOST = "app_inbox_host"
_SUBDOMAIN = "app_inbox_subdomain"


def claim_prefix(app: Flask, prefix: str, key: str) -> None:
    """Reserve the prefix of an extension's addresses in an app.

    Under one prefix, one extension would answer for the other.

    :param key: of the setting that says it.
    :raises ConfigError: if another setting says the same, or the app has no converter
        for a variable in it.
    """
    try:
        Map(
            [Rule(f"{prefix}/<fingerprint>", endpoint="any")],
            converters=app.url_map.converters,
        )
    except (LookupError, ValueError, SyntaxError) as error:
        raise ConfigError(
            [f"{key} is no prefix of routes: {error.args[0]}."]
        ) from error
    prefixes: dict[str, str] = app.extensions.setdefault(_PREFIXES, {})
    # Two variables match the same paths, whatever they are called.
    owner = prefixes.setdefault(re.sub("<[^<>]*>", "<>", prefix), key)
    if owner != key:
        raise ConfigError(
            [
                f"{key} must differ from {owner}: both are {prefix}, and one of the "
                "extensions would answer for the other."
            ]
        )


class _OnEveryHost(BlueprintSetupState):
    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        if view_func is not None and "<" in (self.url_prefix or ""):
            view_func = _without_prefix(view_func)
        if self.app.url_map.host_matching:
            options["host"] = f"<{_HOST}>"
        super().add_url_rule(rule, endpoint, view_func, **options)
        if self.app.subdomain_matching and not self.app.url_map.host_matching:
            options["subdomain"] = f"<{_SUBDOMAIN}>"
            super().add_url_rule(rule, endpoint, view_func, **options)


def _without_prefix(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that is not told what stands for the variables of its prefix.

    They stay in ``request.view_args``, where the site's loaders look for them.
    """
    taken = signature(view).parameters

    @wraps(view)
    def called(**values: Any) -> Any:
        return view(**{name: values[name] for name in values if name in taken})

    return called


class AnyHostBlueprint(Blueprint):
    """A blueprint whose routes answer on every host."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cli: AdvisingGroup = AdvisingGroup()
        self.url_value_preprocessor(_forget_host)
        self.url_defaults(_stay_on_host)

    def make_setup_state(
        self, app: Any, options: dict[str, Any], first_registration: bool = False
    ) -> BlueprintSetupState:
        """Return the object that registers the routes with an app."""
        return _OnEveryHost(self, app, options, first_registration)


def _forget_host(_: str | None, values: dict[str, Any] | None) -> None:
    for name in (_HOST, _SUBDOMAIN):
        (values or {}).pop(name, None)


def _stay_on_host(_: str, values: dict[str, Any]) -> None:
    if not has_request_context():
        return
    app = this_app()
    if app.url_map.host_matching:
        values.setdefault(_HOST, request.host)
    elif app.subdomain_matching:
        adapter = app.create_url_adapter(request)
        subdomain = adapter.subdomain if adapter else None
        if subdomain and subdomain != app.url_map.default_subdomain:
            values.setdefault(_SUBDOMAIN, subdomain)


def exempt_from_form_tokens(blueprint: Blueprint) -> None:
    """Exempt a blueprint from Flask-WTF's CSRFProtect: it checks the origin itself.

    Form tokens expire after an hour, so a page left open could not renew its token.
    This runs before CSRFProtect checks, whichever extension was initialised first.
    """

    def exempt(*_: Any) -> None:
        exempt = getattr(current_app.extensions.get("csrf"), "exempt", None)
        if exempt is not None:
            exempt(blueprint)

    blueprint.url_value_preprocessor(exempt)


def answer_problems(blueprint: Blueprint, failures: Callable[[], FailureLog]) -> None:
    """Make a blueprint answer its failures as problems, whatever the site handles.

    Scripts wait for JSON, so the site's error pages and login redirects must not
    replace it.

    :param failures: returns the current app's log of failed requests.
    """

    def answer_error(error: AppInboxError) -> AnyResponse:
        failures().write(error)
        return Problem.of(error).respond()

    blueprint.register_error_handler(Problem, Problem.respond)
    blueprint.register_error_handler(AppInboxError, answer_error)


def keep_out_of_caches(blueprint: Blueprint, *public: str) -> None:
    """Keep a blueprint's answers out of caches.

    :param public: the views whose answers are the same for everybody.
    """
    endpoints = {f"{blueprint.name}.{name}" for name in public}

    def keep_out(response: Response) -> Response:
        if request.endpoint not in endpoints:
            response.headers["Cache-Control"] = "no-store"
            if "Vary" in response.headers:
                response.vary.add("Cookie")
            else:  # the same, in a tenth of the time
                response.headers["Vary"] = "Cookie"
        return response

    blueprint.after_request(keep_out)
