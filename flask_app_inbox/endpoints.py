"""What holds for every endpoint of ours that a page's script asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from .problems import register_problems


def set_up_endpoints(blueprint: Blueprint, *public: str) -> None:
    """Give a blueprint the rules of token endpoints.

    Its problems are answered as JSON, Flask-WTF's CSRFProtect leaves it alone, and
    no cache keeps what its views answer.

    :param public: the names of the views whose answers are the same for everybody.
    """
    register_problems(blueprint)
    endpoints = {f"{blueprint.name}.{name}" for name in public}

    def exempt_from_form_tokens(*_: Any) -> None:
        # Our own origin check takes that place: a form token that dies after an
        # hour would end renewal on a page left open. This runs before CSRFProtect
        # looks, whichever of the two was initialised first.
        exempt = getattr(current_app.extensions.get("csrf"), "exempt", None)
        if exempt is not None:
            exempt(blueprint)

    def keep_out_of_caches(response: Response) -> Response:
        if request.endpoint not in endpoints:
            response.cache_control.no_store = True
            response.vary.add("Cookie")
        return response

    blueprint.url_value_preprocessor(exempt_from_form_tokens)
    blueprint.after_request(keep_out_of_caches)
