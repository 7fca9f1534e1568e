"""The blueprint: tokens for operators, the frame of their panel, our scripts."""

from __future__ import annotations

import json
from typing import NamedTuple

from flask import Response, current_app, request, url_for

from ..endpoints import set_up_endpoints
from ..errors import LoaderError, VendorError
from ..guards import check_same_origin, check_user
from ..hosts import AnyHostBlueprint
from ..languages import page_language
from ..nonce import page_nonce
from ..problems import LoaderFailed, problem_of, respond
from ..script import respond_with_script
from ..templating import render
from ..vendor.deadline import Deadline
from .cli import add_commands
from .operators import choose_operator, load_operators, operator_tag
from .problems import PROBLEMS, BadRequest
from .state import State, current_state
from .texts import texts_in

#: The longest body that is looked at, in bytes.
_MAX_BODY = 2000

blueprint = AnyHostBlueprint("chathub", __name__, cli_group="chathub")
blueprint.cli.short_help = "ChatHub: the vendor's operator panel for the staff."
set_up_endpoints(blueprint, "script", "frame_script")
add_commands(blueprint.cli)
for problem in PROBLEMS:
    blueprint.register_error_handler(problem, respond)


class Wish(NamedTuple):
    """What a page asks for."""

    #: The alias; None: the user's first.
    organization: str | None
    #: Whether the panel found that its token does not work.
    failed: bool


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Hand an operator's token to the user who is that operator."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    wish = _read_wish()
    operator, tag = _admit(state, wish.organization)
    state.rate_limiter.check(tag)
    assert state.tokens is not None  # noqa: S101 - there is no view without tokens
    issue = state.tokens.replace if wish.failed else state.tokens.issue
    try:
        issued = issue(operator, deadline)
    except VendorError as error:
        state.failures.write(error.code, error)
        raise problem_of(error) from error
    return {"token": issued.token, "expiresAt": issued.expires_at_text}


@blueprint.get("/user")
def user() -> tuple[str, int]:
    """Tell a page whether its user still is the operator: 204, or a problem.

    The page asks when it comes back, or when another tab went elsewhere; the
    vendor is not asked.
    """
    _admit(current_state(), request.args.get("organization"))
    return "", 204


@blueprint.get("/panel")
def panel() -> Response:
    """Show the document of the frame that the vendor's panel is drawn in.

    It holds no token: the page around it sends one.
    """
    state = current_state()
    _load_operators(state)
    language = page_language(
        current_app, state.loaders.language, state.settings.language
    )
    response = Response(
        render(
            "chathub/frame.html",
            language=language,
            title=texts_in(language)["panel"],
            source=url_for(
                "chathub.frame_script", fingerprint=state.scripts.frame.fingerprint
            ),
            script=state.settings.script_url,
            nonce=page_nonce(current_app, None, state.loaders.csp_nonce),
        ),
        mimetype="text/html",
    )
    # The site's own policy goes over this one.
    response.headers["Content-Security-Policy"] = (
        "frame-ancestors 'self'; base-uri 'none'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.get("/chathub.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page's script."""
    return respond_with_script(current_state().scripts.page, fingerprint)


@blueprint.get("/frame.<fingerprint>.js")
def frame_script(fingerprint: str) -> Response:
    """Serve the frame's script."""
    return respond_with_script(current_state().scripts.frame, fingerprint)


def _admit(state: State, organization: str | None) -> tuple[int, str]:
    """Return which operator asks, and his tag, if he may ask at all.

    :raises Problem: if he may not.
    """
    check_same_origin(request)
    alias, operator = choose_operator(_load_operators(state), organization)
    tag = operator_tag(state, alias, operator)
    check_user(request, tag)
    return operator, tag


def _load_operators(state: State) -> dict[str, int]:
    try:
        return load_operators(state)
    except LoaderError as error:
        state.failures.write(LoaderFailed.problem_code, error)
        raise LoaderFailed from error


def _read_wish() -> Wish:
    """Read the body: JSON as documented, or nothing.

    :raises BadRequest: for anything else.
    """
    if (request.content_length or 0) > _MAX_BODY:
        raise BadRequest
    data = request.get_data(cache=False)
    if not data:
        return Wish(None, False)
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(body, dict) or not set(body) <= {"organization", "failed"}:
        raise BadRequest
    wish = Wish(body.get("organization"), body.get("failed", False))
    if not isinstance(wish.organization, str | None) or type(wish.failed) is not bool:
        raise BadRequest
    return wish
