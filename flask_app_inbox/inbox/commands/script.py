"""``flask app-inbox script``: register a domain, read the id of the page script.

With ``--connection`` it does so for one of several accounts, and stores the id.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from ...client.deadline import Deadline
from ...client.site import read_script_id, register_domain
from ...errors import VendorError, explain
from ...oauth.connections import OAuthConnections, current_connections
from ...oauth.script_ids import LIFE
from .terminal import write
from .vendor_access import connection_option, vendor_client

#: Seconds for all calls: whoever waits for a command is more patient than a page.
PATIENCE = 20.0

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def _checked(_: click.Context, __: click.Parameter, value: Any) -> str:
    """Return the domain; people also paste a whole address."""
    host = urlsplit(value if "://" in value else f"//{value}").hostname or ""
    try:
        domain = host.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise click.BadParameter("give a domain such as shop.example")
    return domain


@click.command("script")
@click.option(
    "--domain",
    required=True,
    callback=_checked,
    metavar="DOMAIN",
    help="The domain of your site.",
)
@connection_option(
    "Ask the account of this OAuth connection, and let the connection's pages load "
    "the script."
)
@with_appcontext
def script(domain: str, connection: str | None) -> None:
    """Register a domain and print the id of its page script.

    The vendor's script works on a domain and all its subdomains.
    """
    api = vendor_client(connection).api
    deadline = Deadline(PATIENCE)
    try:
        is_new = register_domain(api, domain, deadline)
        script_id = read_script_id(api, deadline)
    except VendorError as error:
        raise click.ClickException(
            f"{explain(error)} `flask app-inbox check` finds the cause ({error.code}). "
            "The id is also in the vendor's settings: Web Tracking, in the snippet."
        ) from error
    status = "is registered now" if is_new else "was registered already"
    # Standard output carries only what a program wants.
    connections = current_connections()
    if connections is None or connection is None:
        click.echo(f"{domain} {status}. Put this into your configuration:", err=True)
        write(f'APP_INBOX_SCRIPT_ID = "{script_id}"')
        return
    _keep(connections, connection, script_id)
    click.echo(f"{domain} {status}. {_told(connections, connection)}", err=True)
    write(script_id)


def _keep(connections: OAuthConnections, name: str, script_id: str) -> None:
    if not connections.store.set_script_id(name, script_id):
        raise click.ClickException(f"There is no connection {name!r} any more.")


def _told(connections: OAuthConnections, name: str) -> str:
    if connections.connection_loader() is None:
        return (
            f"The id is stored with the connection {name!r}. But this site has no "
            "connection_loader, so its pages load the script of APP_INBOX_SCRIPT_ID:"
        )
    return (
        f"Pages of the connection {name!r} load its script, those of running processes "
        f"within {LIFE:g} seconds:"
    )
