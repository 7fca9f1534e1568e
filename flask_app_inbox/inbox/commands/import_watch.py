"""How the vendor is doing with imports, on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import click

from ...client.api import VendorApi
from ...client.import_status import ImportStatus, read_import_status
from ...errors import VendorError
from .terminal import columns, reason, write

#: Seconds for one import, of which the vendor's guide says that it "may take a few
#: minutes".
PATIENCE = 900.0
#: Seconds between two questions.
PAUSE = 2.0


def watch_imports(
    api: VendorApi, session_ids: Sequence[str], *, wait: bool, reveal: bool
) -> int:
    """Print how the vendor is doing with imports.

    :param wait: whether to wait until it is through with each.
    :param reveal: whether to show the vendor's own words.
    :returns: the exit status: 1 if an import ended with an error, or did not end while
        we waited.
    :raises click.ClickException: if the vendor does not say.
    """
    statuses: list[ImportStatus] = []
    try:
        with click.progressbar(
            session_ids, label="Imports", show_pos=True, file=sys.stderr
        ) as bar:
            for one in bar:
                ask = wait_for_import if wait else read_import_status
                statuses.append(ask(api, one))
    except KeyboardInterrupt:
        _print(statuses, reveal)
        click.echo("Stopped. The vendor works on the rest of the imports.", err=True)
        raise SystemExit(130) from None
    except VendorError as error:
        _print(statuses, reveal)
        raise click.ClickException(
            f"The vendor does not say how the import {one} is: {error} ({error.code})."
        ) from error
    _print(statuses, reveal)
    failed = [one for one in statuses if one.has_failed or (wait and not one.is_done)]
    return 1 if failed else 0


def wait_for_import(
    api: VendorApi,
    session_id: str,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> ImportStatus:
    """Ask again and again, until the vendor is through with an import.

    :returns: what the vendor said last; after :data:`PATIENCE` the import may still
        be at work.
    :raises VendorError: if the vendor does not say, and it does not pass.
    """
    end = clock() + PATIENCE
    while True:
        try:
            status = read_import_status(api, session_id)
        except VendorError as error:
            pause = max(PAUSE, error.retry_after or 0)
            if not error.retryable or clock() + pause > end:
                raise
        else:
            pause = PAUSE
            if status.is_done or clock() + pause > end:
                return status
        sleep(pause)


def _print(statuses: Sequence[ImportStatus], reveal: bool) -> None:
    number = sum(len(one.contact_ids) for one in statuses)
    columns(
        (one.session_id, one.state, reason(one.description, reveal=reveal))
        for one in statuses
    )
    write(f"{number} contacts were created or updated.")
