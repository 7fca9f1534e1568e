"""The messages in customers' bells.

A real owner sets them up at the vendor: a greeting, a note after a purchase. On the
sandbox the shop sends them itself, so that there is something to read.
"""

from __future__ import annotations

import logging
import threading
from enum import Enum

from flask import Flask, current_app, request, url_for
from flask_login import current_user

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
    """Add customers again after a reset of the sandbox, before they ask for tokens."""

    @app.before_request
    def before_a_token() -> None:
        if request.endpoint == "app_inbox.token" and current_user.is_authenticated:
            introduce_again()


def introduce_everybody() -> None:
    """Add all customers with messages to the sandbox."""
    for demo in DEMO_ACCOUNTS:
        introduce(demo.email)


def introduce(email: str) -> None:
    """Add one customer with their messages to the sandbox, unless it knows them.

    If the sandbox does not answer, this logs a warning and breaks nothing.
    """
    sandbox = current_sandbox()
    demo = next((d for d in DEMO_ACCOUNTS if d.email == email), None)
    if sandbox is None or demo is None or demo.messages is None:
        return
    try:
        with _introducing:
            if email not in sandbox.contact_emails():
                _greet(sandbox, demo, demo.messages)
    except SandboxError as error:
        logger.warning("Could not add a customer to the sandbox: %s", error)


def introduce_again() -> None:
    """Add all customers again if the sandbox has lost them all, as its reset does.

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
    sandbox.add_contact(demo.email, demo.name)
    for key in messages:
        sandbox.send(demo.email, _notice(key, _SUBJECTS[key], demo.language))


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
