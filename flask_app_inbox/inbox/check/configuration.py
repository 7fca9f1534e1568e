"""The settings as they are used, and where each comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from ...errors import ConfigError
from ...oauth.settings import PREFIX
from ..settings import Settings, read_settings
from ..state import State
from .finding import Area, SettingRow

#: What ``app.config.from_prefixed_env()`` reads unless it is told otherwise.
ENVIRONMENT_PREFIX = "FLASK_"

_FROM_PLATFORM = {"api_url", "script_url", "oauth_url"}


def setting_rows(
    settings: Settings, config: Mapping[str, Any], environ: Mapping[str, str]
) -> list[SettingRow]:
    """Return each setting with its value and source; secrets are masked."""
    rows = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        shown = _shown(field.name, value) if field.repr else _masked(value)
        source = _source(field.name, settings, config, environ)
        rows.append(SettingRow(field.name.upper(), shown, source))
    return rows


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "-"
    if name == "platform":
        return str(value.name)
    if name == "icon":
        return f"SVG, {len(value)} characters"
    if isinstance(value, Mapping):
        return json.dumps(dict(value))
    return str(value)


def _masked(value: Any) -> str:
    """Show that a secret is there; of an address only its user and password hide."""
    if not value:
        return "-"
    if not isinstance(value, str):
        return "********"
    if "://" not in value:
        return f"******** ({len(value)} characters)"
    parts = urlsplit(value)
    place = parts.netloc.rpartition("@")[2]
    user = "***@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{user}{place}{parts.path}"


def _source(
    name: str,
    settings: Settings,
    config: Mapping[str, Any],
    environ: Mapping[str, str],
) -> str:
    key = PREFIX + name.upper()
    if config.get(key) is None:
        if name in _FROM_PLATFORM:
            return f"platform {settings.platform.name}"
        return "default"
    variable = ENVIRONMENT_PREFIX + key
    if variable in environ and _parsed(environ[variable]) == config[key]:
        return f"environment, {variable}"
    return f"app.config, {key}"


def _parsed(text: str) -> Any:
    """Read a variable as ``from_prefixed_env`` does."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def check_configuration(app: Flask, state: State, area: Area) -> None:
    """Find settings that stand somewhere but are not in use."""
    _check_environment(app.config, os.environ, area)
    _check_late_changes(app, state, area)
    if state.loaders.contact is None and getattr(app, "login_manager", None) is None:
        area.error(
            "contact_loader_missing",
            "Nothing tells who is logged in: there is no contact_loader, and the app "
            "has no Flask-Login.",
            why="Without a contact there is no token, and pages carry no bell.",
            mend="@app_inbox.contact_loader\n"
            "def contact():\n"
            "    return Contact(email=g.user.email) if g.user else None",
        )
    elif state.loaders.contact is None:
        fields_ = ", ".join(
            f"{theirs} as {ours}"
            for ours, theirs in state.settings.contact_fields.items()
        )
        area.ok(f"Contacts come from Flask-Login's current user: {fields_}.")
    else:
        area.ok("Contacts come from the site's contact_loader.")


def _check_environment(
    config: Mapping[str, Any], environ: Mapping[str, str], area: Area
) -> None:
    prefix = ENVIRONMENT_PREFIX + PREFIX
    for variable in sorted(environ):
        if not variable.startswith(prefix):
            continue
        key = variable.removeprefix(ENVIRONMENT_PREFIX)
        if key in config and config[key] == _parsed(environ[variable]):
            continue
        if key.partition("__")[0] in config and "__" in key:
            continue  # a part of a dict, which from_prefixed_env puts together
        area.warn(
            "environment_unused",
            f"{variable} is set, but {key} is not what it says.",
            why="The app does not read the environment, or overwrites it later.",
            mend="app.config.from_prefixed_env()  # before AppInbox(app)",
        )


def _check_late_changes(app: Flask, state: State, area: Area) -> None:
    try:
        now = read_settings(app.config, app.root_path)
    except ConfigError as error:
        changed = "; ".join(error.problems)
    else:
        changed = ", ".join(
            PREFIX + field.name.upper()
            for field in fields(now)
            if getattr(now, field.name) != getattr(state.settings, field.name)
        )
    if changed:
        area.error(
            "changed_too_late",
            f"Changed after AppInbox had read the settings: {changed}.",
            why="Settings are read once, in init_app; what comes later has no effect.",
            mend="app_inbox.init_app(app)  # move it below the last app.config line",
        )
