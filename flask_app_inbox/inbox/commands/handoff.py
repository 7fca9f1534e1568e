"""``flask app-inbox handoff``: a folder for the vendor's support."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info, with_appcontext

from ...client.account import Account, read_account
from ...errors import StorageError, VendorError, explain
from ...oauth.status import connect_command
from ..script_source import with_script_id
from ..state import current_state
from .terminal import write
from .vendor_access import connection_option, require_connections, vendor_client

if TYPE_CHECKING:
    from ..handoff.observed import Observed


@click.command("handoff")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("app-inbox-handoff"),
    show_default=True,
    metavar="DIRECTORY",
    help="The folder to write to; created if it does not exist.",
)
@click.option("--site", help="The address of your site.  [default: SERVER_NAME]")
@click.option(
    "--note",
    "notes",
    multiple=True,
    metavar="TEXT",
    help="A request for the design. May be repeated.",
)
@click.option(
    "--url",
    "page",
    default="/",
    show_default=True,
    metavar="PATH",
    help="The page to look at and to take the picture of.",
)
@connection_option("Tell of the account and the script of this OAuth connection.")
@click.option(
    "--offline", is_flag=True, help="Do not ask the vendor for the account's name."
)
@with_appcontext
@pass_script_info
def handoff(
    info: ScriptInfo,
    out: Path,
    site: str | None,
    notes: tuple[str, ...],
    page: str,
    connection: str | None,
    offline: bool,
) -> None:
    """Write the folder that the vendor's support needs.

    With it they place the widget. It holds a message with selector, position and
    your requests, ready to send; the icon of APP_INBOX_ICON; and, if there is a
    Chromium or Chrome and the extra `check` is installed, a picture of the page with
    the anchor marked. The message tells of your pages only what a visit to one of
    them has shown.
    """
    from ..handoff.message import Attachments, write_message
    from ..handoff.observed import look_at

    app = info.load_app()
    settings = with_script_id(current_state().settings, _script_id(connection))
    account = None if offline or not settings.enabled else _account(connection)
    try:
        out.mkdir(parents=True, exist_ok=True)
        has_icon = _write_icon(settings.icon, out)
        observed = look_at(app, "/" + page.lstrip("/"), settings.anchor)
        if observed.doubt:
            click.echo(_advice(observed), err=True)
        has_picture = _write_picture(app, observed, out)
        message = write_message(
            settings,
            site=site or app.config["SERVER_NAME"] or "(the address of your site)",
            account=account,
            language=settings.language or "en",
            notes=notes,
            attachments=Attachments(icon=has_icon, picture=has_picture),
            observed=observed,
        )
        (out / "message.txt").write_text(message, "utf-8")
    except OSError as error:
        raise click.ClickException(
            f"Cannot write to {out}: {error.strerror}. Name another folder with --out."
        ) from error
    write()
    write(message)
    write(f"Written to {out}. Send message.txt and the other files to support.")


def _write_icon(icon: str | None, out: Path) -> bool:
    from ..handoff.icon_size import icon_doubts

    if icon is None:
        return False
    for doubt in icon_doubts(icon):
        click.echo(f"Icon: {doubt}.", err=True)
    (out / "icon.svg").write_text(icon, "utf-8")
    return True


def _advice(observed: Observed) -> str:
    if observed.anchors is None:
        doubt = observed.doubt.rstrip(".")
        return f"{doubt}. The message does not say whether visitors have the anchor."
    return (
        f"{observed.doubt}. Support need a page with one: run `flask app-inbox check`, "
        "or name another page with --url."
    )


def _write_picture(app: Flask, observed: Observed, out: Path) -> bool:
    from ..handoff.picture import find_browser, take_picture

    if not observed.shows_anchor:
        click.echo("No picture: there is no anchor to mark.", err=True)
        return False
    browser = find_browser()
    if browser is None:
        click.echo("No picture: there is no Chromium or Chrome here.", err=True)
        return False
    taken = take_picture(
        app,
        observed.path,
        current_state().settings.anchor,
        out / "anchor.png",
        browser=browser,
        host=app.config["SERVER_NAME"] or "localhost",
    )
    if not taken:
        click.echo(f"No picture: {browser} did not draw the page.", err=True)
    return taken


def _script_id(connection: str | None) -> str | None:
    """Return a connection's own script id.

    :raises click.ClickException: if it cannot be told.
    """
    if connection is None:
        return None
    connections = require_connections()
    row = connections.store.read(connection)
    if row is None:
        raise click.ClickException(
            f"There is no connection {connection!r}. Make it with "
            f"`{connect_command(connection)}`."
        )
    return row.script_id or None


def _account(connection: str | None) -> Account | None:
    try:
        return read_account(vendor_client(connection).api)
    except (StorageError, VendorError) as error:
        click.echo(
            f"The message does not name the account. {explain(error)} See `flask "
            "app-inbox check`.",
            err=True,
        )
        return None
