"""What the shop has its customers told through the bell.

With the real vendor the owner sets up such messages there: a greeting, a letter
after a purchase. On the sandbox the shop sends them itself, so that there is
something to read.
"""

from __future__ import annotations

import logging

from flask import current_app, url_for

from .accounts import DEMO_ACCOUNTS, Account, DemoAccount
from .languages import current_language, translate
from .orders import Order
from .sandbox import Notice, SandboxClient, SandboxError, current_sandbox

logger = logging.getLogger(__name__)

#: The page and the picture that each greeting is about.
_SUBJECTS = {
    "welcome": "linden",
    "frost": "frost",
    "teapot": "teapot",
    "tasting": "campfire",
}


def introduce_everybody() -> None:
    """Make all known customers contacts of the sandbox, each with a greeting."""
    for demo in DEMO_ACCOUNTS:
        introduce(demo.email)


def introduce(email: str) -> None:
    """Make one customer a contact of the sandbox, unless it is there already.

    A sandbox that does not answer is written to the log and breaks nothing.
    """
    sandbox = current_sandbox()
    demo = next((d for d in DEMO_ACCOUNTS if d.email == email), None)
    if sandbox is None or demo is None or demo.messages is None:
        return
    try:
        if email not in sandbox.contact_emails():
            _greet(sandbox, demo, demo.messages)
    except SandboxError as error:
        logger.warning("The sandbox did not take a customer: %s", error)


def tell_about_order(account: Account, order: Order) -> bool:
    """Send "Your order is on its way", with a picture and a link to the order.

    :returns: whether it was sent; a failure is written to the log only, since the
        order stands without a message.
    """
    sandbox = current_sandbox()
    if sandbox is None:
        return False
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


def send_sample(account: Account) -> bool:
    """Send a message of no importance; return whether it was sent."""
    sandbox = current_sandbox()
    if sandbox is None:
        return False
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


def _send(sandbox: SandboxClient, email: str, notice: Notice) -> bool:
    try:
        sandbox.send(email, notice)
    except SandboxError as error:
        current_app.logger.warning("The sandbox did not take a message: %s", error)
        return False
    return True
