"""A token is issued: request, guard, contact, client, answer. Also the page script."""

from __future__ import annotations

from functools import partial

from flask import Response, request

from ..client.contact import Contact
from ..client.deadline import Deadline
from ..errors import AppInboxError, LoaderError
from ..signals import contact_unknown, token_failed, token_issued
from ..web.assets import respond_with_script
from ..web.blueprint import (
    AnyHostBlueprint,
    answer_problems,
    exempt_from_form_tokens,
    keep_out_of_caches,
)
from ..web.guards import check_same_origin
from ..web.loaders import send
from ..web.problems import LoginRequired, RateLimited
from ..web.session import leave_session_alone
from ..web.this_app import this_app
from ..web.user_tag import check_user
from .login import user_tag
from .state import State, current_state
from .vendor_time import add_server_timing, vendor_time

blueprint = AnyHostBlueprint("app_inbox", __name__, cli_group="app-inbox")
answer_problems(blueprint, lambda: current_state().failures)
exempt_from_form_tokens(blueprint)
keep_out_of_caches(blueprint, "script", "embed_script", "bell_file")
leave_session_alone(blueprint)
blueprint.after_request(add_server_timing)

#: What is left of it where the extension is switched off: the scripts, and what tells
#: a page that there is nothing to show. Where pages carry the vendor's snippet, they
#: get their ``init`` from it.
script_blueprint = AnyHostBlueprint("app_inbox", __name__)
answer_problems(script_blueprint, lambda: current_state().failures)
keep_out_of_caches(script_blueprint, "script", "embed_script")
leave_session_alone(script_blueprint)


@blueprint.post("/token")
def token() -> dict[str, str]:
    """Issue a token to whoever is logged in; the request's body is ignored."""
    state = current_state()
    deadline = Deadline(state.settings.timeout)
    try:
        contact, contact_tag = who_asks(state)
        state.rate_limiter.check(contact_tag, deadline.remaining())
    except LoaderError as error:
        tell_failure(error.code)
        raise
    except RateLimited as problem:
        tell_failure(problem.problem_code, retryable=problem.retryable)
        raise
    return {"token": issue_token(state, contact, deadline, user=contact_tag)}


@blueprint.get("/user")
def user() -> tuple[str, int]:
    """Tell a page whether its user is still logged in: 204, or a problem.

    The page asks when it comes back from the browser's history, or when another tab
    went elsewhere. This does not call the vendor.
    """
    who_asks(current_state())
    return "", 204


@script_blueprint.get("/app_inbox.<fingerprint>.js")
@blueprint.get("/app_inbox.<fingerprint>.js")
def script(fingerprint: str) -> Response:
    """Serve the page script."""
    return respond_with_script(current_state().script, fingerprint)


def issue_token(
    state: State,
    contact: Contact,
    deadline: Deadline | None = None,
    *,
    user: str | None = None,
    connection: str | None = None,
) -> str:
    """Issue a token to a contact, and send a signal about the outcome.

    :param user: the tag for the signal; by default made of the contact and connection.
    :param connection: the OAuth connection to use; None: this request's.
    :returns: the token, "" for a contact that the vendor does not know.
    :raises AppInboxError: with the cause.
    """
    client = state.client_for(connection)
    if user is None:
        name = state.connection_name(connection)
        user = user_tag(this_app(), state.settings, contact, connection=name)
    try:
        with vendor_time() as watch:
            token = client.issue_token(contact, deadline)
    except AppInboxError as error:
        tell_failure(
            error.code, retryable=error.retryable, user=user, duration=watch.seconds
        )
        raise
    signal = token_issued if token else contact_unknown
    send(signal, user=user, duration=watch.seconds)
    return token


def tell_failure(
    code: str,
    *,
    retryable: bool = False,
    user: str | None = None,
    duration: float | None = None,
) -> None:
    """Send ``token_failed``."""
    send(token_failed, code=code, retryable=retryable, user=user, duration=duration)


def who_asks(
    state: State, page_user: str | None = None, *, from_anywhere: bool = False
) -> tuple[Contact, str]:
    """Return the contact of this session and their user tag.

    :param page_user: the tag that the page was rendered with, if no header says it.
    :param from_anywhere: whether pages of other sites may lead here.
    :raises LoaderError: if the site cannot say who is logged in.
    :raises Problem: if nobody is logged in, or not the user of the page.
    """
    if not from_anywhere:
        check_same_origin(request)
    contact = state.contact()
    if contact is None:
        raise LoginRequired
    contact_tag = state.user_tag(contact)
    former = partial(state.former_user_tags, contact)
    check_user(request, contact_tag, shown=page_user, former=former)
    return contact, contact_tag
