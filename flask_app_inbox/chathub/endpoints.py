"""The blueprint: tokens for operators, the frame of their panel, our scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, current_app, request, url_for
from werkzeug.datastructures import Headers

from ..client.deadline import Deadline
from ..web.assets import render, respond_with_script
from ..web.blueprint import (
    AnyHostBlueprint,
    answer_problems,
    exempt_from_form_tokens,
    keep_out_of_caches,
)
from ..web.guards import check_same_origin
from ..web.loaders import page_language, page_nonce
from ..web.problems import BadRequest
from ..web.user_tag import check_user
from .operators import choose_operator, load_operators, operator_tag
from .state import State, current_state
from .texts import texts_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The longest body that is read, in bytes.
_MAX_BODY = 2000

blueprint = AnyHostBlueprint("chathub", __name__, cli_group="chathub")
answer_problems(blueprint, lambda: current_state().failures)
exempt_from_form_tokens(blueprint)
keep_out_of_caches(blueprint, "script", "frame_script")


class TokenRequest(NamedTuple):
    """What a page asks for."""

    #: The alias; None: the user's first.
    organization: str | None
    #: Whether the panel found that its token does not work.
    failed: bool


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Issue the operator's token to the user who is that operator."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    asked = _read_request()
    operator, user_tag = _admit(state, asked.organization)
    state.rate_limiter.check(user_tag)
    assert state.tokens is not None  # noqa: S101 - there is no view without tokens
    issue = state.tokens.replace if asked.failed else state.tokens.issue
    issued = issue(operator, deadline)
    return {"token": issued.token, "expiresAt": issued.expires_at_text}


@blueprint.get("/user")
def user() -> tuple[str, int] | dict[str, list[str]]:
    """Tell a page who its user is now: the tags of the operators that they are.

    With an organization it is 204 while the page's user is its operator. A page asks
    whenever that may have changed. This does not call the vendor.
    """
    state = current_state()
    if "organization" in request.args:
        _admit(state, request.args["organization"])
        return "", 204
    check_same_origin(request)
    operators = load_operators(state).items()
    return {"users": [operator_tag(state, *operator) for operator in operators]}


@blueprint.get("/panel")
def panel() -> Response:
    """Serve the document of the frame that holds the vendor's panel.

    It contains no token; the page around it sends one.
    """
    state = current_state()
    load_operators(state)
    language = page_language(
        current_app, state.loaders.language, state.settings.language
    )
    response = Response(
        render(
            __package__,
            "frame.html",
            language=language,
            title=texts_in(language).panel,
            source=url_for(
                "chathub.frame_script", fingerprint=state.scripts.frame.fingerprint
            ),
            script=state.settings.script_url,
            nonce=page_nonce(current_app, None, state.loaders.csp_nonce),
        ),
        mimetype="text/html",
    )
    # If the site sets a policy itself, that replaces this one.
    response.headers["Content-Security-Policy"] = (
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    _allow_own_frames(response)
    return response


def _allow_own_frames(response: Response) -> None:
    """Let the site's own pages frame a document, whatever the site sets for all.

    A document that exists for a frame is no good under ``X-Frame-Options: DENY``, which
    Flask-Talisman, for one, puts on every answer after us.
    """
    headers_of = response.get_wsgi_headers

    def headers_at_last(environ: WSGIEnvironment) -> Headers:
        headers = headers_of(environ)
        headers["X-Frame-Options"] = "SAMEORIGIN"
        return headers

    response.get_wsgi_headers = headers_at_last  # type: ignore[method-assign]


@blueprint.get("/chathub.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page's script."""
    return respond_with_script(current_state().scripts.page, fingerprint)


@blueprint.get("/frame.<fingerprint>.js")
def frame_script(fingerprint: str) -> Response:
    """Serve the frame's script."""
    return respond_with_script(current_state().scripts.frame, fingerprint)


def _admit(state: State, organization: str | None) -> tuple[int, str]:
    """Return the operator who asks, and their user tag.

    :raises Problem: if they may not ask.
    """
    check_same_origin(request)
    alias, operator = choose_operator(load_operators(state), organization)
    user_tag = operator_tag(state, alias, operator)
    check_user(request, user_tag)
    return operator, user_tag


def _read_request() -> TokenRequest:
    """Read the body: JSON as documented, or nothing.

    :raises BadRequest: for anything else.
    """
    if (request.content_length or 0) > _MAX_BODY:
        raise BadRequest
    data = request.get_data(cache=False)
    if not data:
        return TokenRequest(None, False)
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(body, dict) or not set(body) <= {"organization", "failed"}:
        raise BadRequest
    asked = TokenRequest(body.get("organization"), body.get("failed", False))
    if not isinstance(asked.organization, str | None) or type(asked.failed) is not bool:
        raise BadRequest
    return asked
