"""The owner's pages: connect the site to the vendor, see how it is, disconnect.

Only users for whom the site's ``owner_loader`` returns true see them. Everybody else
gets a 404, and so does everybody without a loader.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from flask import (
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
)
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import TemplateNotFound
from werkzeug.wrappers import Response as AnyResponse

from ..errors import (
    AppInboxError,
    LoaderError,
    ReconnectNeeded,
    StorageError,
    VendorError,
    explain,
)
from ..web.addresses import own_url
from ..web.assets import render_page, respond_with_page_style
from ..web.blueprint import AnyHostBlueprint, exempt_from_form_tokens
from ..web.guards import check_same_origin
from ..web.problems import Problem
from ..web.session import leave_session_alone
from ..web.this_app import this_app
from .connections import OAuthConnections, current_connections
from .status import account_name, connect_command

logger = logging.getLogger(__name__)

#: Seconds that an owner may take at the vendor's consent page.
MAX_AGE = 3600
#: Seconds that they wait for another connection's refresh when they come back.
PATIENCE = 20.0
#: What a browser comes back with from there. It is not in the site's session: what is
#: saved at the end of a slow callback could bring back a session that has ended.
COOKIE = "app_inbox_oauth"

blueprint = AnyHostBlueprint("app_inbox_oauth", __name__, template_folder="templates")
blueprint.register_error_handler(Problem, Problem.respond)
exempt_from_form_tokens(blueprint)
leave_session_alone(blueprint, own_cookie=COOKIE)

_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@blueprint.before_request
def _let_owners_in() -> None:
    if not _oauth().is_owner():
        abort(404)


@blueprint.get("/", strict_slashes=False)
def status() -> str:
    """Show how the connection is doing."""
    shown = _oauth().status()
    return _page(
        "oauth_status.html",
        shown=shown,
        account=account_name(shown.get("account", {})),
    )


@blueprint.get("/connect")
def connect() -> AnyResponse:
    """Send the owner to the vendor's consent page."""
    if not current_app.secret_key:
        raise StorageError(
            "SECRET_KEY is not set, so it would not be known who comes back. Set it, "
            "or connect with `flask app-inbox oauth connect`."
        )
    # Report a wrong key now, not after the consent.
    name = _oauth().current_name()
    _oauth().store.read(name, _oauth().deadline())
    state = secrets.token_urlsafe(32)
    visit = {
        "state": state,
        "connection": name,
        # The vendor sends everybody to one address, whichever tenant's page they left.
        "next": path_of_this_site(request.args.get("next")) or _address("status"),
    }
    response = redirect(_oauth().client.authorize_url(state, _verifier(state)))
    _set_cookie(response, _signer().dumps(visit), max_age=MAX_AGE)
    return response


@blueprint.get("/callback")
def callback() -> AnyResponse | tuple[str, int]:
    """Take the owner back from the vendor, with a code or a refusal."""
    begun = _begun()
    state = request.args.get("state", "")
    if not state and "code" in request.args:
        return _explain_bare_code()
    if begun is None or not hmac.compare_digest(
        begun["state"].encode(), state.encode()
    ):
        return _failed(
            "This visit did not begin here, or it is over already. Begin again."
        )
    error = request.args.get("error")
    if error == "access_denied":
        return _failed("You did not allow the access, so nothing was connected.")
    if error is not None:
        logger.warning("The vendor's consent page returned an error.")
        known = re.fullmatch("[a-z_]{1,40}", error)
        return _failed(
            f"The vendor answered an error{f' ({error})' if known else ''}, so nothing "
            "was connected."
        )
    code = request.args.get("code", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,2000}", code):
        return _failed("The vendor sent no code, so nothing was connected.")
    try:
        _oauth().connect(begun["connection"], code, _verifier(state), patience=PATIENCE)
    except StorageError as error_:
        if not error_.retryable:
            raise
        logger.warning("The site was not connected yet: %s", error_)
        g.app_inbox_visit_goes_on = True
        return _failed(f"{error_} Reload this page in a moment.", 503)
    except ReconnectNeeded as error_:
        return _failed(explain(error_))
    except VendorError as error_:
        logger.warning("The site was not connected: %s", error_)
        return _failed(explain(error_), error_.http_status)
    return redirect(path_of_this_site(begun["next"]) or _address("status"), 303)


@blueprint.post("/disconnect")
def disconnect() -> str:
    """Forget the connection, and say how to revoke it at the vendor."""
    check_same_origin(request)
    _oauth().store.disconnect(_oauth().current_name(), _oauth().deadline())
    return _page("oauth_disconnected.html")


@blueprint.get("/oauth.css")
def style() -> Response:
    """Serve the pages' style."""
    return respond_with_page_style("oauth/static/oauth.css")


@blueprint.errorhandler(StorageError)
@blueprint.errorhandler(LoaderError)
def _tell_trouble(error: AppInboxError) -> tuple[str, int]:
    logger.error(
        "The owner's OAuth page cannot be shown: %s",
        error,
        exc_info=error.__cause__ if isinstance(error, LoaderError) else None,
    )
    return _failed(explain(error), 503)


@blueprint.after_request
def _end_visit(response: Response) -> Response:
    """Let a callback work once, however it ends, unless its code was not used."""
    ends = request.endpoint == f"{blueprint.name}.callback"
    if ends and current_connections() and "app_inbox_visit_goes_on" not in g:
        _set_cookie(response, "", max_age=0)
    return response


@blueprint.after_request
def _protect(response: Response) -> Response:
    response.cache_control.no_store = True
    response.vary.add("Cookie")
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    # The callback's address holds the code. "no-referrer" would also hide the origin
    # of our own form from us.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def path_of_this_site(given: str | None) -> str | None:
    """Return a path if a browser would stay on this site with it, else None.

    Browsers drop control characters, read a backslash as a slash, and read two slashes
    as the start of a host.
    """
    if given is None or not re.fullmatch(r"/(?![/\\])[^\\\x00-\x20\x7f]*", given):
        return None
    return given


def _oauth() -> OAuthConnections:
    oauth = current_connections()
    if oauth is None:
        abort(404)
    return oauth


def _page(name: str, **values: object) -> str:
    """Render a page: in our environment, or the site's where it has its own."""
    values["address_of"] = _address
    page = f"app_inbox/{name}"
    if _is_the_sites(page) or _is_the_sites("app_inbox/oauth_page.html"):
        return render_template(page, **values)
    return render_page(__package__, page, **values)


def _is_the_sites(name: str) -> bool:
    """Return whether the site has a template in the place of ours."""
    environment = this_app().jinja_env
    if environment.loader is None:
        return False
    try:
        _, path, _ = environment.loader.get_source(environment, name)
    except TemplateNotFound:
        return False
    return path is None or not path.startswith(blueprint.root_path)


def _address(route: str) -> str:
    return own_url(this_app(), f"{blueprint.name}.{route}")


def _failed(message: str, status: int = 400) -> tuple[str, int]:
    return _page("oauth_failed.html", message=message), status


def _explain_bare_code() -> tuple[str, int]:
    """Say what to do with a code that came without a state.

    The guide promises no state. Without one, anybody could have sent the owner here
    with a code of their own account, so the site exchanges nothing.
    """
    command = connect_command(_oauth().current_name())
    return _page("oauth_bare_code.html", command=command), 400


def _begun() -> dict[str, Any] | None:
    """Return the visit that this browser has begun here, unless it took too long."""
    if not current_app.secret_key:
        return None
    try:
        visit: dict[str, Any] = _signer().loads(
            request.cookies.get(COOKIE, ""), max_age=MAX_AGE
        )
    except BadSignature:
        return None
    return visit


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.secret_key or "", salt="flask-app-inbox oauth visit"
    )


def _set_cookie(response: AnyResponse, value: str, max_age: int) -> None:
    app = current_app
    response.set_cookie(
        COOKIE,
        value,
        max_age=max_age,
        path=_oauth().client.callback_path,
        domain=app.config["SESSION_COOKIE_DOMAIN"] or None,
        secure=app.config["SESSION_COOKIE_SECURE"] or request.is_secure,
        httponly=True,
        # It has to come with the redirect from the vendor's page.
        samesite="Lax",
    )


def _verifier(state: str) -> str:
    """Return the PKCE verifier that belongs to a state.

    Whoever has the cookie can read it, so the verifier is not in it but made anew from
    the site's secret.
    """
    key = current_app.secret_key or b""
    key = key.encode() if isinstance(key, str) else key
    digest = hmac.new(key, f"flask-app-inbox pkce\0{state}".encode(), sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
