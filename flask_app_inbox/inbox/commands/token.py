"""``flask app-inbox token``: issue a token, to try out the vendor."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ...errors import VendorError
from .contact_options import contact_of, identifier_options
from .vendor_access import connection_option, vendor_client


@click.command("token")
@identifier_options
@connection_option("The OAuth connection to use.")
@with_appcontext
def token(
    email: str | None,
    phone: str | None,
    external_customer_id: str | None,
    connection: str | None,
) -> None:
    """Issue a token for a contact and print it.

    Anyone who has the token can read that contact's messages. Creates no contact.
    """
    contact = contact_of(
        email=email, phone=phone, external_customer_id=external_customer_id
    )
    client = vendor_client(connection)
    try:
        issued = client.issue_to_known(contact)
    except VendorError as error:
        raise click.ClickException(
            f"The vendor issued no token: {str(error).rstrip('.')} ({error.code}). "
            "`flask app-inbox check` finds the cause."
        ) from error
    if not issued:
        raise click.ClickException(
            "The vendor does not know this contact. Create them there, or let the site "
            "do it: APP_INBOX_CREATE_CONTACTS = True, or app_inbox.sync_contact()."
        )
    click.echo(issued)
