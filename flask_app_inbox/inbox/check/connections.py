"""Which accounts the site uses: that of its key, or those of its connections."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote

from ...client.app_inbox import AppInboxClient
from ...errors import VendorError
from ...oauth.connections import OAuthConnections, current_connections
from ...oauth.status import DEFAULT_CONNECTION, connect_command, explain
from ..script_source import with_script_id
from ..state import State
from .finding import FindingKind, Section

CONNECTION_REFUSED = FindingKind(
    "connection_refused",
    "error",
    what="The connection {connection} does not work: {reason}",
    why="There are no tokens for its pages.",
    fix="{command}",
)
CONNECTIONS_UNREADABLE = FindingKind(
    "connections_unreadable",
    "error",
    what="The OAuth connections cannot be read. {reason}",
    why="Without its connection the site cannot ask the vendor for tokens.",
    fix="flask app-inbox oauth status  # tries it again",
)


@dataclass(frozen=True)
class Access:
    """How the site reaches one account.

    :param client: makes its calls.
    :param script_source: the vendor's script that its pages load; None: they carry it.
    :param connection: the name of an OAuth connection; None: the site has a key.
    :param has_own_script: whether the script's id is the connection's own.
    """

    client: AppInboxClient
    script_source: str | None
    connection: str | None = None
    has_own_script: bool = False

    @property
    def title(self) -> str:
        """What its section of the report is called."""
        return f"Vendor, connection {self.connection}" if self.connection else "Vendor"

    @property
    def credentials(self) -> str:
        """What opens the account, at the beginning of a sentence."""
        return f"The connection {self.connection}" if self.connection else "The key"

    @property
    def quoted_connection(self) -> str:
        """The connection's name on a command line."""
        return quote(self.connection or "")

    def report_lost_connection(self, error: VendorError, section: Section) -> None:
        """Report that its connection does not work."""
        name = self.connection or DEFAULT_CONNECTION
        section.report(
            CONNECTION_REFUSED,
            connection=name,
            reason=explain(error),
            command=connect_command(name),
        )


def accesses_of(state: State, only: str | None) -> list[Access]:
    """Return how the current app reaches each of its accounts.

    :param only: the one connection to return; None: all.
    :raises StorageError: if the connections cannot be read.
    """
    connections = current_connections()
    if connections is None:
        return [Access(state.client_for(None), state.settings.script_source)]
    names = [only] if only else connections.store.names() or [DEFAULT_CONNECTION]
    ids = _script_ids(connections)
    return [
        Access(
            state.client_for(name),
            with_script_id(state.settings, ids.get(name)).script_source,
            name,
            has_own_script=name in ids,
        )
        for name in names
    ]


def _script_ids(connections: OAuthConnections) -> dict[str, str]:
    """Return the script ids that pages use, by connections."""
    if connections.connection_loader() is None:
        return {}
    return connections.store.script_ids()
