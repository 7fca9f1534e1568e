"""What one app reads its contacts' messages with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask

from ..bell.extra import INSTALL_BELL, lacks_extra
from ..client.deadline import Deadline
from ..client.messages import MessagesClient, page_bytes
from ..client.transport import Transport
from ..errors import ConfigError
from ..oauth.settings import FLASKS_KEY
from ..web.shared_store import SharedStore
from ..web.steady_store import SteadyStore
from ..web.turns import Turns
from ..web.user_tag import former_keys
from .contact_key import site_key
from .counts import Counts
from .rests import Rests
from .settings import Settings
from .token_chain import PLACES, TokenChains

if TYPE_CHECKING:
    from ..web.encryption import Encryptor

#: Seconds beyond the deadline after which a request that died stands in nobody's way.
_GRACE = 1.0


@dataclass(frozen=True)
class Inboxes:
    """The client, the token chains and the counts of one app.

    :param rests: when the vendor is not asked for counts.
    :param store: where the counts and the rests are.
    :param places: for requests that wait for a count that another one asks for.
    :param timeout: seconds for one request.
    :param has_extra: whether it is known that the extra ``bell`` is installed.
    """

    client: MessagesClient
    chains: TokenChains
    counts: Counts
    rests: Rests
    store: SteadyStore
    places: Turns
    timeout: float
    has_extra: bool

    def deadline(self, page_size: int = 1) -> Deadline:
        """Return the deadline of a request for messages that begins now.

        :param page_size: the most messages that it asks for at once.
        :raises ConfigError: if the extra that reading messages needs is missing.
        """
        if not self.has_extra and lacks_extra():
            raise ConfigError([f"Messages cannot be read until {INSTALL_BELL}"])
        return Deadline(self.timeout, max_body=page_bytes(page_size))

    def forget_counts(self, *, for_good: bool) -> None:
        """Let whoever wants a count ask for it, as far as this process keeps them.

        :param for_good: whether the last ones are not even for a vendor that fails.
        """
        self.store.forget("count", "rest", *["last"] * for_good)


def make_inboxes(
    app: Flask,
    settings: Settings,
    transport: Transport,
    shared: SharedStore,
    *,
    hears_news: bool = False,
) -> Inboxes:
    """Return what an app reads messages with, without opening or calling anything.

    :param shared: the store of ``STORAGE_URL``.
    :param hears_news: whether the vendor's webhook tells of new messages.
    """
    store = SteadyStore(
        shared,
        "Processes do not share tokens and counts, because APP_INBOX_STORAGE_URL does "
        "not work: each has its own",
    )
    hold = settings.timeout + _GRACE
    return Inboxes(
        client=MessagesClient(settings.messages_url, transport),
        chains=TokenChains(store, lambda: _encryptor_of(app, settings), hold=hold),
        counts=Counts(store, shared=shared, hold=hold, hears_news=hears_news),
        rests=Rests(store),
        store=store,
        places=Turns(PLACES),
        timeout=settings.timeout,
        has_extra=settings.draws_own_bell,
    )


def _encryptor_of(app: Flask, settings: Settings) -> Encryptor:
    """Return what encrypts tokens; sites may set their keys after ``init_app``."""
    flasks = (site_key(app, settings), *former_keys(app))
    return _encryptor(settings.encryption_keys or (FLASKS_KEY,), flasks)


@lru_cache(maxsize=16)
def _encryptor(keys: Sequence[str], flasks: Sequence[str | bytes]) -> Encryptor:
    from ..web.encryption import Encryptor, derive_key

    derived = [derive_key(secret, "message tokens") for secret in flasks]
    given: list[str | bytes] = []
    for key in keys:
        given += derived if key == FLASKS_KEY else [key]
    return Encryptor(given)
