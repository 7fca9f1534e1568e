"""The messages in customers' bells.

On the sandbox the shop sends them itself, so that there is something to read. With a
real account only the vendor can send any, and the shop tells it nothing about orders.
"""

from __future__ import annotations

import logging
import threading
from enum import Enum

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from . import anchor, customers
from .accounts import DEMO_ACCOUNTS, Account, DemoAccount
from .languages import current_language, translate
from .orders import Order
from .sandbox import (
    Notice,
    SandboxClient,
    SandboxError,
    UnknownContact,
    current_sandbox,
)

logger = logging.getLogger(__name__)

#: The product that each greeting is about.
_SUBJECTS = {
    "welcome": "linden",
    "frost": "frost",
    "teapot": "teapot",
    "tasting": "campfire",
}

#: Two requests at once must not greet twice.
_introducing = threading.RLock()


class Outcome(Enum):
    """The outcome of a message; the values are part of text keys."""

    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


def init_app(app: Flask) -> None:
    """Introduce customers before they ask for tokens; see :func:`introduce_again`.

    Somebody may have logged in before the vendor could be told: when it did not answer,
    or before the owner connected the shop.
    """

    @app.before_request
    def before_a_token() -> None:
        if request.endpoint != "app_inbox.token" or not current_user.is_authenticated:
            return
        introduce_again()
        if not customers.is_registered(current_user.email):
            introduce(current_user.email)

    app.jinja_env.globals["tells_of_orders"] = tells_of_orders


def introduce_everybody() -> None:
    """Register all customers with the sandbox and send their messages."""
    for demo in DEMO_ACCOUNTS if current_sandbox() else ():
        introduce(demo.email)


def introduce(email: str) -> None:
    """Register one customer with the vendor; on the sandbox, send their messages.

    If the vendor does not answer, this logs a warning and breaks nothing.
    """
    demo = _demo_account(email)
    if demo is None or demo.messages is None:
        return
    sandbox = current_sandbox()
    try:
        with _introducing:
            if sandbox is None:
                if not customers.is_registered(email):
                    customers.register(demo)
            elif email in sandbox.contact_emails():
                customers.note_known(email)
            else:
                _greet(sandbox, demo, demo.messages)
    except SandboxError as error:
        logger.warning("Could not send a customer's first messages: %s", error)


def tells_of_orders() -> bool:
    """Tell whether the current customer gets a message about an order."""
    demo = _demo_account(current_user.email)
    return bool(current_sandbox() and demo and demo.messages is not None)


def introduce_again() -> None:
    """Tell the sandbox everything again if it has lost everybody, as its reset does.

    A single missing contact stays missing until their next login, so that you can
    delete one and see what happens.
    """
    sandbox = current_sandbox()
    if sandbox is None:
        return
    ours = {demo.email for demo in DEMO_ACCOUNTS if demo.messages is not None}
    with _introducing:
        try:
            known = sandbox.contact_emails()
        except SandboxError as error:
            logger.warning("Could not list the sandbox's contacts: %s", error)
            return
        if known.isdisjoint(ours):
            introduce_everybody()
            place_bell()


def place_bell() -> None:
    """Tell the sandbox where the bell goes; if that fails, log a warning."""
    try:
        anchor.tell_sandbox()
    except SandboxError as error:
        logger.warning("Could not tell the sandbox where the bell goes: %s", error)


def tell_about_order(account: Account, order: Order) -> Outcome:
    """Send "Your order is on its way", with a picture and a link to the order.

    :returns: the outcome. A failure is no error: the order stands without a message.
    """
    sandbox = current_sandbox()
    if sandbox is None:
        return Outcome.FAILED
    first = order.goods.lines[0].product
    notice = Notice(
        title=translate("notice.order.title"),
        content=translate(
            "notice.order.content", name=account.name, number=order.number
        ),
        image=url_for("static", filename=first.picture, _external=True),
        link=url_for("checkout.order", number=order.number, _external=True),
        category="orders",
    )
    return _send(sandbox, account.email, notice)


def send_sample(account: Account) -> Outcome:
    """Send a sample message; return the outcome."""
    sandbox = current_sandbox()
    if sandbox is None:
        return Outcome.FAILED
    return _send(sandbox, account.email, _notice("sample", "cups", current_language()))


def _greet(
    sandbox: SandboxClient, demo: DemoAccount, messages: tuple[str, ...]
) -> None:
    if not customers.register(demo):
        return
    for key in messages:
        sandbox.send(demo.email, _notice(key, _SUBJECTS[key], demo.language))


def _demo_account(email: str) -> DemoAccount | None:
    return next((demo for demo in DEMO_ACCOUNTS if demo.email == email), None)


def _notice(key: str, slug: str, language: str) -> Notice:
    return Notice(
        title=translate(f"notice.{key}.title", language),
        content=translate(f"notice.{key}.content", language),
        image=url_for("static", filename=f"pictures/{slug}.svg", _external=True),
        link=url_for("catalogue.product", slug=slug, _external=True),
        category="shop",
    )


def _send(sandbox: SandboxClient, email: str, notice: Notice) -> Outcome:
    introduce_again()
    try:
        sandbox.send(email, notice)
    except UnknownContact:
        return Outcome.UNKNOWN
    except SandboxError as error:
        current_app.logger.warning("Could not send a message: %s", error)
        return Outcome.FAILED
    return Outcome.SENT
