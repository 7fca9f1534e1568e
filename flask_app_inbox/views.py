"""The blueprint: the token endpoint and the page script."""

from __future__ import annotations

from flask import Response, current_app, request

from .cli import add_commands
from .contact import Contact
from .endpoints import set_up_endpoints
from .errors import LoaderError, StorageError, VendorError
from .guards import check_same_origin, check_user, user_tag
from .hosts import AnyHostBlueprint
from .issuing import add_server_timing, issue_token, tell_failure
from .problems import LoaderFailed, LoginRequired, RateLimited, problem_of
from .script import respond_with_script
from .state import State, current_state
from .vendor.deadline import Deadline

blueprint = AnyHostBlueprint("app_inbox", __name__, cli_group="app-inbox")
blueprint.cli.short_help = "App Inbox: the vendor's bell in this site."
set_up_endpoints(blueprint, "script")
blueprint.after_request(add_server_timing)
add_commands(blueprint.cli)


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Mint a token for who is logged in; nothing of the request's body counts."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    try:
        contact, tag = _who_asks(state)
        state.rate_limiter.check(tag)
    except (LoaderFailed, RateLimited) as problem:
        retryable = isinstance(problem, RateLimited)
        tell_failure(problem.problem_code, retryable=retryable)
        raise
    try:
        return {"token": issue_token(state, contact, deadline)}
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
    """Serve the page script."""
    return respond_with_script(current_state().script, fingerprint)
