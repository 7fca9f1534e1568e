"""What the command groups of both extensions share: help, failures, others' words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from ..errors import AppInboxError, explain


def printable(words: str) -> str:
    """Return somebody's words without what could move a terminal's cursor."""
    return "".join(
        sign if sign.isprintable() else " " if sign.isspace() else "" for sign in words
    )


def print_json(value: object) -> None:
    """Print JSON that a terminal shows as it is, whoever wrote the words in it."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    # Signs of below a space are escaped by now, but those of the breaks of lines.
    click.echo(re.sub(r"[^\n -~]", _escape_if_odd, text))


def _escape_if_odd(sign: re.Match[str]) -> str:
    return sign[0] if sign[0].isprintable() else json.dumps(sign[0])[1:-1]


class AdvisingGroup(AppGroup):
    """Commands that tell a failure as a sentence, never as a traceback.

    They are imported when somebody asks for one: a process that serves pages needs
    none of them.
    """

    _add: Callable[[click.Group], None] | None = None

    def offer(
        self, app: Flask, name: str, summary: str, add: Callable[[click.Group], None]
    ) -> None:
        """Become a group of an app's commands.

        :param summary: what ``flask --help`` says about it.
        :param add: adds the commands.
        """
        self.short_help = summary
        self._add = add
        app.cli.add_command(self, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        self._load()
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context names."""
        try:
            return super().invoke(ctx)
        except AppInboxError as error:
            raise click.ClickException(explain(error)) from error

    def _load(self) -> None:
        add, self._add = self._add, None
        if add is not None:
            add(self)
