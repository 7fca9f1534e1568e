"""What the command groups of both extensions share."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from ..errors import AppInboxError, explain


class AdvisingGroup(AppGroup):
    """Commands that tell a failure as a sentence, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context names."""
        try:
            return super().invoke(ctx)
        except AppInboxError as error:
            raise click.ClickException(explain(error)) from error
