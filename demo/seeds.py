"""What the vendor has before the shop opens: contacts, messages, workflows, a webhook.

With a real account these are the owner's and the support's work. The sandbox forgets
them when it is reset, so :class:`Keeper` looks after them.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from flask import Flask, url_for

from .sandbox import SandboxClient
from .shop import anchor
from .shop.accounts import DEMO_ACCOUNTS, customer_id
from .shop.backstage import SandboxError
from .shop.desks import DESKS
from .shop.languages import translate
from .shop.news import ORDER_PLACED, SAMPLE_WANTED

logger = logging.getLogger(__name__)

#: The product that each greeting is about.
_SUBJECTS = {
    "welcome": "linden",
    "frost": "frost",
    "teapot": "teapot",
    "tasting": "campfire",
}

#: A message of an event of the shop; each blank is one of its parameters.
_MESSAGE = {
    "title": "{title}",
    "content": "{text}",
    "image": "{picture}",
    "link": "{link}",
}

#: Seconds between two looks whether the sandbox has forgotten everybody.
_EVERY = 1.0


def fill(app: Flask, sandbox: SandboxClient, shop_url: str) -> None:
    """Give a fresh sandbox what the shop's account has.

    :param shop_url: where the shop listens.
    :raises SandboxError: if the sandbox does not answer, or takes something for wrong.
    """
    with app.test_request_context(base_url=shop_url):
        anchor.tell_sandbox()
        kinds = ((ORDER_PLACED, "orders"), (SAMPLE_WANTED, "shop"))
        sandbox.set_workflows(
            [
                {"event": event, "message": {**_MESSAGE, "category": category}}
                for event, category in kinds
            ]
        )
        for number, demo in enumerate(DEMO_ACCOUNTS, 1):
            if demo.messages is None:
                continue
            sandbox.add_contact(demo.email, customer_id(number), demo.name)
            for key in demo.messages:
                sandbox.send(demo.email, _greeting(key, demo.language))
        # After the greetings: the shop needs no news of them.
        sandbox.set_webhook(
            url_for("app_inbox.webhook", _external=True),
            app.config.get("APP_INBOX_WEBHOOK_USER", "app-inbox"),
            app.config["APP_INBOX_WEBHOOK_PASSWORD"],
        )
        for desk in DESKS:
            if not sandbox.chats(desk.organization):
                question = translate(f"desk.{desk.alias}.first")
                sandbox.write(desk.organization, desk.asker, question)


def _greeting(key: str, language: str) -> dict[str, str]:
    slug = _SUBJECTS[key]
    return {
        "title": translate(f"notice.{key}.title", language),
        "content": translate(f"notice.{key}.content", language),
        "image": url_for("static", filename=f"pictures/{slug}.svg", _external=True),
        "link": url_for("catalogue.product", slug=slug, _external=True),
        "category": "shop",
    }


class Keeper:
    """Fills the sandbox, and again once it has forgotten everybody, as its reset does.

    A single missing contact stays missing, so that you can delete one and see what
    happens.
    """

    def __init__(self, app: Flask, sandbox: SandboxClient, shop_url: str) -> None:
        self._made: tuple[Any, ...] = (app, sandbox, shop_url)
        self._sandbox = sandbox
        self._ours = {one.email for one in DEMO_ACCOUNTS if one.messages is not None}

    def look(self) -> None:
        """Fill the sandbox if it knows nobody; if it does not answer, log a warning."""
        try:
            if self._sandbox.contact_emails().isdisjoint(self._ours):
                fill(*self._made)
        except SandboxError as error:
            logger.warning("The sandbox could not be filled: %s", error)

    def start(self) -> None:
        """Look now, and from time to time in a thread until this process ends."""
        self.look()
        threading.Thread(target=self._go_on, name="seeds", daemon=True).start()

    def _go_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(_EVERY):
            self.look()
