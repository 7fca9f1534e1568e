"""The commands below ``flask app-inbox``."""

from __future__ import annotations

import click

from .commands.check import check
from .commands.contact import contact
from .commands.handoff import handoff
from .commands.script import script
from .commands.token import token
from .oauth_cli import oauth


def add_commands(group: click.Group) -> None:
    """Put the commands onto the blueprint's group."""
    group.add_command(sandbox)
    group.add_command(check)
    group.add_command(script)
    group.add_command(handoff)
    group.add_command(contact)
    group.add_command(token)
    group.add_command(oauth)


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5001, show_default=True, help="0: a free one.")
@click.option("--api-key", default="sandbox-key", show_default=True)
@click.option("--verbose", is_flag=True, help="Write a line about each request.")
def sandbox(host: str, port: int, api_key: str, verbose: bool) -> None:
    """Run a stand-in for the vendor on this machine."""
    from .sandbox.__main__ import run

    run(host, port, api_key, verbose=verbose)
