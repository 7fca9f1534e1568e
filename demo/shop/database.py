"""The shop's SQLite database: one connection for each request."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from flask import Flask, current_app, g

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS purchase (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    attempt TEXT NOT NULL,
    placed_at INTEGER NOT NULL,
    shipping INTEGER NOT NULL,
    UNIQUE (account_id, attempt)
);
CREATE TABLE IF NOT EXISTS purchase_line (
    purchase_id INTEGER NOT NULL REFERENCES purchase (id),
    slug TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    price INTEGER NOT NULL,
    PRIMARY KEY (purchase_id, slug)
);
"""


def init_app(app: Flask) -> None:
    """Create missing tables; close connections after each request."""
    connection = _connect(app)
    with connection:
        connection.executescript(_SCHEMA)
    connection.close()
    app.teardown_appcontext(_close)


def connection() -> sqlite3.Connection:
    """Return this request's connection."""
    if "database" not in g:
        g.database = _connect(current_app)
    opened: sqlite3.Connection = g.database
    return opened


def _connect(app: Flask) -> sqlite3.Connection:
    opened = sqlite3.connect(Path(app.instance_path, "shop.sqlite"), timeout=10)
    opened.row_factory = sqlite3.Row
    opened.execute("PRAGMA foreign_keys = ON")
    return opened


def _close(_: BaseException | None) -> None:
    opened = g.pop("database", None)
    if opened is not None:
        opened.close()
