"""Where operator tokens are kept between requests: this process, or Redis.

In Redis a token is JSON, encrypted with Fernet under a key made of ``SECRET_KEY``.
Nothing from Redis is unpickled, and what cannot be decrypted counts as missing.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..client.chathub_answers import OperatorToken
from ..errors import VendorTimeout
from ..web.redis_access import RedisAccess, RedisDown

if TYPE_CHECKING:
    from dogpile.cache.region import CacheRegion
    from redis import ConnectionPool

    from ..client.deadline import Deadline

Result = TypeVar("Result")

#: Seconds between two looks at a lock that another process holds.
_GLANCE = 0.05


class Mutex(Protocol):
    """What dogpile wants of a lock."""

    def acquire(self, wait: bool = True) -> bool: ...

    def release(self) -> None: ...


class MemoryStorage:
    """Tokens and locks of this process."""

    def __init__(self) -> None:
        from dogpile.cache import make_region

        self._region = make_region().configure("dogpile.cache.memory")
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def read(self, key: str, _: Deadline | None) -> OperatorToken | None:
        """Return what is kept under a key."""
        return _token_or_none(self._region.get(key))

    def write(self, key: str, token: OperatorToken) -> None:
        """Keep a token."""
        self._region.set(key, token)

    def forget(self, key: str, _: Deadline) -> None:
        """Drop what is kept under a key."""
        self._region.delete(key)

    def mutex(self, key: str, deadline: Deadline) -> Mutex:
        """Return a key's lock; acquiring it waits until a deadline."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        return _PatientMutex(
            lambda: lock.acquire(blocking=False), lock.release, deadline
        )


class RedisStorage:
    """Tokens and locks that processes and machines share.

    :param keep: seconds after which Redis drops a token.
    :param hold: seconds after which a lock opens by itself, because its holder died.
    :param secret: what the encryption key is made of.
    :param patience: seconds that Redis may take to answer.
    """

    def __init__(
        self,
        url: str,
        *,
        keep: float,
        hold: float,
        secret: bytes,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = RedisAccess(
            url,
            warning="Operator tokens are not shared, because CHATHUB_STORAGE_URL does "
            "not work: each process gets its own",
            patience=patience,
            clock=clock,
        )
        self._region = _redis_region(
            self._redis.pool, keep=keep, hold=hold, secret=secret
        )

    def read(self, key: str, deadline: Deadline | None) -> OperatorToken | None:
        """Return what is kept under a key.

        :param deadline: None: the request's time may be over, and this is still asked.
        :raises RedisDown: if Redis does not answer.
        """
        try:
            return _token_or_none(self._ask(lambda: self._region.get(key), deadline))
        except ValueError:
            return None  # dogpile did not write it

    def write(self, key: str, token: OperatorToken) -> None:
        """Keep a token, though the request's time may be over.

        Without Redis it is not kept.
        """
        with suppress(RedisDown):
            self._ask(lambda: self._region.set(key, token))

    def forget(self, key: str, deadline: Deadline) -> None:
        """Drop what is kept under a key.

        :raises RedisDown: if Redis does not answer.
        """
        self._ask(lambda: self._region.delete(key), deadline)

    def mutex(self, key: str, deadline: Deadline) -> Mutex:
        """Return a key's lock; acquiring it waits until a deadline."""
        lock: Any = self._region.backend.get_mutex(key)
        return _PatientMutex(
            lambda: bool(self._ask(lambda: lock.acquire(False), deadline)),
            lambda: self._ask(lock.release),
            deadline,
        )

    def _ask(
        self, call: Callable[[], Result], deadline: Deadline | None = None
    ) -> Result:
        """Ask Redis within the request's time.

        :raises RedisDown: if it does not answer.
        :raises VendorTimeout: if the request's time is over.
        """
        try:
            return self._redis.ask(call, deadline.remaining() if deadline else math.inf)
        except RedisDown:
            if deadline is not None and not deadline.remaining():
                raise VendorTimeout("no time was left to ask Redis") from None
            raise


class _PatientMutex:
    """A lock whose acquire() waits until a deadline and no longer."""

    def __init__(
        self,
        try_once: Callable[[], bool],
        release: Callable[[], object],
        deadline: Deadline,
    ) -> None:
        self._try_once = try_once
        self._release = release
        self._deadline = deadline

    def acquire(self, wait: bool = True) -> bool:
        while not self._try_once():
            if not wait:
                return False
            left = self._deadline.remaining()
            if not left:
                raise VendorTimeout("another request still waits for this token")
            time.sleep(min(_GLANCE, left))
        return True

    def release(self) -> None:
        # A lock in Redis may have opened by itself, or Redis may be down.
        with suppress(RedisDown):
            self._release()


def _token_or_none(value: object) -> OperatorToken | None:
    return value if isinstance(value, OperatorToken) else None


def _redis_region(
    pool: ConnectionPool, *, keep: float, hold: float, secret: bytes
) -> CacheRegion:
    from dogpile.cache import make_region
    from dogpile.cache.api import CantDeserializeException

    from ..web.encryption import Encryptor, WrongKey, derive_key
    from . import redis_backend

    encryptor = Encryptor([derive_key(secret, "operator tokens")])

    def encrypt(token: OperatorToken) -> bytes:
        return encryptor.encrypt(astuple(token)).encode()

    def decrypt(stored: bytes) -> OperatorToken:
        try:
            return OperatorToken(*encryptor.decrypt(stored))
        except (WrongKey, ValueError, TypeError) as error:
            raise CantDeserializeException from error

    return make_region(serializer=encrypt, deserializer=decrypt).configure(
        redis_backend.NAME,
        arguments={
            "connection_pool": pool,
            "redis_expiration_time": max(1, int(keep)),
            "distributed_lock": True,
            "thread_local_lock": False,
            "lock_timeout": hold,
        },
    )
