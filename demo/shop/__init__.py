"""Zavarka: a small tea and clay shop with an App Inbox bell in its header."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from flask_app_inbox import AppInbox

from . import (
    accounts,
    anchor,
    backstage,
    basket,
    buttons,
    catalogue,
    chat,
    checkout,
    connection,
    customers,
    database,
    failures,
    flow,
    language_switch,
    languages,
    questions,
    secret_key,
    security,
    sign_in,
    widget,
)
from .configuration import configure
from .flow_record import Record
from .restarts import Restarts

_INSTANCE = Path(__file__).resolve().parents[1] / "instance"


def create_app(
    config: Mapping[str, Any] | None = None,
    *,
    instance: Path | str | None = None,
    behind: backstage.Backstage | None = None,
) -> Flask:
    """Build the shop; create and fill its database if there is none.

    :param config: overrides the environment.
    :param instance: folder of the database and the secret key; by default
        ``SHOP_INSTANCE`` of the environment, else ``demo/instance``.
    :param behind: the sandbox, for the drawer; None: the vendor is real.
    :raises flask_app_inbox.ConfigError: if there is neither a sandbox nor a key.
    """
    given = config or {}
    folder = Path(instance or os.environ.get("SHOP_INSTANCE") or _INSTANCE).resolve()
    # The drawer's record outlives a restart.
    record = Record()

    def build(changes: Mapping[str, Any]) -> Flask:
        return _build({**given, **changes}, folder, restarts, record, behind)

    restarts = Restarts(build)
    app = build({})
    # Flask's own hook for middleware.
    app.wsgi_app = restarts.before(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app


def _build(
    config: Mapping[str, Any],
    folder: Path,
    restarts: Restarts,
    record: Record,
    behind: backstage.Backstage | None,
) -> Flask:
    app = Flask(__name__, instance_path=str(folder))
    configure(app, config)
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    secret_key.init_app(app)
    database.init_app(app)
    languages.init_app(app)
    backstage.init_app(app, behind)
    restarts.init_app(app)

    # First, so that the drawer also shows requests that others refuse.
    flow.init_app(app, record)
    CSRFProtect(app)
    accounts.init_app(app)
    app_inbox = AppInbox(app)
    app_inbox.language_loader(languages.current_language)
    connection.init_app(app, app_inbox)
    customers.init_app(app, app_inbox, on_call=flow.note_call)
    chathub = chat.init_app(app)
    security.init_app(app, app_inbox, chathub)
    failures.init_app(app)
    for module in (
        language_switch,
        catalogue,
        basket,
        checkout,
        sign_in,
        connection,
        chat,
        questions,
        flow,
        buttons,
    ):
        app.register_blueprint(module.blueprint)
    catalogue.init_app(app)
    basket.init_app(app)
    widget.init_app(app)
    anchor.init_app(app)
    return app
