"""The commands of ``flask chathub``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from ..client.chathub import ChatHubClient
from ..errors import VendorError, VendorRejected, VendorTimeout, VendorUnavailable
from ..web.commands import print_json, printable
from ..web.csp import origin_of
from .state import State, current_state

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


commands = click.Group()


def add_commands(group: click.Group) -> None:
    """Add the commands to the blueprint's group."""
    group.commands.update(commands.commands)


@commands.command("check")
@click.option(
    "--origin",
    metavar="URL",
    help="The site's address, https://shop.example.  [default: SERVER_NAME]",
)
@_as_json
@with_appcontext
def check(origin: str | None, as_json: bool) -> None:
    """Check settings, credentials, operators and CORS."""
    state = current_state()
    with _vendor(state) as vendor:
        staff = [
            {"id": one.id, "name": one.name, "operators": len(vendor.operators(one.id))}
            for one in vendor.organizations()
        ]
    origin = origin_of(origin) if origin else _own_origin()
    findings = _refusals(state, origin) if origin else []
    if state.loaders.operators is None:
        findings.append(
            "Nobody is an operator: register the function that returns the current "
            "operator with @chathub.operator_loader."
        )
    if not any(entry["operators"] for entry in staff):
        findings.append(
            "The company has no active operator: add one in the vendor's dashboard."
        )
    if not current_app.secret_key:
        findings.append("SECRET_KEY is missing: without sessions nobody can log in.")
    if as_json:
        shown = {"settings": _settings(state), "organizations": staff}
        print_json({**shown, "problems": findings})
    else:
        for name, value in _settings(state).items():
            click.echo(f"CHATHUB_{name.upper():<16} {value}")
        click.echo()
        _print_table(staff)
        for finding in findings:
            click.secho(f"✗ {finding}", fg="red")
    if findings:
        raise click.exceptions.Exit(1)
    if not as_json and origin is None:
        click.echo("CORS was not checked: name your site with --origin.")
    if not as_json:
        click.secho("✓ The credentials work.", fg="green")


def _own_origin() -> str | None:
    name = current_app.config["SERVER_NAME"]
    return f"{current_app.config['PREFERRED_URL_SCHEME']}://{name}" if name else None


def _refusals(state: State, origin: str) -> list[str]:
    """Return what the vendor does not let pages of the site do (CORS)."""
    assert state.client is not None  # noqa: S101 - there is no command without it
    settings = state.settings
    findings = []
    for what, url, method in (
        ("load its panel", settings.script_url, "GET"),
        ("call its API", f"{settings.api_url}/api/chat/chats", "POST"),
    ):
        try:
            is_allowed = state.client.lets_in(origin, url, method=method)
        except VendorError as error:
            findings.append(f"Pages may not be able to {what}: {error} ({url}).")
            continue
        if not is_allowed:
            findings.append(
                f"The vendor does not let pages of {origin} {what} (CORS): ask its "
                "support to whitelist your domain."
            )
    return findings


@commands.command("organizations")
@_as_json
@with_appcontext
def organizations(as_json: bool) -> None:
    """List the company's organizations."""
    with _vendor(current_state()) as vendor:
        rows = [{"id": one.id, "name": one.name} for one in vendor.organizations()]
    (print_json if as_json else _print_table)(rows)


@commands.command("operators")
@click.argument("organization", type=int, required=False)
@_as_json
@with_appcontext
def operators(organization: int | None, as_json: bool) -> None:
    """List the active operators of one organization, or of all.

    ORGANIZATION is the id of one.
    """
    with _vendor(current_state()) as vendor:
        if organization is not None:
            ids = [organization]
        else:
            ids = [one.id for one in vendor.organizations()]
        rows = [asdict(each) for one in ids for each in vendor.operators(one)]
    (print_json if as_json else _print_table)(rows)


@commands.command("token")
@click.argument("operator", type=int)
@click.option("--reveal", is_flag=True, help="Print the whole token.")
@_as_json
@with_appcontext
def token(operator: int, reveal: bool, as_json: bool) -> None:
    """Issue a token for an operator and validate it.

    OPERATOR is their id.
    """
    state = current_state()
    with _vendor(state) as vendor:
        issued = vendor.issue_token(operator, state.settings.token_lifetime)
        is_valid = bool(vendor.validate(issued.token))
    shown = {
        "operator": operator,
        "token": issued.token if reveal else _masked(issued.token),
        "expiresAt": issued.expires_at_text,
        "isValid": is_valid,
    }
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        click.echo(f"{name:<10} {value}")


@contextmanager
def _vendor(state: State) -> Iterator[ChatHubClient]:
    """Let a command call the vendor; if that fails, exit with advice."""
    assert state.client is not None  # noqa: S101 - no command exists without it
    try:
        yield state.client
    except VendorRejected as error:
        advice = "Check CHATHUB_KEY, or CHATHUB_LOGIN and CHATHUB_PASSWORD"
        if error.status == 403:
            advice += "; perhaps the operator is inactive"
        raise click.ClickException(f"{error}. {advice}.") from error
    except (VendorUnavailable, VendorTimeout) as error:
        raise click.ClickException(
            f"{error}. {error.advice or 'Check CHATHUB_API_URL and the network.'}"
        ) from error
    except VendorError as error:
        raise click.ClickException(f"{error}.") from error


def _settings(state: State) -> dict[str, Any]:
    """Return the settings that are set, secrets masked."""
    shown: dict[str, Any] = {}
    for each in fields(state.settings):
        value = getattr(state.settings, each.name)
        if value is None:
            continue
        is_secret = not each.repr and value != "memory://"
        shown[each.name] = _masked(value) if is_secret else _plain(value)
    return shown


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return value if isinstance(value, (str, int, float)) else str(value)


def _masked(secret: str) -> str:
    """Show that there is a secret, and the end of a long one."""
    return "••••" + (secret[-4:] if len(secret) >= 24 else "")


def _print_table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        click.echo("None.")
        return
    names = [*rows[0]]
    told = [[printable(str(row[name])) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *told, strict=True)]
    for row in (names, *told):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
