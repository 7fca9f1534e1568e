"""Storage: private, encrypted, and never the reason why a connection is lost."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import inspect

from flask_app_inbox import StorageError
from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.database import Database
from flask_app_inbox.oauth.database_errors import LockBusy
from flask_app_inbox.oauth.store import TokenStore
from flask_app_inbox.web.encryption import Encryptor, derive_key
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor

TOKENS = Tokens("access-1", "refresh-1", "code-1", 100.0)
NEXT = Tokens("access-2", "refresh-2", "code-1", 100.0)
KEY = Fernet.generate_key()


@pytest.fixture
def store(database_url: str) -> Any:
    database = Database(database_url)
    yield TokenStore(database, Encryptor([KEY]), sleep=lambda seconds: None)
    database.close()


def test_what_was_stored_comes_back(store: TokenStore) -> None:
    assert store.read("default") is None
    store.connect("default", TOKENS, {"name": "Ann"})
    row = store.read("default")
    assert row is not None
    assert (row.state, row.tokens, row.account) == (
        "connected",
        TOKENS,
        {"name": "Ann"},
    )
    assert store.names() == ["default"]
    assert store.disconnect("default")
    assert not store.disconnect("default")


def test_connecting_again_replaces_the_tokens(store: TokenStore) -> None:
    store.connect("default", TOKENS, {})
    first = store.read("default")
    store.connect("default", NEXT, {})
    second = store.read("default")
    assert first is not None
    assert second is not None
    assert second.tokens == NEXT
    assert second.generation == first.generation + 1


def test_the_file_is_private_and_logs_ahead(tmp_path: Path) -> None:
    path = tmp_path / "new" / "connections.sqlite3"
    before = os.umask(0)
    try:
        store = TokenStore(Database(f"sqlite:///{path}"), Encryptor([KEY]))
        store.connect("default", TOKENS, {})
        with store._database.read() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            assert mode == "wal"
            files = list(path.parent.iterdir())
            assert len(files) == 3
            assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    finally:
        os.umask(before)


def test_the_file_stands_in_the_instance_folder(make_site: MakeSite) -> None:
    site = make_site(connected=True)
    path = Path(site.instance_path, "app_inbox.sqlite3")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other = make_site(DATABASE_URL="sqlite:///other/place.sqlite3")
    other.oauth.store.make_tables()
    assert Path(site.instance_path, "other", "place.sqlite3").exists()


def test_a_file_that_is_made_anew_is_private_too(tmp_path: Path) -> None:
    path = tmp_path / "connections.sqlite3"
    store = TokenStore(Database(f"sqlite:///{path}"), Encryptor([KEY]))
    store.connect("default", TOKENS, {})
    for each in tmp_path.iterdir():
        each.unlink()
    with pytest.raises(StorageError, match="init-db"):
        store.read("default")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["50%25 off", "what?mode=ro", "a#b@c"])
def test_the_instance_folder_may_have_any_name(
    vendor: Vendor, make_site: MakeSite, tmp_path: Path, folder: str
) -> None:
    config = make_site().config
    site = Site(config, str(tmp_path / folder))
    connect(vendor, site)
    assert {each.name for each in (tmp_path / folder).iterdir()} >= {
        "app_inbox.sqlite3"
    }
    assert {each.name for each in tmp_path.iterdir()} == {folder}


def test_no_secret_is_on_the_disk_in_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "connections.sqlite3"
    store = TokenStore(Database(f"sqlite:///{path}"), Encryptor([KEY]))
    store.connect("default", TOKENS, {"email": "ann@example.com"})
    with store.lock("default", 1) as locked:
        assert locked is not None
        locked.renew(NEXT)
    data = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    for secret in ("access-1", "refresh-1", "code-1", "access-2", "ann@example.com"):
        assert secret.encode() not in data


def test_keys_are_rotated_by_putting_a_new_one_in_front(store: TokenStore) -> None:
    new = Fernet.generate_key()
    store.connect("default", TOKENS, {})
    store._encryptor = Encryptor([new, KEY])
    assert store.read("default") is not None
    with store.lock("default", 1) as locked:
        assert locked is not None
        locked.renew(NEXT)
    store._encryptor = Encryptor([new])
    row = store.read("default")
    assert row is not None
    assert row.tokens == NEXT


def test_a_wrong_key_is_a_clear_error_and_destroys_nothing(store: TokenStore) -> None:
    store.connect("default", TOKENS, {})
    right, store._encryptor = store._encryptor, Encryptor([Fernet.generate_key()])
    with pytest.raises(StorageError, match="Nothing was deleted"):
        store.read("default")
    with pytest.raises(StorageError, match="Nothing was deleted"):
        store.connect("default", NEXT, {})
    with pytest.raises(StorageError), store.lock("default", 1):
        pass
    store._encryptor = right
    row = store.read("default")
    assert row is not None
    assert row.tokens == TOKENS


def test_a_new_secret_key_still_opens_with_the_old_one_as_fallback(
    vendor: Vendor, make_site: MakeSite
) -> None:
    old = make_site(connected=True)
    config = {
        **old.config,
        "SECRET_KEY": "new",
        "SECRET_KEY_FALLBACKS": [old.config["SECRET_KEY"]],
    }
    assert Site(config, old.instance_path).token() == (200, "")
    assert derive_key("a", "x") != derive_key("b", "x") != derive_key("b", "y")
    site = Site({**old.config, "SECRET_KEY": "new"}, old.instance_path)
    assert site.token() == (503, "storage_failed")


def test_connections_move_from_flasks_key_to_one_of_their_own(
    make_site: MakeSite,
) -> None:
    old = make_site(connected=True)
    new_key = Fernet.generate_key().decode()

    def with_keys(keys: str) -> Site:
        config = {**old.config, "APP_INBOX_ENCRYPTION_KEYS": keys}
        return Site(config, old.instance_path)

    assert with_keys(new_key).token() == (503, "storage_failed")
    moving = with_keys(f"{new_key},SECRET_KEY")
    assert moving.token() == (200, "")
    moving.oauth.keeper("default").refresh()
    assert with_keys(new_key).token() == (200, "")


def test_readers_do_not_wait_for_a_refresh(store: TokenStore) -> None:
    store.connect("default", TOKENS, {})
    with store.lock("default", 1) as locked:
        assert locked is not None
        locked.renew(NEXT)
        row = store.read("default")
        assert row is not None
        assert row.tokens == TOKENS


def test_one_holds_the_lock_and_others_are_told(store: TokenStore) -> None:
    store.connect("default", TOKENS, {})
    failures: list[StorageError] = []

    def try_it() -> None:
        try:
            with store.lock("default", 0.05):
                pass
        except StorageError as error:
            failures.append(error)

    with store.lock("default", 1):
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join(20)
    assert [type(error) for error in failures] == [LockBusy]
    assert failures[0].retryable


def test_a_change_that_fails_is_not_half_stored(store: TokenStore) -> None:
    store.connect("default", TOKENS, {})

    def fail() -> None:
        with store.lock("default", 1) as locked:
            assert locked is not None
            locked.renew(NEXT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    row = store.read("default")
    assert row is not None
    assert row.tokens == TOKENS


def test_tokens_are_offered_again_to_a_database_that_failed(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.connect("default", TOKENS, {})
    row = store.read("default")
    assert row is not None
    write, failures = store._database.write, [1, 2, 3]

    def failing(*args: float) -> Any:
        if failures:
            failures.pop()
            raise StorageError("away")
        return write(*args)

    monkeypatch.setattr(store._database, "write", failing)
    store.rescue(row, NEXT)
    new = store.read("default")
    assert new is not None
    assert new.tokens == NEXT
    store.rescue(row, TOKENS)
    kept = store.read("default")
    assert kept is not None
    assert kept.tokens == NEXT, "older tokens never replace newer ones"


def test_a_database_that_stays_away_is_told_in_the_end(tmp_path: Path) -> None:
    path = tmp_path / "connections.sqlite3"
    now = [1000.0]
    store = TokenStore(
        Database(f"sqlite:///{path}"),
        Encryptor([KEY]),
        clock=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
    )
    store.connect("default", TOKENS, {})
    row = store.read("default")
    assert row is not None
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE app_inbox_connections")
    connection.close()
    with pytest.raises(StorageError, match="init-db") as caught:
        store.rescue(row, NEXT)
    assert not caught.value.retryable


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    make_site: MakeSite,
) -> None:
    site = make_site(DATABASE_URL="postgresql://shop:pass-word@127.0.0.1:1/shop")
    assert site.token() == (503, "storage_failed")
    with pytest.raises(StorageError) as caught:
        site.oauth.store.read("default")
    assert caught.value.retryable
    assert "nobody listens at its address" in str(caught.value)
    assert "init-db" not in str(caught.value), "that would be no help"
    assert "pass-word" not in repr(caught.value) + str(caught.value)
    assert "pass-word" not in repr(site.oauth)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = TokenStore(
        Database(f"sqlite:///{tmp_path / 'file' / 'x.sqlite3'}"), Encryptor([KEY])
    )
    with pytest.raises(StorageError, match="APP_INBOX_DATABASE_URL"):
        store.make_tables()


def test_something_else_than_a_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "connections.sqlite3"
    path.write_text("This is a letter, and a long one, not a database.\n" * 100)
    store = TokenStore(Database(f"sqlite:///{path}"), Encryptor([KEY]))
    with pytest.raises(StorageError):
        store.read("default")
    assert path.read_text().startswith("This is a letter")


def test_stores_that_begin_at_once_make_the_table_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(6)]
    stores = [TokenStore(database, Encryptor([KEY])) for database in databases]
    failures: list[Exception] = []

    def begin(store: TokenStore) -> None:
        try:
            store.read("default")
        except StorageError as error:
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    tables = inspect(databases[0].engine).get_table_names()
    assert tables == ["app_inbox_connections"]
    for database in databases:
        database.close()
