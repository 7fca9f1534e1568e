"""``flask app-inbox messages``: look into a contact's inbox."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from ...client.message import Message
from ...client.messages import MAX_MESSAGES
from ...errors import AppInboxError
from ...web.commands import print_json
from ..reading import inboxes_of, read_page_and_count, reader_of
from ..state import current_state
from .contact_options import contact_of, identifier_options
from .terminal import columns, one_line, write
from .vendor_access import connection_option, vendor_client

#: The first of these that a message has stands for what it says.
_FOR_PEOPLE = ("title", "html", "link", "image")


@click.command("messages")
@identifier_options
@click.option("--unread", is_flag=True, help="Unread messages alone.")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_MESSAGES),
    default=20,
    show_default=True,
    help="How many messages to show, the newest first.",
)
@click.option(
    "--reveal", is_flag=True, help="Show what the messages say, which is personal."
)
@connection_option("The OAuth connection to use.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def messages(
    email: str | None,
    phone: str | None,
    external_customer_id: str | None,
    unread: bool,
    limit: int,
    reveal: bool,
    connection: str | None,
    as_json: bool,
) -> None:
    """Show a contact's messages; mark nothing, create nobody.

    Without --reveal it shows which messages there are, not what they say.
    """
    contact = contact_of(
        email=email, phone=phone, external_customer_id=external_customer_id
    )
    vendor_client(connection)  # it says what is missing
    try:
        state = current_state()
        deadline = inboxes_of(state).deadline(limit)
        reader = reader_of(
            state, contact, deadline, connection=connection, creates=False
        )
        found, count = read_page_and_count(
            *(reader, deadline),
            page=0,
            page_size=limit,
            unread_only=unread,
        )
    except AppInboxError as error:
        raise click.ClickException(
            f"There are no messages to show: {str(error).rstrip('.')} ({error.code}). "
            "`flask app-inbox check` finds the cause."
        ) from error
    if as_json:
        told = {
            "unread": count.unread if count else None,
            "messages": [_told(message, reveal) for message in found.messages],
        }
        print_json(told)
        return
    if not found.messages:
        write("There are no messages. The vendor may not know this contact.")
        return
    columns(_row(message, reveal) for message in found.messages)
    write()
    hint = "" if reveal else " --reveal shows what they say."
    in_all = count.unread if count else "an unknown number"
    write(f"{len(found.messages)} shown, {in_all} unread in all.{hint}")


def _told(message: Message, reveal: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": message.id,
        "createdAt": _time_of(message),
        "category": message.category,
        "read": message.read,
    }
    if reveal:
        names = (*_FOR_PEOPLE, "custom_data")
        told |= {name: getattr(message, name) for name in names}
    return told


def _row(message: Message, reveal: bool) -> tuple[str, ...]:
    row = ("read" if message.read else "unread", _time_of(message) or "-", message.id)
    if not reveal:
        return *row, one_line(message.category or "")
    said = filter(None, (getattr(message, name) for name in _FOR_PEOPLE))
    return *row, one_line(next(said, ""))


def _time_of(message: Message) -> str | None:
    at = message.created_at
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
