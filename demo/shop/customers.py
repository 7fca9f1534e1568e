"""Telling the vendor who the customers are, with the extension's ``sync_contact``.

The vendor issues no token to somebody whom it does not know. A shop tells it when
somebody signs up. Nobody signs up here, so this shop does it at the login.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, current_app, request
from flask_login import current_user

from flask_app_inbox import AppInbox
from flask_app_inbox.errors import ReconnectNeeded, VendorError

from .accounts import DEMO_ACCOUNTS, Account
from .backstage import Call, current_backstage

logger = logging.getLogger(__name__)

_EXTENSION = "shop_customers"

#: Where the extension asks the vendor about somebody.
_ABOUT_THEM = (
    *("app_inbox.token", "app_inbox.unread"),
    *("app_inbox.messages", "app_inbox.message_page"),
)


@dataclass(frozen=True)
class _Customers:
    app_inbox: AppInbox
    on_call: Callable[[Call], None]
    known: set[str] = field(default_factory=set)


def init_app(
    app: Flask, app_inbox: AppInbox, *, on_call: Callable[[Call], None]
) -> None:
    """Start without knowing whom the vendor knows.

    Somebody may have logged in before the vendor could be told: when it did not answer,
    or before the owner connected the shop. So they are told of before a bell asks, too.

    :param on_call: receives the calls that only we can tell of: a real vendor shows us
        no log.
    """
    app.extensions[_EXTENSION] = _Customers(app_inbox, on_call)

    @app.before_request
    def before_a_bell_asks() -> None:
        if request.endpoint in _ABOUT_THEM and current_user.is_authenticated:
            register(current_user)

    app.jinja_env.globals["tells_of_orders"] = lambda: has_inbox(current_user.email)


def has_inbox(email: str) -> bool:
    """Tell whether somebody is one whom the shop tells the vendor about."""
    return any(
        demo.email == email and demo.messages is not None for demo in DEMO_ACCOUNTS
    )


def register(account: Account) -> None:
    """Create or update somebody's contact at the vendor, once."""
    known = _customers().known
    if account.email in known or not has_inbox(account.email):
        return
    if tell("/contact", lambda app_inbox: app_inbox.sync_contact(account.contact())):
        known.add(account.email)


def tell(path: str, call: Callable[[AppInbox], None]) -> bool:
    """Tell the vendor something; a failure is logged and breaks nothing.

    :param path: how the address of the call ends, for the drawer.
    :returns: whether the vendor took it.
    """
    customers = _customers()
    at, started = time.time(), time.perf_counter()
    status = 200
    try:
        call(customers.app_inbox)
    except ReconnectNeeded:
        # Until the owner connects the shop, nobody has a bell.
        return False
    except VendorError as error:
        status = error.status or 0
        logger.warning("The vendor was not told (%s): %s", path, error)
        return False
    finally:
        if current_backstage() is None:
            ms = (time.perf_counter() - started) * 1000
            customers.on_call(Call(at, "POST", f"…{path}", status, ms))
    return True


def _customers() -> _Customers:
    customers: _Customers = current_app.extensions[_EXTENSION]
    return customers
