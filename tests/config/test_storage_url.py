"""Where processes share what they count: which addresses are taken."""

from __future__ import annotations

from enum import Enum

import pytest

from flask_app_inbox.config import storage_url as module
from flask_app_inbox.config.storage_url import lacks_client, storage_url

SECRET = "hunter2-in-the-wrong-place"


@pytest.mark.parametrize(
    "value",
    [
        "memory://",
        "redis://127.0.0.1:6379/1",
        "redis://localhost/",
        "redis://[::1]:6379",
        "redis://my_redis:6379/15",
        "redis://user:p@ss%2Fword@cache.example/0",
        "rediss://:secret@cache.example",
        "rediss://cache.example/0?ssl_cert_reqs=none",
        "rediss://cache.example?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=false",
    ],
)
def test_a_storage_is_taken(value: str) -> None:
    assert storage_url(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "memory",
        "memory://\n",
        "redis:/x",
        "redis://x:port",
        "redis://[",
        f"redis://:{SECRET}@x:99999999",
        "redis://x?db=zero",
        "memcached://x",
        "redis://",
        "redis://:6379",
        "redis://h:",
        "redis://h:0",
        "redis://h:65536",
        "redis://h h",
        "redis://h\n",
        "redis://\ud800",
        "redis://h\0",
        "redis://999.1.1.1",
        "redis://[1.2.3.4]",
        "redis://[::1%25eth0]",
        "redis://h/abc",
        "redis://h/0/1",
        "redis://h/-1",
        "redis://h/0#a",
        "redis://h/0?",
        "redis://h:6379/0?x=y",
        "redis://h/0?socket_timeout=5",
        "redis://h/0?retry=1",
        "redis://h?protocol=9",
        "redis://h?ssl_cert_reqs=none",
        "rediss://h?socket_timeout=5",
        "rediss://h?ssl_cert_reqs=maybe",
        "rediss://h?ssl_cert_reqs=none&ssl_cert_reqs=required",
        "rediss://h?ssl_ca_certs=",
        "rediss://h?ssl_ca_certs=%00",
        "rediss://h?ssl_ca_certs",
        "REDIS://h",
        "unix:///run/redis.sock",
        b"redis://h",
        ["redis://h"],
        10**400,
        5,
        None,
    ],
)
def test_a_storage_that_nothing_can_connect_to_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^memory:// or redis://host") as caught:
        storage_url(value)
    assert SECRET not in str(caught.value)


def test_only_redis_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert lacks_client(storage_url("redis://127.0.0.1"))
    assert not lacks_client(storage_url("memory://"))


def test_what_is_taken_is_a_string_and_no_subclass_of_it() -> None:
    class Named(str, Enum):
        STORAGE = "redis://127.0.0.1"

    result = storage_url(Named.STORAGE)
    assert (type(result), result) == (str, "redis://127.0.0.1")
