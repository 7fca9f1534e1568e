"""The commands of ``flask app-inbox``, one module each.

To add one, write a module here that defines a ``click.Command``.
"""

from __future__ import annotations

import click


def add_commands(group: click.Group) -> None:
    """Add the commands to the blueprint's group."""
    from importlib import import_module
    from pkgutil import iter_modules

    from ...oauth.commands import oauth

    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        for value in vars(module).values():
            if isinstance(value, click.Command):
                group.add_command(value)
    group.add_command(oauth)
