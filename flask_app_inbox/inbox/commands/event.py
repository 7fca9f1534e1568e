"""``flask app-inbox event``: send an event, to try out a workflow."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import with_appcontext

from ...client.contact import Contact
from ...client.events import event_body, send_event
from ...errors import VendorError
from ..state import current_state
from .contact_options import contact_of, identifier_options
from .vendor_access import connection_option, vendor_client


def _params(
    _: click.Context, __: click.Parameter, given: tuple[str, ...]
) -> dict[str, Any]:
    """Read each ``NAME=VALUE``; a list or an object of JSON is JSON."""
    params: dict[str, Any] = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator or not name:
            raise click.BadParameter(f"{one!r} is not of the form NAME=VALUE")
        params[name] = _read(value)
    return params


def _read(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


@click.command("event")
@click.argument("key")
@identifier_options
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    callback=_params,
    metavar="NAME=VALUE",
    help="A parameter; a value that is a list or an object of JSON is sent as one. "
    "May be repeated.",
)
@click.option("--key-value", metavar="TEXT", help="What makes this event unique.")
@connection_option("The OAuth connection to use.")
@with_appcontext
def event(
    key: str,
    email: str | None,
    phone: str | None,
    external_customer_id: str | None,
    params: dict[str, Any],
    key_value: str | None,
    connection: str | None,
) -> None:
    """Send an event to the vendor, to try out a workflow."""
    names = {
        "email": email,
        "phone": phone,
        "external_customer_id": external_customer_id,
    }
    contact: Contact | None = None
    if any(names.values()) or key_value is None:
        contact = contact_of(**names)
    path = current_state().settings.event_path
    try:
        body = event_body(key, contact, params, key_value=key_value, path=path)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    client = vendor_client(connection)
    try:
        send_event(client.api, body, path=path)
    except VendorError as error:
        raise click.ClickException(
            f"The vendor did not take the event: {str(error).rstrip('.')} "
            f"({error.code}). `flask app-inbox check` finds the cause."
        ) from error
    click.echo(
        f"The vendor took the event {key}. If nothing comes of it, no workflow that "
        "waits for it is switched on, or the vendor does not know the contact."
    )
