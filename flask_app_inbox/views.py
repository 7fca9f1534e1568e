"""The blueprint: the token endpoint and the page script."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from .cli import add_commands
from .contact import Contact
from .errors import LoaderError, StorageError, VendorError
from .guards import check_same_origin, check_user, user_tag
from .problems import LoaderFailed, LoginRequired, problem_of, register_problems
from .script import MAX_AGE
from .state import State, current_state
from .vendor.deadline import Deadline

blueprint = Blueprint("app_inbox", __name__, cli_group="app-inbox")
blueprint.cli.short_help = "App Inbox: the vendor's bell in this site."
register_problems(blueprint)
add_commands(blueprint.cli)


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Mint a token for who is logged in; nothing of the request's body counts."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    contact, tag = _who_asks(state)
    state.rate_limiter.check(tag)
    try:
        return {"token": state.vendor.issue_token(contact, deadline)}
    except LoaderError as error:
        state.failures.write(LoaderFailed.problem_code, error)
        raise LoaderFailed from error
    except (VendorError, StorageError) as error:
        state.failures.write(error.code, error)
        raise problem_of(error) from error


@blueprint.get("/user")
def user() -> tuple[str, int]:
    """Tell a page whether its user is still logged in: 204, or a problem.

    The page asks when it comes back from the browser's history or when another
    tab went elsewhere; the vendor is not asked.
    """
    _who_asks(current_state())
    return "", 204


def _who_asks(state: State) -> tuple[Contact, str]:
    """Return the contact of this session and his tag, if he may ask."""
    check_same_origin(request)
    try:
        contact = state.contact()
    except LoaderError as error:
        state.failures.write(LoaderFailed.problem_code, error)
        raise LoaderFailed from error
    if contact is None:
        raise LoginRequired
    tag = user_tag(current_app, state.settings, contact)
    check_user(request, tag)
    return contact, tag


@blueprint.get("/app_inbox.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page script, for a year under its own fingerprint.

    A page of an older or newer release of the site gets this one, but does not
    keep it.
    """
    page_script = current_state().script
    response = Response(page_script.content, mimetype="text/javascript")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if fingerprint == page_script.fingerprint:
        response.cache_control.public = True
        response.cache_control.max_age = MAX_AGE
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response


@blueprint.url_value_preprocessor
def _exempt_from_form_tokens(*_: Any) -> None:
    """Take the blueprint out of Flask-WTF's CSRFProtect, if the app has it.

    Its own origin check takes that place: a form token that dies after an hour
    would end renewal on a page left open. This runs before CSRFProtect looks,
    whichever of the two was initialised first.
    """
    exempt = getattr(current_app.extensions.get("csrf"), "exempt", None)
    if exempt is not None:
        exempt(blueprint)


@blueprint.after_request
def _keep_out_of_caches(response: Response) -> Response:
    if request.endpoint != f"{blueprint.name}.script":
        response.cache_control.no_store = True
        response.vary.add("Cookie")
    return response
