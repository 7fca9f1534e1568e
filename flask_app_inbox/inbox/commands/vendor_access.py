"""The vendor's client for commands that call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ...client.app_inbox import AppInboxClient
from ...errors import LoaderError
from ...oauth.connections import OAuthConnections, current_connections
from ..state import current_state

_NAME_IT = (
    "A command has no request to tell the connection from: name it with --connection."
)

Command = TypeVar("Command", bound=Callable[..., Any])


def connection_option(text: str) -> Callable[[Command], Command]:
    """Make a decorator that adds ``--connection NAME``.

    :param text: its help.
    """
    return click.option("--connection", metavar="NAME", help=text)


def vendor_client(connection: str | None = None) -> AppInboxClient:
    """Return the client of the current app.

    :param connection: the OAuth connection to use; None: that of a request without a
        tenant.
    :raises click.ClickException: if there is none.
    """
    _require_enabled()
    if connection is not None:
        require_connections()
    elif connections := current_connections():
        _require_name(connections)
    return current_state().client_for(connection)


def require_connections() -> OAuthConnections:
    """Return the current app's connections, for a command with ``--connection``.

    :raises click.ClickException: if it uses an API key, or is switched off.
    """
    _require_enabled()
    connections = current_connections()
    if connections is None:
        raise click.ClickException(
            "This site has no connections: it uses an API key. Leave --connection out."
        )
    return connections


def _require_enabled() -> None:
    if not current_state().settings.enabled:
        raise click.ClickException(
            "The extension is switched off: set APP_INBOX_ENABLED to True."
        )


def _require_name(connections: OAuthConnections) -> None:
    try:
        connections.current_name()
    except LoaderError as error:
        raise click.ClickException(f"{error} {_NAME_IT}") from error
