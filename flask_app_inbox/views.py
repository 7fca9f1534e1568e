"""The blueprint: the token endpoint and the page script."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, request

from .cli import add_commands
from .endpoints import set_up_endpoints
from .errors import LoaderError, VendorError
from .guards import check_same_origin, check_user, user_tag
from .problems import LoaderFailed, LoginRequired, problem_of
from .script import respond_with_script
from .state import current_state
from .vendor.deadline import Deadline

logger = logging.getLogger(__name__)

blueprint = Blueprint(
    "app_inbox", __name__, template_folder="templates", cli_group="app-inbox"
)
blueprint.cli.short_help = "App Inbox: the vendor's bell in this site."
set_up_endpoints(blueprint, "token")
add_commands(blueprint.cli)


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Mint a token for who is logged in; nothing of the request's body counts."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    check_same_origin(request)
    try:
        contact = state.contact()
    except LoaderError as error:
        logger.error("App Inbox has no token to give: %s", error)
        raise LoaderFailed from error
    if contact is None:
        raise LoginRequired
    tag = user_tag(current_app, state.settings, contact)
    check_user(request, tag)
    state.rate_limiter.check(tag)
    try:
        return {"token": state.vendor.issue_token(contact, deadline)}
    except VendorError as error:
        logger.warning("App Inbox got no token: %s (%s)", error, error.code)
        raise problem_of(error) from error


@blueprint.get("/app_inbox.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page script."""
    return respond_with_script(current_state().script, fingerprint)
