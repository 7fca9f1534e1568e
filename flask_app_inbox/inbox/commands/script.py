"""``flask app-inbox script``: register a domain, read the id of the page script."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from ...client.site import read_script_id, register_domain
from ...errors import VendorError
from .terminal import write
from .vendor_access import vendor_client

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def _checked(_: click.Context, __: click.Parameter, value: Any) -> str:
    """Return the domain; people also paste a whole address."""
    host = urlsplit(value if "://" in value else f"//{value}").hostname or ""
    try:
        domain = host.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise click.BadParameter("give a domain such as shop.example")
    return domain


@click.command("script")
@click.option(
    "--domain",
    required=True,
    callback=_checked,
    metavar="DOMAIN",
    help="The domain of your site.",
)
@with_appcontext
def script(domain: str) -> None:
    """Register a domain and print the id of its page script.

    The vendor's script works on a domain and all its subdomains.
    """
    api = vendor_client().api
    try:
        is_new = register_domain(api, domain)
        script_id = read_script_id(api)
    except VendorError as error:
        raise click.ClickException(
            f"{str(error)[:1].upper()}{str(error)[1:]} ({error.code}). You also find "
            "the id in the vendor's settings: Web Tracking, in the snippet."
        ) from error
    status = "is registered now" if is_new else "was registered already"
    # Standard output carries only what a program wants.
    click.echo(f"{domain} {status}. Put this into your configuration:", err=True)
    write(f'APP_INBOX_SCRIPT_ID = "{script_id}"')
