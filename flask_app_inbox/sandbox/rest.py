"""The vendor's REST API, as far as App Inbox needs it.

Errors are plain text, for the vendor's API guide promises a status and perhaps
"text details", no more: a client must not count on JSON there. 401 is JSON for the one
that does.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import MethodNotAllowed

from . import contact_calls, event_calls
from .contact_calls import plain
from .contacts import Contact
from .credentials import authorized, connection_of, lacks_right
from .faults.routes import breakable
from .json_body import BadBody, read_object, text, text_or_number
from .rights import RIGHTS, open_to
from .snippet import loader_snippet
from .state import state

#: Registered at the root and under ``/api``: the documents show both.
blueprint = Blueprint("rest", __name__)
blueprint.register_blueprint(contact_calls.blueprint)
blueprint.register_blueprint(event_calls.blueprint)

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}")

_site = breakable(
    "site", "registering the domain, and the list with it", wrong_types={"siteId": 7}
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@blueprint.before_request
def require_credentials() -> Response | None:
    """Refuse requests without the API key or an access token.

    No document shows the body; the platform's own app for Shopify reads its ``status``.
    """
    if authorized(request):
        if lacks_right(request):
            return plain(
                "Forbidden: the app does not have the right for this method.", 403
            )
        return None
    refusal = jsonify(status=401, message="Unauthorized: wrong or missing API key.")
    refusal.status_code = 401
    refusal.headers["WWW-Authenticate"] = 'Basic realm="sandbox"'
    return refusal


@blueprint.after_request
def forbid_storing(response: Response) -> Response:
    """Keep tokens and personal data out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(BadBody)
def refuse_body(error: BadBody) -> Response:
    """Answer 400 to a body that the call does not accept."""
    return plain(str(error), 400)


@blueprint.post("/v1/auth/contact/token")
@breakable("token", "the call that issues a contact's token", wrong_types={"token": 42})
def contact_token() -> Response:
    """Issue a token for the contact in the body; "" when nobody is found.

    Fields that are null or empty count as missing (the vendor's own plugins send
    them); one identifier at least is required (web guides).
    """
    body = read_object(request)
    wanted = Contact(
        external_customer_id=text_or_number(body, "externalCustomerId"),
        email=text(body, "email"),
        phone=text(body, "phone"),
    )
    _require_identifier(wanted)
    contact = state().contacts.find(wanted)
    return jsonify(token=state().tokens.issue(contact.id) if contact else "")


@blueprint.get("/v1/account/info")
@breakable(
    "account",
    "the account info",
    wrong_types={"userEmail": 1, "organisationName": False},
)
@open_to(*RIGHTS)
def account_info() -> Response:
    """Describe the account (plugins test a key with this call)."""
    return jsonify(userEmail="owner@sandbox.example", organisationName=_organization())


@blueprint.get("/v1/version")
@blueprint.get("/v2/version")
@breakable(
    "version", "the version", wrong_types={"version": 20417, "protocolVersion": []}
)
@open_to(*RIGHTS)
def version() -> Response:
    """Return the API's version."""
    return jsonify(version="1", protocolVersion="1.0")


@blueprint.post("/v1/site/domains")
@_site
def register_domain() -> tuple[Response, int]:
    """Register a site, or find it, and return the id of its script.

    201, 200 and one domain per organization are of the OpenAPI description, the body is
    what the plugins read. How another domain is refused is documented nowhere; the
    platform's app for Shopify knows these words.
    """
    domain = text(read_object(request), "domain").strip().lower()
    if not _DOMAIN.fullmatch(domain):
        raise BadBody("Invalid domain name")
    known, is_new = state().domains.register(_organization(), domain)
    if known.name != domain:
        raise BadBody("Domain is already registered")
    return jsonify(siteId=known.script_id), 201 if is_new else 200


@blueprint.get("/v1/site/domains")
@_site
def domains() -> Response:
    """Return the organization's domain in a list; without one it is empty."""
    domain = state().domains.find(_organization())
    return jsonify([{"domain": domain.name}] if domain else [])


@blueprint.get("/v1/site/script")
@breakable("snippet", "the HTML that loads the widget")
def site_script() -> Response:
    """Return the HTML that loads and starts the script on a page.

    "The domain must exist for an organization before getting a script", says the
    OpenAPI description, and not what is answered otherwise.
    """
    domain = state().domains.find(_organization())
    if domain is None:
        return plain("Register the organization's domain first.", 404)
    return plain(loader_snippet(request.host_url, domain.script_id))


@blueprint.route("/v1/<path:_>", methods=METHODS)
@blueprint.route("/v2/<path:_>", methods=METHODS)
@open_to(*RIGHTS)
def not_simulated(_: str) -> Response:
    """Answer 501 to all other calls, and 405 to wrong methods of the calls above."""
    routes = current_app.create_url_adapter(request)
    assert routes is not None  # noqa: S101 - there is a request
    known = [m for m in METHODS if routes.match(method=m)[0] != request.endpoint]
    if known:
        raise MethodNotAllowed(known)
    return plain("The sandbox does not simulate this method.", 501)


def _organization() -> str:
    """Return the name of the account that a request is made for."""
    connection = connection_of(request)
    return connection.account if connection else "Sandbox"


def _require_identifier(contact: Contact) -> None:
    if not any(contact.identifiers()):
        raise BadBody("Give an email, a phone or an externalCustomerId.")
