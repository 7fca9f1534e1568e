"""The options that tell a command which contact is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ...client.contact import Contact

Command = TypeVar("Command", bound=Callable[..., Any])


def identifier_options(command: Command) -> Command:
    """Add ``--email``, ``--phone`` and ``--external-customer-id``."""
    for name, text in (
        ("--external-customer-id", "Their id in your CRM, as the vendor knows it."),
        ("--phone", "The contact's phone, with country code."),
        ("--email", "The contact's email."),
    ):
        command = click.option(name, help=text)(command)
    return command


def contact_of(**fields: Any) -> Contact:
    """Return the contact that the options describe.

    :raises click.UsageError: if they do not describe one.
    """
    try:
        return Contact(**fields)
    except (TypeError, ValueError) as error:
        raise click.UsageError(
            f"{error} Give --email, --phone or --external-customer-id."
        ) from error


def _entries(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, Any]:
    """Read each ``KEY=VALUE``; a value that parses as JSON is JSON."""
    session: dict[str, Any] = {}
    for value in values:
        key, separator, text = value.partition("=")
        if not separator or not key:
            raise click.BadParameter(f"{value!r} is not of the form KEY=VALUE")
        session[key] = _read(key, text)
    if "_user_id" in session:
        session.setdefault("_fresh", True)
    return session


def _read(key: str, text: str) -> Any:
    if key == "_user_id":
        return text  # Flask-Login keeps ids as strings
    try:
        return json.loads(text)
    except ValueError:
        return text


def session_option(command: Command) -> Command:
    """Add ``--session KEY=VALUE``, what a login leaves in the site's session."""
    return click.option(
        "--session",
        "session",
        multiple=True,
        callback=_entries,
        metavar="KEY=VALUE",
        help="What a login leaves in your session (Flask-Login: _user_id=1). "
        "May be repeated.",
    )(command)
