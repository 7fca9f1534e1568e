"""``flask app-inbox contact``: what the site would tell the vendor of a customer."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info, with_appcontext

from ...client.app_inbox import CONTACT_PATH, contact_body, token_body
from ...client.contact import Contact
from ...errors import LoaderError
from ...web.commands import print_json
from ..state import current_state
from .contact_options import contact_of, identifier_options, session_option
from .terminal import heading, write


@click.command("contact")
@identifier_options
@click.option("--first-name", metavar="NAME", help="The customer's first name.")
@click.option("--last-name", metavar="NAME", help="The customer's last name.")
@session_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
@pass_script_info
def contact(
    info: ScriptInfo,
    email: str | None,
    phone: str | None,
    external_customer_id: str | None,
    first_name: str | None,
    last_name: str | None,
    session: dict[str, Any],
    as_json: bool,
) -> None:
    """Show the data that the vendor gets about a customer.

    Sends nothing. Give the customer's fields, or what their login leaves in your
    session: then your own contact loader makes the contact.
    """
    fields = {
        "email": email,
        "phone": phone,
        "external_customer_id": external_customer_id,
        "first_name": first_name,
        "last_name": last_name,
    }
    if session and any(fields.values()):
        raise click.UsageError("Give --session or the contact's fields, not both.")
    if session:
        shown = _contact_of_session(info.load_app(), session)
    else:
        shown = contact_of(**fields)
    settings = current_state().settings
    calls = {
        f"POST {settings.token_url}": token_body(shown),
        f"POST {settings.api_url}{CONTACT_PATH}": contact_body(shown),
    }
    if as_json:
        print_json(calls)
        return
    when = ("To issue a token", "To create or update the contact")
    for (call, body), title in zip(calls.items(), when, strict=True):
        heading(f"{title}: {call}")
        for line in json.dumps(body, indent=2, ensure_ascii=False).splitlines():
            write(f"  {line}")
    write()
    if not settings.create_contacts:
        write(
            "Only app_inbox.sync_contact() sends the second one, since "
            "APP_INBOX_CREATE_CONTACTS is False."
        )


def _contact_of_session(app: Flask, session: dict[str, Any]) -> Contact:
    from ..check.visit import SiteInProcess, VisitError

    site = SiteInProcess(app, session=session)
    try:
        visitor = site.visitor()
    except VisitError as error:
        raise click.ClickException(f"Nobody can log in: {error}.") from error
    if isinstance(visitor, LoaderError):
        raise click.ClickException(str(visitor))
    if visitor is None:
        raise click.ClickException(
            "With this session nobody is logged in, or the site knows nothing about "
            "them that it may send (see APP_INBOX_CONTACT_FIELDS and "
            "APP_INBOX_VERIFIED_ATTRIBUTE)."
        )
    return visitor
