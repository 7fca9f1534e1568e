"""Operator tokens: one for each operator, however many pages ask.

A token is handed out until a quarter of its life is left. The next request gets a new
one issued, while others go on with the old; while the vendor is down, all do. Page
scripts ask again after four fifths of what is left of their token's life.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..client.chathub import ChatHubClient
from ..client.chathub_answers import OperatorToken
from ..client.deadline import Deadline
from ..errors import VendorError, VendorInvalid, VendorRateLimited
from ..per_process import PerProcess
from ..web.redis_access import RedisDown
from ..web.user_tag import keyed_tag
from .storage import MemoryStorage, RedisStorage

if TYPE_CHECKING:
    from .settings import ChatHubSettings

logger = logging.getLogger(__name__)

#: The part of its life that a token must have left to be handed out.
RESERVE = 0.25

# We tell dogpile when a token was made, because we decide whether it is fresh.
_NEVER = float("inf")
_LONG_AGO = 1.0


@dataclass(frozen=True)
class _Storages:
    """Where one process keeps tokens; Redis only if the app uses it."""

    memory: MemoryStorage
    redis: RedisStorage | None


class OperatorTokens:
    """The tokens of one app's operators.

    Without Redis, each process keeps its own. Failures are not kept.

    :param secret: the app's ``SECRET_KEY``.
    :param clock: returns seconds since the epoch.
    """

    def __init__(
        self,
        settings: ChatHubSettings,
        client: ChatHubClient,
        secret: str | bytes | None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._clock = clock
        self._lifetime = settings.token_lifetime
        self._timeout = settings.timeout
        self._secret = secret.encode() if isinstance(secret, str) else secret or b""
        self._company = (settings.api_url, settings.key or settings.login or "")
        self._storages = PerProcess(lambda: _open_storages(settings, self._secret))
        self._storages.get()  # a URL that cannot work is told now

    def issue(self, operator: int, deadline: Deadline | None = None) -> OperatorToken:
        """Return an operator's token, issued now or kept.

        :raises VendorError: with the cause, if the vendor gives none.
        """
        deadline = deadline or Deadline(self._timeout)
        storages = self._storages.get()
        if storages.redis is not None:
            with suppress(RedisDown):
                return self._issue(storages.redis, operator, deadline)
        return self._issue(storages.memory, operator, deadline)

    def replace(self, operator: int, deadline: Deadline | None = None) -> OperatorToken:
        """Return a token after a page found that its own does not work.

        The kept token is dropped only if the vendor also says that it is invalid: a
        page cannot make us issue tokens just by asking. While the vendor is down it
        says nothing, and the kept token stays.

        :raises VendorError: with the cause, if the vendor gives none.
        """
        deadline = deadline or Deadline(self._timeout)
        token = self.issue(operator, deadline)
        try:
            is_good = bool(self._client.validate(token.token, deadline))
        except VendorError as error:
            if _refuses(error):
                raise
            is_good = True
        if is_good:
            return token
        self._forget(token, deadline)
        return self.issue(operator, deadline)

    def _issue(
        self,
        storage: MemoryStorage | RedisStorage,
        operator: int,
        deadline: Deadline,
    ) -> OperatorToken:
        from dogpile import Lock, NeedRegenerationException

        key = self._key(operator)

        def read() -> tuple[OperatorToken, float]:
            token = self._find(storage, operator, deadline)
            if token is None:
                raise NeedRegenerationException
            return token, _NEVER if self._is_fresh(token) else _LONG_AGO

        def issue() -> tuple[OperatorToken, float]:
            token = self._client.issue_token(operator, self._lifetime, deadline)
            # The guide "Widget integration" has a token validated before its first
            # use; what is kept has been.
            validation = self._client.validate(token.token, deadline)
            if not validation:
                raise VendorInvalid(
                    "the vendor does not accept the operator token that it has issued"
                )
            if validation.operator not in (None, operator):
                raise VendorInvalid("the vendor issued the token of another operator")
            storage.write(key, token)
            return token, _NEVER

        mutex = storage.mutex(key, deadline)
        try:
            token: OperatorToken
            with Lock(mutex, issue, read, expiretime=0) as token:
                return token
        except VendorError as error:
            kept = self._find(storage, operator, None)
            if kept is None or _refuses(error):
                raise
            logger.warning(
                "The vendor issued no new operator token (%s). The one before serves "
                "until it expires.",
                error,
            )
            return kept

    def _find(
        self,
        storage: MemoryStorage | RedisStorage,
        operator: int,
        deadline: Deadline | None,
    ) -> OperatorToken | None:
        """Return the operator's token if it is kept and has not expired."""
        token = storage.read(self._key(operator), deadline)
        # Somebody may have stored it in Redis under another key.
        if token is None or token.operator != operator:
            return None
        return token if token.expires_at > self._clock() else None

    def _is_fresh(self, token: OperatorToken) -> bool:
        left = token.expires_at - self._clock()
        return left > RESERVE * (token.expires_at - token.issued_at)

    def _forget(self, token: OperatorToken, deadline: Deadline) -> None:
        """Drop a token, unless another has replaced it already."""
        key = self._key(token.operator)
        storages = self._storages.get()
        if storages.memory.read(key, deadline) == token:
            storages.memory.forget(key, deadline)
        if storages.redis is not None:
            with suppress(RedisDown):
                if storages.redis.read(key, deadline) == token:
                    storages.redis.forget(key, deadline)

    def _key(self, operator: int) -> str:
        """Return the key of an operator of this company in this app."""
        tag = keyed_tag(self._secret, "flask-app-inbox chathub", *self._company)
        return f"flask-app-inbox:chathub:{tag}:{operator}"


def _open_storages(settings: ChatHubSettings, secret: bytes) -> _Storages:
    redis = None
    if settings.is_shared:
        redis = RedisStorage(
            settings.storage_url,
            keep=settings.token_lifetime,
            hold=settings.timeout + 1,
            secret=secret,
            patience=settings.storage_timeout,
        )
    return _Storages(MemoryStorage(), redis)


def _refuses(error: VendorError) -> bool:
    """Return whether the vendor said no, and did not just fail to answer."""
    if isinstance(error, VendorRateLimited) or error.status is None:
        return False
    return 400 <= error.status < 500
