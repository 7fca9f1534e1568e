"""A blueprint that answers on every host of its app.

A page must ask its own origin: elsewhere the browser sends no cookies. In an app
with ``host_matching`` a route without a host answers nowhere, and in one with
``subdomain_matching`` only on the bare domain; so there each route takes whatever
host the page came from, and ``url_for`` leads back to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app, has_request_context, request
from flask.blueprints import BlueprintSetupState

_HOST = "app_inbox_host"
_SUBDOMAIN = "app_inbox_subdomain"


class _OnEveryHost(BlueprintSetupState):
    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        **options: Any,
    ) -> None:
        if self.app.url_map.host_matching:
            options["host"] = f"<{_HOST}>"
        super().add_url_rule(rule, endpoint, view_func, **options)
        if self.app.subdomain_matching and not self.app.url_map.host_matching:
            options["subdomain"] = f"<{_SUBDOMAIN}>"
            super().add_url_rule(rule, endpoint, view_func, **options)


class AnyHostBlueprint(Blueprint):
    """A blueprint whose routes are there on whatever host a page came from."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.url_value_preprocessor(_forget_host)
        self.url_defaults(_stay_on_host)

    def make_setup_state(
        self, app: Any, options: dict[str, Any], first_registration: bool = False
    ) -> BlueprintSetupState:
        """Return what registers the routes with an app."""
        return _OnEveryHost(self, app, options, first_registration)


def _forget_host(_: str | None, values: dict[str, Any] | None) -> None:
    for name in (_HOST, _SUBDOMAIN):
        (values or {}).pop(name, None)


def _stay_on_host(_: str, values: dict[str, Any]) -> None:
    if not has_request_context():
        return
    app: Flask = current_app
    if app.url_map.host_matching:
        values.setdefault(_HOST, request.host)
    elif app.subdomain_matching:
        adapter = app.create_url_adapter(request)
        subdomain = adapter.subdomain if adapter else None
        if subdomain and subdomain != app.url_map.default_subdomain:
            values.setdefault(_SUBDOMAIN, subdomain)
