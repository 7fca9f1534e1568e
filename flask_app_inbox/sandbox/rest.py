"""The vendor's REST API, as far as App Inbox needs it.

Errors are plain text, for the vendor's API guide promises a status and perhaps
"text details", no more: a client must not count on JSON there.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Response,
    after_this_request,
    current_app,
    jsonify,
    request,
)
from werkzeug.exceptions import MethodNotAllowed

from .contacts import Contact
from .credentials import authorized, connection_of, lacks_right
from .faults.routes import breakable
from .json_body import BadBody, read_object, text
from .rights import EVENTS_AND_CONTACTS, RIGHTS, open_to
from .snippet import loader_snippet
from .state import state

#: Registered at the root and under ``/api``: the documents show both.
blueprint = Blueprint("rest", __name__)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@blueprint.before_request
def require_credentials() -> Response | None:
    """Refuse requests without the API key or an access token."""
    if authorized(request):
        if lacks_right(request):
            return _plain(
                "Forbidden: the app does not have the right for this method.", 403
            )
        return None
    refusal = _plain("Unauthorized: wrong or missing API key.", 401)
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
    return _plain(str(error), 400)


@blueprint.post("/v1/auth/contact/token")
@breakable("token", "the call that issues a contact's token", wrong_types={"token": 42})
def contact_token() -> Response:
    """Issue a token for the contact in the body; "" when nobody is found.

    Fields that are null or empty count as missing (the vendor's own plugins send
    them); one identifier at least is required (web guides).
    """
    body = read_object(request)
    wanted = Contact(
        external_customer_id=text(body, "externalCustomerId"),
        email=text(body, "email"),
        phone=text(body, "phone"),
    )
    _require_identifier(wanted)
    contact = state().contacts.find(wanted)
    return jsonify(token=state().tokens.issue(contact.id) if contact else "")


@blueprint.post("/v1/contact")
@breakable("contact", "creating or updating a contact", wrong_types={"id": ["1"]})
@open_to(EVENTS_AND_CONTACTS)
def save_contact() -> Response:
    """Create or update a contact (vendor's contact guides)."""
    given = _read_contact(read_object(request))
    work = request.get_data()
    if not state().in_flight.enter(work):
        return _plain("Duplicated request", 400)

    @after_this_request
    def leave(response: Response) -> Response:
        # Only when the answer goes out: a delayed request is still being worked on.
        response.call_on_close(lambda: state_now.in_flight.leave(work))
        return response

    state_now = state()
    return jsonify(id=state_now.contacts.save(given).id)


@blueprint.get("/v1/contacts")
@breakable("contacts", "the list of contacts")
@open_to(EVENTS_AND_CONTACTS)
def contacts() -> Response:
    """List the contacts (the OAuth guide's sample makes this call)."""
    return jsonify([_contact_to_json(contact) for contact in state().contacts.all()])


@blueprint.get("/v1/account/info")
@breakable(
    "account",
    "the account info",
    wrong_types={"orgId": {}, "userEmail": 1, "organisationName": False},
)
@open_to(*RIGHTS)
def account_info() -> Response:
    """Describe the account (plugins test a key with this call)."""
    connection = connection_of(request)
    return jsonify(
        orgId=1,
        userEmail="owner@sandbox.invalid",
        organisationName=connection.account if connection else "Sandbox",
    )


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
@breakable("site", "registering a domain", wrong_types={"siteId": 7})
def register_domain() -> Response:
    """Register a site and return the id of its script."""
    domain = text(read_object(request), "domain").strip().lower()
    if not domain:
        raise BadBody('"domain" is missing.')
    site_id = state().domains.register(domain)
    if site_id is None:
        return _plain("Domain already exists", 400)
    return jsonify(siteId=site_id)


@blueprint.get("/v1/site/script")
@breakable("snippet", "the HTML that loads the widget")
def site_script() -> Response:
    """Return the HTML that loads and starts the script on a page."""
    return _plain(loader_snippet(request.host_url, state().domains.newest_id()))


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
    return _plain("The sandbox does not simulate this method.", 501)


def _read_contact(body: dict[str, Any]) -> Contact:
    channels = body.get("channels") or []
    if not isinstance(channels, list):
        raise BadBody('"channels" must be a list.')
    values = {"email": "", "sms": ""}
    for channel in channels:
        if not isinstance(channel, dict):
            raise BadBody('"channels" must hold objects with "type" and "value".')
        kind = text(channel, "type")
        if kind not in values:
            raise BadBody('A channel\'s "type" must be "email" or "sms".')
        values[kind] = text(channel, "value")
    contact = Contact(
        external_customer_id=text(body, "externalCustomerId"),
        email=values["email"],
        phone=values["sms"],
        first_name=text(body, "firstName"),
        last_name=text(body, "lastName"),
    )
    _require_identifier(contact)
    return contact


def _contact_to_json(contact: Contact) -> dict[str, object]:
    channels = {"email": contact.email, "sms": contact.phone}
    return {
        "id": contact.id,
        "externalCustomerId": contact.external_customer_id or None,
        "firstName": contact.first_name or None,
        "lastName": contact.last_name or None,
        "channels": [
            {"type": kind, "value": value} for kind, value in channels.items() if value
        ],
    }


def _require_identifier(contact: Contact) -> None:
    if not any(contact.identifiers()):
        raise BadBody("Give an email, a phone or an externalCustomerId.")


def _plain(message: str, status: int = 200) -> Response:
    return Response(message, status, mimetype="text/plain")
