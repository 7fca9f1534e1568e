"""Everything that a running sandbox remembers, all of it in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from flask import current_app

from .chathub.state import ChatHubState
from .contacts import Contacts
from .events import Events
from .faults.memory import Faults
from .faults.routes import Routes
from .imports import Imports
from .journal import Journal
from .messages import Messages
from .oauth_memory import OAuthMemory
from .prepared import Prepared
from .repeats import Repeats
from .site import Domains, Site
from .steps import Steps
from .tokens import Tokens
from .webhook import Webhook

if TYPE_CHECKING:
    from flask import Flask

    from .workflows import Workflow


class State:
    """One sandbox's state; it is in ``app.extensions["sandbox"]``."""

    def __init__(self, *, api_key: str, clock: Callable[[], float] = time.time) -> None:
        self.api_key = api_key
        #: The host that the server was told to listen on, and answers under.
        self.host = "127.0.0.1"
        self.oauth = OAuthMemory(clock)
        self.contacts = Contacts()
        self.messages = Messages(clock)
        self.tokens = Tokens()
        self.domains = Domains()
        self.site = Site()
        self.repeats = Repeats(clock)
        self.imports = Imports(clock)
        self.faults = Faults()
        #: The routes that can be broken; the application sets it.
        self.routes: Routes
        self.journal = Journal(clock)
        self.steps = Steps(clock)
        self.events = Events(clock)
        self.workflows: list[Workflow] = []
        self.prepared = Prepared()
        self.webhook = Webhook(clock, self.steps)
        self.chathub = ChatHubState(clock)

    def reset(self) -> None:
        """Reset to the initial state."""
        self.faults.clear()
        self.tokens.reset()
        self.messages.clear()
        self.imports.clear()
        self.contacts.clear()
        self.repeats.clear()
        self.domains.clear()
        self.site = Site()
        self.chathub.reset()
        self.workflows = []
        self.webhook.clear()
        self.prepared.clear()
        self.events.clear()
        self.journal.clear()
        self.steps.clear()
        self.oauth.clear()


def state_of(app: Flask) -> State:
    """Return the state of a sandbox application."""
    return cast(State, app.extensions["sandbox"])


def state() -> State:
    """Return the state of the sandbox that answers the current request."""
    return state_of(current_app)
