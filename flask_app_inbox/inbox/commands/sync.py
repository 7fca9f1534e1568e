"""``flask app-inbox sync``: bring every customer to the vendor."""

from __future__ import annotations

from functools import partial
from shlex import join

import click
from flask.cli import with_appcontext

from ...errors import LoaderError, StorageError
from ..contacts import load_contacts
from ..state import current_state
from .import_run import ImportRun
from .import_watch import watch_imports
from .vendor_access import connection_option, vendor_client


@click.command("sync")
@click.option(
    "--skip",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="Leave out this many contacts, which an earlier run has sent.",
)
@click.option(
    "--reveal",
    is_flag=True,
    help="Show addresses and the vendor's reasons, which may hold personal data.",
)
@click.option(
    "--wait", is_flag=True, help="Wait until the vendor is through with the imports."
)
@click.option(
    "--status",
    "session_ids",
    multiple=True,
    metavar="ID",
    help="Send nobody. Ask how the vendor is doing with an import of an earlier run. "
    "May be repeated.",
)
@connection_option(
    "The OAuth connection to use. The contacts_loader is called with its name."
)
@with_appcontext
def sync(
    skip: int,
    reveal: bool,
    wait: bool,
    session_ids: tuple[str, ...],
    connection: str | None,
) -> None:
    """Bring every contact of the contacts_loader to the vendor.

    Ctrl-C stops it, and it says how to go on. Running it again from the start is safe,
    too: contacts are found by their external id, else by their email or phone.
    """
    if skip and session_ids:
        raise click.UsageError("Give --skip or --status, not both.")
    api = vendor_client(connection).api
    if session_ids:
        raise SystemExit(watch_imports(api, session_ids, wait=wait, reveal=reveal))
    run = ImportRun(api, partial(_command, connection), skip)
    _send(run, connection, reveal)
    failed = bool(run.refused or run.failed)
    if wait:
        failed |= bool(watch_imports(api, run.session_ids, wait=True, reveal=reveal))
    raise SystemExit(1 if failed else 0)


def _send(run: ImportRun, connection: str | None, reveal: bool) -> None:
    try:
        run.send(*load_contacts(current_state(), connection))
    except KeyboardInterrupt:
        run.report(reveal)
        click.echo(f"Stopped. To go on: {run.resume}", err=True)
        raise SystemExit(130) from None
    except (LoaderError, StorageError) as error:
        run.report(reveal)
        raise click.ClickException(f"{error} {run.advice}".strip()) from error
    run.report(reveal)
    if run.stopped_by:
        raise click.ClickException(
            f"The vendor takes no contacts now: {run.stopped_by} "
            f"({run.stopped_by.code}). {run.advice}"
        )


def _command(connection: str | None, *options: str) -> str:
    """Return a command line of this command, for people to copy."""
    named = () if connection is None else ("--connection", connection)
    return join(("flask", "app-inbox", "sync", *named, *options))
