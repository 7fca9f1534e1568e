"""``flask app-inbox token``: a contact's token, to try the vendor with."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from ...errors import VendorError
from .contact_options import contact_of, identifier_options
from .vendor_access import vendor_client


@click.command("token")
@identifier_options
@with_appcontext
def token(
    email: str | None, phone: str | None, external_customer_id: str | None
) -> None:
    """Mint a token for a contact and print it.

    Whoever has it reads that contact's messages. Nobody is created.
    """
    contact = contact_of(
        email=email, phone=phone, external_customer_id=external_customer_id
    )
    client = vendor_client()
    try:
        minted = client.issue_to_known(contact)
    except VendorError as error:
        raise click.ClickException(
            f"The vendor gave no token: {error} ({error.code}). "
            "`flask app-inbox check` looks for the cause."
        ) from error
    if not minted:
        raise click.ClickException(
            "The vendor does not know this contact. Create him there, or let the site "
            "do it: APP_INBOX_CREATE_CONTACTS = True, or app_inbox.sync_contact()."
        )
    click.echo(minted)
