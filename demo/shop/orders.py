"""Orders: what was bought, by whom, when."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

from .basket import Goods, Line
from .catalogue import CATALOGUE
from .database import connection

_FIRST_NUMBER = 1000


@dataclass(frozen=True)
class Order:
    """One order; `placed_at` is in seconds since the epoch."""

    id: int
    placed_at: int
    goods: Goods

    @property
    def number(self) -> str:
        """The number that the customer sees."""
        return f"ZV-{_FIRST_NUMBER + self.id}"


def place_order(account_id: int, attempt: str, goods: Goods) -> tuple[Order, bool]:
    """Save an order.

    :param attempt: a random id from the confirmation page; the same id again
        returns the order that it already created.
    :returns: the order, and whether it is new.
    """
    try:
        with connection() as database:
            cursor = database.execute(
                "INSERT INTO purchase (account_id, attempt, placed_at, shipping) "
                "VALUES (?, ?, ?, ?)",
                (account_id, attempt, int(time.time()), goods.shipping),
            )
            database.executemany(
                "INSERT INTO purchase_line (purchase_id, slug, quantity, price) "
                "VALUES (?, ?, ?, ?)",
                [
                    (cursor.lastrowid, line.product.slug, line.quantity, line.price)
                    for line in goods.lines
                ],
            )
    except sqlite3.IntegrityError:
        return _load(account_id, attempt=attempt)[0], False
    return _load(account_id, order_id=cursor.lastrowid)[0], True


def find_attempt(account_id: int, attempt: str) -> Order | None:
    """Return the order that an attempt has created, or None."""
    return next(iter(_load(account_id, attempt=attempt)), None)


def find_order(account_id: int, number: str) -> Order | None:
    """Return this account's order with this number, or None."""
    digits = number.removeprefix("ZV-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return None
    found = _load(account_id, order_id=int(digits) - _FIRST_NUMBER)
    return next(iter(found), None)


def orders_of(account_id: int) -> list[Order]:
    """Return an account's orders, newest first."""
    return _load(account_id)


def _load(
    account_id: int, *, order_id: int | None = None, attempt: str | None = None
) -> list[Order]:
    """Return an account's orders, newest first, optionally filtered."""
    rows = connection().execute(
        "SELECT * FROM purchase WHERE account_id = :account_id "
        "AND (:order_id IS NULL OR id = :order_id) "
        "AND (:attempt IS NULL OR attempt = :attempt) ORDER BY id DESC",
        {"account_id": account_id, "order_id": order_id, "attempt": attempt},
    )
    return [
        Order(row["id"], row["placed_at"], Goods(_lines(row["id"]), row["shipping"]))
        for row in rows.fetchall()
    ]


def _lines(purchase_id: int) -> tuple[Line, ...]:
    rows = connection().execute(
        "SELECT * FROM purchase_line WHERE purchase_id = ? ORDER BY rowid",
        (purchase_id,),
    )
    return tuple(
        Line(CATALOGUE[row["slug"]], row["quantity"], row["price"])
        for row in rows.fetchall()
        if row["slug"] in CATALOGUE
    )
