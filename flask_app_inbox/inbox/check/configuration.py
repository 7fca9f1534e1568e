"""The settings as the app uses them, and where each comes from."""

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
from .finding import FindingKind, Section, SettingRow
from .login import check_login_source, login_source

#: What ``app.config.from_prefixed_env()`` reads by default.
ENVIRONMENT_PREFIX = "FLASK_"

DISABLED = FindingKind(
    "disabled",
    "warning",
    what="APP_INBOX_ENABLED is False: pages have no bell.",
    why="There is no token endpoint, and the site does not call the vendor. Where "
    "APP_INBOX_SCRIPT_ID is unset, pages still have the plain init of the vendor's "
    "snippet.",
    fix="APP_INBOX_ENABLED = True",
)
ENVIRONMENT_UNUSED = FindingKind(
    "environment_unused",
    "warning",
    what="{variable} is set, but {key} has another value.",
    why="The app does not read the environment, or overwrites the value later.",
    fix="app.config.from_prefixed_env()  # before AppInbox(app)",
)
CHANGED_TOO_LATE = FindingKind(
    "changed_too_late",
    "error",
    what="Settings changed after AppInbox had read them: {changed}.",
    why="AppInbox reads its settings once, in init_app; later changes have no effect.",
    fix="app_inbox.init_app(app)  # move it below the last app.config line",
)


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
    """Show that there is a secret; of an address, hide only user and password."""
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
        if hasattr(settings.platform, name):
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


def check_configuration(app: Flask, state: State, section: Section) -> None:
    """Find settings that are written somewhere but not in use.

    :param section: takes what is found, as in every check.
    """
    if not state.settings.enabled:
        section.report(DISABLED)
        return
    _check_environment(app.config, os.environ, section)
    _check_late_changes(app, state, section)
    check_login_source(login_source(app, state), state, section)


def _check_environment(
    config: Mapping[str, Any], environ: Mapping[str, str], section: Section
) -> None:
    prefix = ENVIRONMENT_PREFIX + PREFIX
    for variable in sorted(environ):
        if not variable.startswith(prefix):
            continue
        key = variable.removeprefix(ENVIRONMENT_PREFIX)
        if key in config and config[key] == _parsed(environ[variable]):
            continue
        if key.partition("__")[0] in config and "__" in key:
            continue  # one item of a dict, which from_prefixed_env puts together
        section.report(ENVIRONMENT_UNUSED, variable=variable, key=key)


def _check_late_changes(app: Flask, state: State, section: Section) -> None:
    try:
        now = read_settings(app.config, app.root_path)
    except ConfigError as error:
        changed = "; ".join(error.problems).rstrip(".")
    else:
        changed = ", ".join(
            PREFIX + field.name.upper()
            for field in fields(now)
            if getattr(now, field.name) != getattr(state.settings, field.name)
        )
    if changed:
        section.report(CHANGED_TOO_LATE, changed=changed)
