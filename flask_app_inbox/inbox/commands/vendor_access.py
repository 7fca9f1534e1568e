"""The vendor's client for commands that call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ...client.app_inbox import AppInboxClient
from ...errors import LoaderError
from ...oauth.connections import OAuthConnections, current_connections
from ..state import current_state

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
    state = current_state()
    if not state.settings.enabled:
        raise click.ClickException(
            "The extension is switched off: set APP_INBOX_ENABLED to True."
        )
    connections = current_connections()
    if connection is not None and connections is None:
        raise click.ClickException(
            "This site has no connections: it uses an API key. Leave --connection out."
        )
    if connection is None and connections is not None:
        _check_that_there_is_one(connections)
    return state.client_for(connection)


def _check_that_there_is_one(connections: OAuthConnections) -> None:
    try:
        connections.current_name()
    except LoaderError as error:
        raise click.ClickException(
            f"{error} A command has no request to tell the connection from: name it "
            "with --connection."
        ) from error
