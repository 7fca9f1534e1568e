"""Which accounts the site uses: that of its key, or those of its connections."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from urllib.parse import urlsplit

from flask import Flask

from ...client.app_inbox import AppInboxClient
from ...errors import (
    LoaderError,
    ReconnectNeeded,
    StorageError,
    VendorError,
    VendorRejected,
    explain,
)
from ...oauth.connections import OAuthConnections, current_connections
from ...oauth.status import DEFAULT_CONNECTION, connect_command
from ...web.csp import origin_of
from ..script_source import with_script_id
from ..settings import Settings
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
    fix={
        "database": 'APP_INBOX_DATABASE_URL = "…"  # what this machine can reach',
        "key": 'APP_INBOX_ENCRYPTION_KEYS = ["…", "…"]  # the earlier key after the '
        "newest; for one made of SECRET_KEY: SECRET_KEY_FALLBACKS",
    },
)
CONNECTION_NOT_RENEWED = FindingKind(
    "connection_not_renewed",
    "error",
    what="The access token of the connection {connection} cannot be renewed: {reason}",
    why="A token lives for two days at most, and without one there are no tokens for "
    "the pages of this connection.",
    fix={
        "client": 'APP_INBOX_OAUTH_CLIENT_SECRET = "…"  # and '
        "APP_INBOX_OAUTH_CLIENT_ID, as the vendor shows them",
        "server": "flask app-inbox oauth refresh --connection {quoted}  # tries it at "
        "once; the server is that of APP_INBOX_OAUTH_URL, {server}",
    },
)
CONNECTION_LOADER_FAILED = FindingKind(
    "connection_loader_failed",
    "error",
    what="The site could not say which connection this page uses. {reason}",
    why="Such a page has no bell and gets no token.",
    fix="return None  # in your connection_loader, for the default connection",
)
REDIRECT_URI_UNANSWERED = FindingKind(
    "redirect_uri_unanswered",
    "warning",
    what="No page of this extension answers at {path}, the path of "
    "APP_INBOX_OAUTH_REDIRECT_URI.",
    why="The vendor sends owners there after their consent, so they are not connected. "
    "(`flask app-inbox oauth connect` works all the same.)",
    fix='APP_INBOX_OAUTH_REDIRECT_URI = "{likely}"  # register it with the vendor, too',
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

    def is_usable(self, settings: Settings, section: Section) -> bool:
        """Tell whether there are credentials to call with; report it if not."""
        connections = current_connections()
        if connections is None or self.connection is None:
            return True
        keeper = connections.keeper(self.connection)
        try:
            keeper.lend(self.client.api.deadline())
        except ReconnectNeeded as error:
            self.report_lost_connection(error, section)
        except StorageError as error:
            report_unreadable(error, section)
        except VendorError as error:
            row = connections.store.read(self.connection)
            reason = row.problem if row and row.problem else explain(error)
            is_client = isinstance(error, VendorRejected) or "OAUTH_CLIENT_ID" in reason
            section.report(
                CONNECTION_NOT_RENEWED,
                "client" if is_client else "server",
                connection=self.connection,
                quoted=self.quoted_connection,
                reason=reason,
                server=settings.oauth_url,
            )
        else:
            return True
        return False

    def report_lost_connection(self, error: VendorError, section: Section) -> None:
        """Report that its connection does not work."""
        name = self.connection or DEFAULT_CONNECTION
        section.report(
            CONNECTION_REFUSED,
            connection=name,
            reason=explain(error),
            command=connect_command(name),
        )


def report_unreadable(error: StorageError, section: Section) -> None:
    """Report that connections cannot be read, or not decrypted."""
    from ...oauth.store import KeyChanged

    case = "key" if isinstance(error, KeyChanged) else "database"
    section.report(CONNECTIONS_UNREADABLE, case, reason=error)


def check_connection_loader(
    connection: str | LoaderError | None, section: Section
) -> None:
    """Find a page whose connection the site could not name."""
    if isinstance(connection, LoaderError):
        section.report(CONNECTION_LOADER_FAILED, reason=connection)


def check_redirect_uri(app: Flask, settings: Settings, section: Section) -> None:
    """Find a callback address that leads to something else than our page."""
    uri = settings.oauth_redirect_uri
    if not settings.uses_oauth or uri is None:
        return
    page = next(app.url_map.iter_rules("app_inbox_oauth.callback")).rule
    path = urlsplit(uri).path or "/"
    # Whatever stands before our path may be where the site is mounted.
    if not path.endswith(page):
        likely = origin_of(uri) + page
        section.report(REDIRECT_URI_UNANSWERED, path=path, likely=likely)


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
