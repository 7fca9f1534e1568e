"""``flask app-inbox sandbox``: the stand-in for the vendor."""

from __future__ import annotations

import click


@click.command("sandbox")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on."
)
@click.option(
    "--port",
    default=5001,
    show_default=True,
    metavar="NUMBER",
    help="The port to listen on; 0: a free one.",
)
@click.option(
    "--api-key",
    default="sandbox-key",
    show_default=True,
    metavar="KEY",
    help="The API key to accept.",
)
@click.option("--verbose", is_flag=True, help="Print a line for each request.")
def sandbox(host: str, port: int, api_key: str, verbose: bool) -> None:
    """Run a stand-in for the vendor on this machine."""
    from ...sandbox.__main__ import run

    run(host, port, api_key, verbose=verbose)
