"""How a connection is doing, without its secrets: for sites, owners and the CLI."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .table import StoredConnection

#: The name of the connection of a site that has only one.
DEFAULT_CONNECTION = "default"

NOT_CONNECTED = "not_connected"


def describe(name: str, row: StoredConnection | None) -> dict[str, Any]:
    """Return a connection's state as JSON can hold it; times are ISO 8601 in UTC."""
    if row is None:
        return {"connection": name, "state": NOT_CONNECTED}
    refreshed = row.issued_at != row.connected_at
    return {
        "connection": name,
        "state": row.state,
        "account": row.account,
        "script_id": row.script_id or None,
        "connected_at": _time(row.connected_at),
        "last_refresh": _time(row.issued_at) if refreshed else None,
        "expires_at": _time(row.expires_at),
        "refresh_expires_at": _time(row.refresh_expires_at),
        "problem": row.problem or None,
    }


def account_name(account: dict[str, Any]) -> str:
    """Return the best name for an account that the vendor gave, else ""."""
    return str(account.get("name") or account.get("email") or account.get("id") or "")


def connect_command(name: str) -> str:
    """Return the command line that makes the connection of a name."""
    from shlex import quote

    option = "" if name == DEFAULT_CONNECTION else f" --connection {quote(name)}"
    return f"flask app-inbox oauth connect{option}"


def _time(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="seconds")
