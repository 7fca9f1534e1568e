"""Telling the vendor who the customers are, with the extension's ``sync_contact``.

The vendor issues no token to somebody whom it does not know. A shop tells it when
somebody signs up. Nobody signs up here, so this shop does it at the login.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, current_app

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.errors import ReconnectNeeded, VendorError

from .accounts import DemoAccount
from .sandbox import Call, current_sandbox

logger = logging.getLogger(__name__)

_EXTENSION = "shop_customers"


@dataclass(frozen=True)
class _Customers:
    app_inbox: AppInbox
    on_call: Callable[[Call], None]
    known: set[str] = field(default_factory=set)


def init_app(
    app: Flask, app_inbox: AppInbox, *, on_call: Callable[[Call], None]
) -> None:
    """Start without knowing whom the vendor knows.

    :param on_call: receives the calls that only we can tell of: a real vendor shows us
        no log.
    """
    app.extensions[_EXTENSION] = _Customers(app_inbox, on_call)


def is_registered(email: str) -> bool:
    """Tell whether the vendor knows somebody, as far as this shop has learned."""
    return email in _customers().known


def note_known(email: str) -> None:
    """Remember that the vendor knows somebody already."""
    _customers().known.add(email)


def register(account: DemoAccount) -> bool:
    """Create or update somebody's contact: their email and first name.

    A failure is logged and breaks nothing.

    :returns: whether the vendor took it.
    """
    customers = _customers()
    at, started = time.time(), time.perf_counter()
    status = 200
    try:
        customers.app_inbox.sync_contact(
            Contact(email=account.email, first_name=account.name)
        )
    except ReconnectNeeded:
        # Until the owner connects the shop, nobody has a bell.
        return False
    except VendorError as error:
        status = error.status or 0
        logger.warning("Could not register a customer with the vendor: %s", error)
        return False
    else:
        customers.known.add(account.email)
        return True
    finally:
        if current_sandbox() is None:
            ms = (time.perf_counter() - started) * 1000
            customers.on_call(Call(at, "POST", "…/contact", status, ms))


def _customers() -> _Customers:
    customers: _Customers = current_app.extensions[_EXTENSION]
    return customers
