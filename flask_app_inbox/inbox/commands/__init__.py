"""The commands of ``flask app-inbox``, one module each."""

from __future__ import annotations

import click

from ...oauth.commands import oauth
from .check import check
from .contact import contact
from .handoff import handoff
from .sandbox import sandbox
from .script import script
from .token import token


def add_commands(group: click.Group) -> None:
    """Add the commands to the blueprint's group."""
    group.short_help = "App Inbox: the vendor's bell on this site."
    for command in (check, script, handoff, contact, token, sandbox, oauth):
        group.add_command(command)
