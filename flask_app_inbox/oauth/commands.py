"""The commands of ``flask app-inbox oauth``."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
from flask.cli import with_appcontext

from ..errors import ReconnectNeeded, VendorInvalid, explain
from ..web.commands import printable
from .connections import OAuthConnections, current_connections
from .status import account_name, connect_command, describe

REVOKE = (
    "The vendor still lists the app as connected. To revoke its access there, open "
    "your organisation's settings, tab 'Connected apps', the three dots, and "
    "disconnect."
)

_OF_ANOTHER_ADDRESS = (
    "A code that another address than the one above has requested goes into `flask "
    "app-inbox oauth connect --code`."
)
_OF_OURS = (
    "A code that the site's own pages or this command have requested does not work "
    "with --code: leave it out, and open the address that the command prints."
)


@click.group("oauth")
def oauth() -> None:
    """Connect this site to the vendor by OAuth."""


def _connection(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--connection",
        "name",
        default="default",
        show_default=True,
        metavar="NAME",
        help="The name of the connection.",
    )(command)


@oauth.command("init-db")
@with_appcontext
def init_db() -> None:
    """Create the table for connections, unless it exists."""
    _oauth().store.make_tables()
    click.echo("The table for OAuth connections exists.")


@oauth.command("connect")
@_connection
@click.option(
    "--code",
    "ready",
    prompt="The code, or the address that it stands in",
    prompt_required=False,
    metavar="[CODE]",
    help="Take a code that an address of your own has requested, such as the one in "
    "the vendor's guide. Without a value the command asks for it.",
)
@with_appcontext
def connect(name: str, ready: str | None) -> None:
    """Connect to an account with a browser on any machine."""
    connections = _oauth()
    if ready is not None:
        account = _exchange(connections, name, _read_code(ready), None)
    else:
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        click.echo("Open this address in a browser and allow access:\n")
        click.echo(f"  {connections.client.authorize_url(state, verifier)}\n")
        click.echo("Then the vendor sends the browser to the callback address. Copy")
        click.echo("that address, whatever the page there says, or the code in it.")
        code = _read_code(click.prompt("Paste it here"), state)
        account = _exchange(connections, name, code, verifier)
    click.echo(f"Connected{_of(account)}.")


def _exchange(
    connections: OAuthConnections, name: str, code: str, verifier: str | None
) -> dict[str, Any]:
    try:
        return connections.connect(name, code, verifier)
    except (ReconnectNeeded, VendorInvalid) as error:
        # A server that knows PKCE says so in several ways, and not always plainly.
        raise click.ClickException(
            f"{explain(error)} {_OF_ANOTHER_ADDRESS if verifier else _OF_OURS}"
        ) from error


@oauth.command("status")
@click.option("--connection", "name", metavar="NAME", help="Show only this connection.")
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@with_appcontext
def status(name: str | None, as_json: bool) -> None:
    """Show the connections, without their secrets."""
    store = _oauth().store
    names = [name] if name else store.names() or ["default"]
    shown = [describe(each, store.read(each)) for each in names]
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    for each in shown:
        _print(each)


@oauth.command("refresh")
@_connection
@with_appcontext
def refresh(name: str) -> None:
    """Refresh the tokens of a connection now.

    A connection that was not refreshed for 30 days is lost. If the site may be idle
    for that long, run this once a week.
    """
    row = _oauth().keeper(name).refresh()
    click.echo(f"Refreshed; valid until {describe(name, row)['expires_at']}.")


@oauth.command("disconnect")
@_connection
@with_appcontext
def disconnect(name: str) -> None:
    """Delete the tokens of a connection."""
    was_there = _oauth().store.disconnect(name)
    click.echo("Disconnected." if was_there else "There was no connection.")
    click.echo(REVOKE)


def _oauth() -> OAuthConnections:
    connections = current_connections()
    if connections is None:
        raise click.ClickException(
            "OAuth is not configured. Set APP_INBOX_OAUTH_CLIENT_ID, "
            "APP_INBOX_OAUTH_CLIENT_SECRET and APP_INBOX_OAUTH_REDIRECT_URI instead "
            "of APP_INBOX_API_KEY."
        )
    return connections


def _read_code(given: str, state: str | None = None) -> str:
    """Return the code; people paste the code itself or the whole address.

    :param state: of the try that the address must belong to; None: of any.
    """
    given = given.strip()
    if "://" not in given:
        return given
    query = parse_qs(urlsplit(given).query)
    if query.get("error"):
        raise click.ClickException("The vendor says that access was refused.")
    # If the vendor does not send the state back, the code must do.
    if state is not None and query.get("state", [state])[0] != state:
        raise click.ClickException(
            "This address belongs to another try. Run the command again and paste the "
            "address that it leads to."
        )
    if not query.get("code"):
        raise click.ClickException("There is no code in this address.")
    return query["code"][0]


def _of(account: dict[str, Any]) -> str:
    name = account_name(account)
    return f" to the account {name!r}" if name else ""


def _print(shown: dict[str, Any]) -> None:
    click.echo(f"{shown['connection']}: {shown['state'].replace('_', ' ')}")
    if shown["state"] == "not_connected":
        click.echo(f"  next step:     {connect_command(shown['connection'])}")
        return
    account = printable(account_name(shown["account"]) or "not named")
    click.echo(f"  account:       {account}")
    if shown["script_id"]:
        click.echo(f"  script id:     {shown['script_id']}")
    click.echo(f"  connected:     {shown['connected_at']}")
    click.echo(f"  last refresh:  {shown['last_refresh'] or 'none yet'}")
    click.echo(f"  access token:  until {shown['expires_at']}")
    click.echo(f"  refresh token: until {shown['refresh_expires_at']}")
    if shown["problem"]:
        click.echo(f"  problem:       {shown['problem']}")
    if shown["state"] == "reconnect_needed":
        click.echo(f"  next step:     {connect_command(shown['connection'])}")
