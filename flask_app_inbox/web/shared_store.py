"""A few small things that processes share for a while: this process, or Redis.

Nothing here may be lost with harm: this process forgets it at its end, and Redis when
it likes. Keys and values are opaque. A caller makes keys with a key of the site, so
that they tell nothing about a person and differ between sites, and encrypts what is
secret.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import ConfigError, StorageError
from ..per_process import PerProcess
from .redis_pool import NAMESPACE

if TYPE_CHECKING:
    from .redis_access import RedisAccess

#: How many things a process keeps. Beyond that it forgets the oldest.
CAPACITY = 100_000


class SharedStore(Protocol):
    """Bytes by key, each for some seconds.

    Each call takes ``within``, the seconds that are left of the request, and raises
    :class:`StorageError` if there is no answer by then.
    """

    def get(self, key: str, *, within: float = math.inf) -> bytes | None:
        """Return what is kept under a key, None if nothing is."""

    def put(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        """Keep a value for some seconds, whatever was there."""

    def add(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> bool:
        """Keep a value if nothing is kept under the key; return whether it was."""

    def take(self, key: str, *, within: float = math.inf) -> bytes | None:
        """Remove what is kept under a key and return it; only one caller gets it."""

    def drop(self, key: str, *, within: float = math.inf) -> None:
        """Remove what is kept under a key."""


def open_store(
    url: str,
    *,
    patience: float,
    clock: Callable[[], float] = time.monotonic,
) -> SharedStore:
    """Return the store of a checked ``STORAGE_URL``, without connecting yet.

    :param patience: seconds that Redis may take for one answer.
    :param clock: returns seconds that never run backwards.
    :raises ConfigError: if redis-py cannot use the URL.
    """
    if url == "memory://":
        return MemoryStore(clock=clock)
    from .redis_access import RedisAccess  # most sites have no Redis

    try:
        redis = RedisAccess(url, warning=None, patience=patience, clock=clock)
    except Exception as error:
        # The text of the error could hold parts of the address.
        raise ConfigError(
            [f"redis-py cannot use the STORAGE_URL ({type(error).__name__})."]
        ) from None
    return RedisStore(redis)


class _Kept:
    """What one process keeps."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        #: The time of its end, and the value, by key. Those that live equally long end
        #: in the order in which they came, so each such kind has a dict of its own. (A
        #: plain one would pass all that was removed on its way to the first.)
        self.by_life: dict[float, OrderedDict[str, tuple[float, bytes]]] = {}
        #: How long each lives.
        self.lives: dict[str, float] = {}

    def find(self, key: str) -> tuple[float, bytes] | None:
        life = self.lives.get(key)
        return None if life is None else self.by_life[life][key]

    def keep(self, key: str, end: float, value: bytes, life: float) -> None:
        self.remove(key)
        self.lives[key] = life
        self.by_life.setdefault(life, OrderedDict())[key] = (end, value)

    def remove(self, key: str) -> tuple[float, bytes] | None:
        life = self.lives.pop(key, None)
        if life is None:
            return None
        kind = self.by_life[life]
        found = kind.pop(key)
        if not kind:
            del self.by_life[life]
        return found

    def first_to_end(self) -> tuple[float, str] | None:
        """Return the end and the key of what ends first."""
        firsts = (next(iter(kind.items())) for kind in self.by_life.values())
        return min(((end, key) for key, (end, _) in firsts), default=None)


class MemoryStore:
    """A store of this process.

    :param capacity: how many things it keeps. Beyond that it forgets what ends first.
    """

    def __init__(
        self,
        *,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._capacity = capacity
        self._clock = clock
        self._kept = PerProcess(_Kept)

    def get(self, key: str, *, within: float = math.inf) -> bytes | None:  # noqa: ARG002 - it never waits
        kept = self._kept.get()
        with kept.lock:
            return self._alive(kept.find(key))

    def put(
        self,
        key: str,
        value: bytes,
        seconds: float,
        *,
        within: float = math.inf,  # noqa: ARG002
    ) -> None:
        kept = self._kept.get()
        with kept.lock:
            self._keep(kept, key, value, seconds)

    def add(
        self,
        key: str,
        value: bytes,
        seconds: float,
        *,
        within: float = math.inf,  # noqa: ARG002
    ) -> bool:
        kept = self._kept.get()
        with kept.lock:
            if self._alive(kept.find(key)) is not None:
                return False
            self._keep(kept, key, value, seconds)
            return True

    def take(self, key: str, *, within: float = math.inf) -> bytes | None:  # noqa: ARG002
        kept = self._kept.get()
        with kept.lock:
            return self._alive(kept.remove(key))

    def drop(self, key: str, *, within: float = math.inf) -> None:
        self.take(key, within=within)

    def forget(self, *kinds: str) -> None:
        """Remove all whose keys begin with one of some words and a colon."""
        kept = self._kept.get()
        with kept.lock:
            for key in [*kept.lives]:
                if key.partition(":")[0] in kinds:
                    kept.remove(key)

    def _alive(self, found: tuple[float, bytes] | None) -> bytes | None:
        return found[1] if found and self._clock() < found[0] else None

    def _keep(self, kept: _Kept, key: str, value: bytes, seconds: float) -> None:
        kept.remove(key)
        now = self._clock()
        while first := kept.first_to_end():
            end, oldest = first
            if now < end and len(kept.lives) < self._capacity:
                break
            kept.remove(oldest)
        kept.keep(key, now + seconds, value, seconds)


class RedisStore:
    """A store that processes and machines share."""

    def __init__(self, redis: RedisAccess) -> None:
        from redis import Redis

        self._redis = redis
        self._client = Redis(connection_pool=redis.pool)

    def get(self, key: str, *, within: float = math.inf) -> bytes | None:
        found: bytes | None = self._ask(lambda redis: redis.get(_name(key)), within)
        return found

    def put(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> None:
        keep = _milliseconds(seconds)
        self._ask(lambda redis: redis.set(_name(key), value, px=keep), within)

    def add(
        self, key: str, value: bytes, seconds: float, *, within: float = math.inf
    ) -> bool:
        keep = _milliseconds(seconds)
        return bool(
            self._ask(
                lambda redis: redis.set(_name(key), value, px=keep, nx=True), within
            )
        )

    def take(self, key: str, *, within: float = math.inf) -> bytes | None:
        def take(redis: Any) -> bytes | None:
            # In one step. GETDEL would do the same, but came with Redis 6.2.
            with redis.pipeline(transaction=True) as steps:
                found: bytes | None
                found, _ = steps.get(_name(key)).delete(_name(key)).execute()
            return found

        taken: bytes | None = self._ask(take, within)
        return taken

    def drop(self, key: str, *, within: float = math.inf) -> None:
        self._ask(lambda redis: redis.delete(_name(key)), within)

    def _ask(self, call: Callable[[Any], Any], within: float) -> Any:
        from .redis_access import RedisDown

        try:
            return self._redis.ask(lambda: call(self._client), within)
        except RedisDown as error:
            raise StorageError(
                f"Redis at STORAGE_URL cannot be used: {error}", retryable=True
            ) from error


def _name(key: str) -> str:
    return f"{NAMESPACE}:{key}"


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))
