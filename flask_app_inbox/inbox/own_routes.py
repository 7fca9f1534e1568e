"""The addresses that an app has by its settings: the site's own bell, the webhook.

Most sites have neither, so what answers there is imported where it is wanted.
"""

from __future__ import annotations

from typing import Any

from flask.blueprints import BlueprintSetupState

from .state import state_of


def add_own_routes(setup: BlueprintSetupState) -> None:
    """Add the addresses to an app."""
    app: Any = setup.app
    settings = state_of(app).settings
    if settings.draws_own_bell or settings.webhook_password is not None:
        _ = state_of(app).inboxes  # its import delays no request
    if settings.draws_own_bell:
        from .bell import add_bell_routes
        from .messages import add_message_routes

        add_bell_routes(setup)
        add_message_routes(setup)
    if settings.enabled and settings.webhook_password is not None:
        from .webhook import webhook

        setup.add_url_rule("/webhook", "webhook", webhook, methods=["POST"])
