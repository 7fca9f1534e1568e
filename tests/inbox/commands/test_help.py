"""Each command and option says in one line what it does."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from flask_app_inbox.chathub import commands as chathub_commands
from flask_app_inbox.inbox import commands as inbox_commands


def commands_of(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from commands_of(command)


def every_command() -> Iterator[click.Command]:
    for module in (inbox_commands, chathub_commands):
        group = click.Group()
        module.add_commands(group)
        yield from commands_of(group)


@pytest.mark.parametrize("command", list(every_command()), ids=lambda each: each.name)
def test_every_command_and_option_has_a_line_of_help(command: click.Command) -> None:
    assert command.help is not None
    line = command.help.partition("\n\n")[0]
    assert line.endswith(".")
    assert command.get_short_help_str(58) == line, "a list cuts it"
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert "\n" not in option.help
            assert option.help[:1].isupper(), option.name
