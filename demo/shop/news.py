"""Telling the vendor what happened, with the extension's ``send_event``.

What comes of it is the vendor's business: a workflow of the account makes a message of
the event, and the bell shows it. The demo's start makes such a workflow in the sandbox;
with a real account its owner does.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask import url_for

from . import customers
from .accounts import Account
from .languages import current_language, translate
from .orders import Order

#: The kinds of events; workflows wait for them.
ORDER_PLACED = "orderPlaced"
SAMPLE_WANTED = "sampleWanted"


class Outcome(Enum):
    """The outcome of an event; the values are part of text keys."""

    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


def tell_about_order(account: Account, order: Order) -> Outcome:
    """Tell the vendor about an order.

    :returns: the outcome. A failure is no error: the order stands without a message.
    """
    first = order.goods.lines[0].product
    return _tell(
        account,
        ORDER_PLACED,
        {
            "number": order.number,
            "total": f"{order.goods.total / 100:.2f}",
            "title": translate("notice.order.title"),
            "text": translate(
                "notice.order.content", name=account.name, number=order.number
            ),
            "picture": url_for("static", filename=first.picture, _external=True),
            "link": url_for("checkout.order", number=order.number, _external=True),
        },
        key_value=order.number,
    )


def ask_for_sample(account: Account) -> Outcome:
    """Tell the vendor that somebody wants a sample message; return the outcome."""
    language = current_language()
    picture = url_for("static", filename="pictures/cups.svg", _external=True)
    return _tell(
        account,
        SAMPLE_WANTED,
        {
            "title": translate("notice.sample.title", language),
            "text": translate("notice.sample.content", language),
            "picture": picture,
            "link": url_for("catalogue.product", slug="cups", _external=True),
        },
    )


def _tell(
    account: Account, key: str, params: dict[str, Any], key_value: str | None = None
) -> Outcome:
    if not customers.has_inbox(account.email):
        return Outcome.UNKNOWN
    told = customers.tell(
        "/event",
        lambda app_inbox: app_inbox.send_event(
            key, account.contact(), params, key_value=key_value
        ),
    )
    return Outcome.SENT if told else Outcome.FAILED
