"""``flask app-inbox check``: why there is no bell, and how to fix that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from flask.cli import ScriptInfo, pass_script_info, with_appcontext

from ...client.contact import Contact
from .contact_options import session_option
from .terminal import columns, heading, item, paint, part, wrapped, write
from .vendor_access import connection_option, require_connections

if TYPE_CHECKING:
    from ..check.finding import Report, Section

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command("check")
@click.option(
    "--url",
    "page",
    default="/",
    show_default=True,
    help="The page to check: a path, or the whole address of a running site.",
)
@click.option(
    "--as",
    "email",
    metavar="EMAIL",
    help="Render the page and issue a token for this contact.",
)
@session_option
@click.option(
    "--cookie",
    metavar="HEADER",
    help="The Cookie header of your browser while you are logged in.",
)
@connection_option("Ask the vendor about this OAuth connection alone.")
@click.option("--host", help="The host to request a path from.")
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="How many processes the site runs.  [default: from the environment]",
)
@click.option("--offline", is_flag=True, help="Do not call the vendor.")
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
@pass_script_info
def check(
    info: ScriptInfo,
    page: str,
    email: str | None,
    session: dict[str, Any],
    cookie: str | None,
    connection: str | None,
    host: str | None,
    processes: int | None,
    offline: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Find out why there is no bell, and how to fix that.

    Lists every finding, why it matters and the fix. Exits with status 1 if there is
    an error. Creates no contact at the vendor and changes nothing.
    """
    # Only this command needs these modules.
    from ..check.html import ParserMissing, find_parser
    from ..check.run import CheckOptions
    from ..check.run import check as run_checks
    from ..check.visit import RunningSite, Site, SiteInProcess, is_address

    try:
        find_parser()
    except ParserMissing as error:
        raise click.ClickException(str(error)) from error
    if connection is not None:
        require_connections()
    app = info.load_app()
    site: Site
    if is_address(page):
        if session or host:
            raise click.UsageError(
                "--session and --host are for a path of this app. A site that runs "
                "elsewhere takes --cookie."
            )
        site = RunningSite(page, cookie=cookie)
    elif cookie and session:
        raise click.UsageError("Give --session or --cookie, not both.")
    else:
        page = "/" + page.lstrip("/")
        site = SiteInProcess(app, page=page, host=host, session=session, cookie=cookie)
    report = run_checks(
        app,
        site,
        CheckOptions(
            page=page,
            contact=_contact(email),
            own_login=bool(session or cookie) and not email,
            session=tuple(key for key in session if key != "_fresh"),
            connection=connection,
            vendor=not offline,
            processes=processes,
        ),
    )
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        _print(report)
    failed = report.count("error") or (strict and report.count("warning"))
    click.get_current_context().exit(1 if failed else 0)


def _contact(email: str | None) -> Contact | None:
    if email is None:
        return None
    if "@" not in email:
        raise click.UsageError(f"--as wants an email address, and {email!r} is none.")
    try:
        return Contact(email=email)
    except ValueError as error:
        raise click.UsageError(f"--as: {error}") from error


def _print(report: Report) -> None:
    heading("Settings")
    columns((row.key, row.value, row.source) for row in report.settings)
    for section in report.sections:
        _print_section(section)
    write()
    errors, warnings = report.count("error"), report.count("warning")
    if errors or warnings:
        counts = f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}."
        write(paint(counts, "red" if errors else "yellow", bold=True))
    else:
        write(paint("Everything is in order.", "green", bold=True))


def _print_section(section: Section) -> None:
    heading(section.title)
    for text in section.passed:
        item("ok", "green", text)
    for finding in section.findings:
        item(finding.level, _COLOURS[finding.level], finding.what)
        part("why", wrapped(finding.why, indent=17))
        # Never wrapped: people copy it.
        part("fix", finding.fix.splitlines())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
