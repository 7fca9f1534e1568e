"""The blueprint: tokens for operators, the frame of their panel, our scripts."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, request
from werkzeug.datastructures import Headers

from ..client.deadline import Deadline
from ..web.addresses import own_url
from ..web.assets import render, respond_with_script
from ..web.blueprint import (
    AnyHostBlueprint,
    answer_problems,
    exempt_from_form_tokens,
    keep_out_of_caches,
)
from ..web.body import read_body
from ..web.elements import elements_of
from ..web.guards import check_same_origin
from ..web.loaders import page_language, page_nonce
from ..web.losses import tell_loss
from ..web.problems import BadRequest
from ..web.session import leave_session_alone
from ..web.this_app import this_app
from ..web.user_tag import check_user
from .operators import (
    choose_operator,
    former_operator_tags,
    load_operators,
    operator_tag,
)
from .page import chathub
from .state import State, current_state
from .texts import texts_in

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The longest body that is read, in bytes.
_MAX_BODY = 2000

blueprint = AnyHostBlueprint("chathub", __name__, cli_group="chathub")
answer_problems(blueprint, lambda: current_state().failures)
exempt_from_form_tokens(blueprint)
keep_out_of_caches(blueprint, "script", "embed_script", "frame_script")
leave_session_alone(blueprint)

#: What is left of it where the extension is switched off: the script, and what tells a
#: page that there is nothing to show.
script_blueprint = AnyHostBlueprint("chathub", __name__)
answer_problems(script_blueprint, lambda: current_state().failures)
keep_out_of_caches(script_blueprint, "embed_script")
leave_session_alone(script_blueprint)


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
    operators = _let_operators_in(state)
    asked = _read_request()
    operator, user_tag = _choose(state, operators, asked.organization)
    state.rate_limiter.check(user_tag, deadline.remaining())
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
    operators = _let_operators_in(state)
    if "organization" in request.args:
        _choose(state, operators, request.args["organization"])
        return "", 204
    tags = [operator_tag(state, *operator) for operator in operators.items()]
    return {"users": tags + former_operator_tags(state, operators)}


@blueprint.get("/panel")
def panel() -> Response:
    """Serve the document of the frame that holds the vendor's panel.

    It contains no token; the page around it sends one.
    """
    state = current_state()
    load_operators(state)
    app = this_app()
    language = page_language(app, state.loaders.language, state.settings.language)
    response = Response(
        render(
            __package__,
            "frame.html",
            language=language,
            title=texts_in(language).panel,
            source=own_url(
                app, "chathub.frame_script", fingerprint=state.scripts.frame.fingerprint
            ),
            script=state.settings.script_url,
            nonce=page_nonce(app, None, state.loaders.csp_nonce),
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

    def headers_at_last(environ: WSGIEnvironment) -> Headers:
        # The response may have become one of another kind since.
        headers = type(response).get_wsgi_headers(response, environ)
        headers["X-Frame-Options"] = "SAMEORIGIN"
        return headers

    response.get_wsgi_headers = headers_at_last  # type: ignore[method-assign]


@script_blueprint.get("/embed")
@blueprint.get("/embed")
def embed() -> dict[str, Any]:
    """Return the elements that ``chathub()`` renders, for pages without our templates.

    The nonce is left out: it belongs to one page's policy.
    """
    check_same_origin(request)
    rendered = elements_of(chathub(request.args.get("organization"), nonce=""))
    panel, script = rendered or (None, None)
    if panel is None:
        tell_loss()
    organizations = panel["attributes"]["data-organizations"] if panel else "[]"
    tags = dict(json.loads(organizations))
    check_user(request, *tags.values(), former=partial(_former_tags, tags))
    return {"panel": panel, "script": script}


def _former_tags(aliases: Collection[str]) -> list[str]:
    if not aliases:
        return []
    state = current_state()
    operators = load_operators(state)
    return former_operator_tags(state, {one: operators[one] for one in aliases})


@script_blueprint.get("/embed.js")
@blueprint.get("/embed.js")
def embed_script() -> Response:
    """Serve the page's script at an address that never changes."""
    return respond_with_script(current_state().scripts.page)


@blueprint.get("/chathub.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page's script."""
    return respond_with_script(current_state().scripts.page, fingerprint)


@blueprint.get("/frame.<fingerprint>.js")
def frame_script(fingerprint: str) -> Response:
    """Serve the frame's script."""
    return respond_with_script(current_state().scripts.frame, fingerprint)


def _let_operators_in(state: State) -> dict[str, int]:
    """Return the operators that the user is.

    :raises Problem: if they are none, or another site's page asks.
    """
    check_same_origin(request)
    return load_operators(state)


def _choose(
    state: State, operators: dict[str, int], organization: str | None
) -> tuple[int, str]:
    """Return the operator who asks, and their user tag.

    :raises Problem: if they may not ask for that organization.
    """
    alias, operator = choose_operator(operators, organization)
    user_tag = operator_tag(state, alias, operator)
    former = partial(former_operator_tags, state, {alias: operator})
    check_user(request, user_tag, former=former)
    return operator, user_tag


def _read_request() -> TokenRequest:
    """Read the body: JSON as documented, or nothing.

    :raises BadRequest: for anything else.
    """
    data = read_body(_MAX_BODY)
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
