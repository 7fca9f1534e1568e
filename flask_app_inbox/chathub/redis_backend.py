"""dogpile's Redis backend, setting values in a way that redis-py does not deprecate."""

from __future__ import annotations

from typing import Any

from dogpile.cache import register_backend
from dogpile.cache.backends.redis import RedisBackend

#: What regions are configured with.
NAME = "flask_app_inbox.redis"


class ExpiringRedisBackend(RedisBackend):
    """Set values with ``SET … EX``: redis-py warns about dogpile's ``SETEX``."""

    def set_serialized(self, key: str, value: Any) -> None:
        """Keep a value for ``redis_expiration_time`` seconds."""
        self.writer_client.set(key, value, ex=self.redis_expiration_time)


register_backend(NAME, __name__, ExpiringRedisBackend.__name__)
