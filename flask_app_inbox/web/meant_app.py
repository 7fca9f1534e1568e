"""Which app a call is about that may come before any app is current."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, has_app_context

from .this_app import this_app


def meant_app(apps: Collection[Flask], call: str) -> Flask:
    """Return the current app, or the only one that an extension was initialised for.

    :param apps: those that it was initialised for.
    :param call: what asks, for the message: ``"csp_sources()"``.
    :raises RuntimeError: if it is not clear which app is meant. It names the next step.
    """
    if has_app_context():
        return this_app()
    if not apps:
        raise RuntimeError(
            f"Call init_app(app) before {call}, which reads the app's settings."
        )
    if len(apps) > 1:
        raise RuntimeError(
            f"Call {call.removesuffix(')')}app=app), or within an app context: this "
            f"extension belongs to {len(apps)} apps."
        )
    [app] = apps
    return app
