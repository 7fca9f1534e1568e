"""Who can log in: the demo's accounts, their passwords, the login manager."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import cache

from flask import Flask, session
from flask_login import LoginManager, user_logged_out
from werkzeug.security import check_password_hash, generate_password_hash

from flask_app_inbox import Contact

from .database import connection

#: The login page shows it: a demo has no secrets.
DEMO_PASSWORD = "demo"  # noqa: S105

CUSTOMER = "customer"
STAFF = "staff"
OWNER = "owner"

#: Session keys that belong to a person; the logout removes them.
_PERSONAL = ("flow", "basket", "told")


@dataclass(frozen=True)
class DemoAccount:
    """An account that the shop starts with.

    :param messages: keys of the messages that they begin with; None: the shop does not
        tell the vendor about them.
    """

    email: str
    name: str
    language: str
    role: str = CUSTOMER
    address: str = ""
    messages: tuple[str, ...] | None = None


DEMO_ACCOUNTS = (
    DemoAccount(
        "olena@example.com",
        "Olena",
        "en",
        address="14 Kiln Lane, Lviv",
        messages=("welcome", "frost", "teapot", "tasting"),
    ),
    DemoAccount(
        "bohdan@example.com",
        "Богдан",
        "uk",
        address="вул. Липова, 3, Косів",
        messages=("welcome",),
    ),
    DemoAccount(
        "jonas@example.com",
        "Jonas",
        "de",
        address="Lindenhof 8, Weimar",
        messages=("welcome", "teapot"),
    ),
    DemoAccount("mia@example.com", "Mia", "en", address="2 Mill Road, Bath"),
    DemoAccount("staff@example.com", "Taras", "en", role=STAFF, address="Zavarka"),
    DemoAccount("owner@example.com", "Iryna", "en", role=OWNER, address="Zavarka"),
)


@dataclass(frozen=True)
class Account:
    """Somebody who can log in; has what Flask-Login needs."""

    id: int
    email: str
    name: str
    role: str
    language: str
    address: str

    @property
    def customer_id(self) -> str:
        """The id under which the vendor knows them; webhooks name them by it."""
        return customer_id(self.id)

    def contact(self) -> Contact:
        """Return them as the vendor knows them."""
        return Contact(
            email=self.email,
            external_customer_id=self.customer_id,
            first_name=self.name,
        )

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id that the session keeps."""
        return str(self.id)


def customer_id(number: int) -> str:
    """Return the id of the account with a number of the database."""
    return f"zavarka-{number}"


def init_app(app: Flask) -> None:
    """Create the accounts on the first start and set up Flask-Login."""
    with app.app_context():
        _seed()
    manager = LoginManager(app)
    manager.user_loader(_load)
    user_logged_out.connect(_forget_person, app)


def authenticate(email: str, password: str) -> Account | None:
    """Return the account with this email and password, or None."""
    row = connection().execute(
        "SELECT * FROM account WHERE email = ?", (email.strip(),)
    )
    found = row.fetchone()
    # A wrong email takes as long as a wrong password, so the time reveals nothing.
    stored = found["password"] if found else _hash_of_nobody()
    if not check_password_hash(stored, password) or found is None:
        return None
    return _account(found)


def _load(account_id: str) -> Account | None:
    row = connection().execute("SELECT * FROM account WHERE id = ?", (account_id,))
    found = row.fetchone()
    return _account(found) if found else None


def _account(row: sqlite3.Row) -> Account:
    return Account(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=row["role"],
        language=row["language"],
        address=row["address"],
    )


def _seed() -> None:
    with connection() as database:
        if database.execute("SELECT 1 FROM account").fetchone():
            return
        database.executemany(
            "INSERT OR IGNORE INTO account "
            "(email, password, name, role, language, address) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    demo.email,
                    generate_password_hash(DEMO_PASSWORD),
                    demo.name,
                    demo.role,
                    demo.language,
                    demo.address,
                )
                for demo in DEMO_ACCOUNTS
            ],
        )


@cache
def _hash_of_nobody() -> str:
    return generate_password_hash("nobody")


def _forget_person(_: Flask, **__: object) -> None:
    for key in _PERSONAL:
        session.pop(key, None)
