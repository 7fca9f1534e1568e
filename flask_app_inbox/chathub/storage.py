"""Where operator tokens are kept between requests: this process, or Redis.

In Redis a token is JSON, encrypted with Fernet under a key made of ``SECRET_KEY``.
Nothing from Redis is unpickled, and what cannot be decrypted counts as missing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Protocol

from ..client.chathub_answers import OperatorToken
from ..errors import VendorTimeout

if TYPE_CHECKING:
    from dogpile.cache.region import CacheRegion

    from ..client.deadline import Deadline

#: Seconds that connecting to Redis, and each of its answers, may take.
REDIS_PATIENCE = 0.25
#: Seconds between two looks at a lock that another process holds.
_GLANCE = 0.05


class Mutex(Protocol):
    """What dogpile wants of a lock."""

    def acquire(self, wait: bool = True) -> bool: ...

    def release(self) -> None: ...


class StorageDown(Exception):
    """Redis does not answer; the cause says why."""


class MemoryStorage:
    """Tokens and locks of this process."""

    def __init__(self) -> None:
        from dogpile.cache import make_region

        self._region = make_region().configure("dogpile.cache.memory")
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def read(self, key: str) -> OperatorToken | None:
        """Return what is kept under a key."""
        return _token_or_none(self._region.get(key))

    def write(self, key: str, token: OperatorToken) -> None:
        """Keep a token."""
        self._region.set(key, token)

    def forget(self, key: str) -> None:
        """Drop what is kept under a key."""
        self._region.delete(key)

    def mutex(self, key: str, deadline: Deadline) -> Mutex:
        """Return a key's lock; acquiring it waits until a deadline."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        return _PatientMutex(lambda: lock.acquire(blocking=False), lock, deadline)


class RedisStorage:
    """Tokens and locks that processes and machines share.

    :param keep: seconds after which Redis drops a token.
    :param hold: seconds after which a lock opens by itself, because its holder died.
    :param secret: what the encryption key is made of.
    """

    def __init__(self, url: str, *, keep: float, hold: float, secret: bytes) -> None:
        self._region = _redis_region(url, keep=keep, hold=hold, secret=secret)

    def read(self, key: str) -> OperatorToken | None:
        """Return what is kept under a key.

        :raises StorageDown: if Redis does not answer.
        """
        try:
            return _token_or_none(_ask(lambda: self._region.get(key)))
        except ValueError:
            return None  # dogpile did not write it

    def write(self, key: str, token: OperatorToken) -> None:
        """Keep a token; without Redis it is not kept."""
        with suppress(StorageDown):
            _ask(lambda: self._region.set(key, token))

    def forget(self, key: str) -> None:
        """Drop what is kept under a key.

        :raises StorageDown: if Redis does not answer.
        """
        _ask(lambda: self._region.delete(key))

    def mutex(self, key: str, deadline: Deadline) -> Mutex:
        """Return a key's lock; acquiring it waits until a deadline."""
        lock: Any = self._region.backend.get_mutex(key)
        return _PatientMutex(
            lambda: bool(_ask(lambda: lock.acquire(False))), lock, deadline
        )


class _PatientMutex:
    """A lock whose acquire() waits until a deadline and no longer."""

    def __init__(
        self, try_once: Callable[[], bool], lock: Any, deadline: Deadline
    ) -> None:
        self._try_once = try_once
        self._lock = lock
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
        with suppress(StorageDown):
            _ask(self._lock.release)


def _ask(call: Callable[[], Any]) -> Any:
    """Ask Redis, and turn its errors into one.

    :raises StorageDown: with the cause.
    """
    try:
        return call()
    except Exception as error:
        if _is_of_redis(error):
            raise StorageDown(type(error).__name__) from error
        raise


def _is_of_redis(error: Exception) -> bool:
    return any(
        kind.__module__.partition(".")[0] == "redis" for kind in type(error).mro()
    )


def _token_or_none(value: object) -> OperatorToken | None:
    return value if isinstance(value, OperatorToken) else None


def _redis_region(url: str, *, keep: float, hold: float, secret: bytes) -> CacheRegion:
    from dogpile.cache import make_region
    from dogpile.cache.api import CantDeserializeException
    from redis.backoff import NoBackoff
    from redis.retry import Retry

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
            "url": url,
            "socket_timeout": REDIS_PATIENCE,
            "socket_connect_timeout": REDIS_PATIENCE,
            # By default redis-py retries for seconds.
            "connection_kwargs": {"retry": Retry(NoBackoff(), 0)},
            "redis_expiration_time": max(1, int(keep)),
            "distributed_lock": True,
            "thread_local_lock": False,
            "lock_timeout": hold,
        },
    )
