"""The vendor's calls about contacts: one, many, a search, a deletion.

Facts of the platform's OpenAPI description, unless something else is named.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, after_this_request, jsonify, request

from .contact_json import (
    contact_to_json,
    names_of_values,
    read_contact,
    whole_numbers,
)
from .contacts import Contact
from .faults.routes import breakable
from .json_body import BadBody, choice, read_object
from .rights import EVENTS_AND_CONTACTS, open_to
from .state import state

blueprint = Blueprint("contacts", __name__)

#: The most contacts of one import, and of one answer to a search.
MOST_IMPORTED = 3000
MOST_FOUND = 500

#: What an import may find contacts by. None: the sandbox has no such value.
_DEDUPE_ON: dict[str, tuple[str, ...] | None] = {
    "email": ("email",),
    "sms": ("phone",),
    "email_or_sms": ("email", "phone"),
    "externalCustomerId": ("external_customer_id",),
    "push": None,
    "id": None,
    "fieldId": None,
}

_contact = breakable(
    "contact",
    "creating or updating a contact, and deleting one",
    wrong_types={"id": ["1"]},
)
_contacts = breakable(
    "contacts",
    "the list of contacts, and the import of many",
    wrong_types={"asyncSessionId": {}, "failedContacts": "none"},
)


@blueprint.errorhandler(BadBody)
def refuse_body(error: BadBody) -> Response:
    """Answer 400 or 415 to a body or a parameter that the call does not accept."""
    return plain(str(error), error.status)


@blueprint.post("/v1/contact")
@_contact
@open_to(EVENTS_AND_CONTACTS)
def save_contact() -> Response:
    """Create or update a contact."""
    given = read_contact(read_object(request))
    if not any(given.identifiers()):
        raise BadBody("Give an email, a phone or an externalCustomerId.")
    work = request.get_data()
    here = state()
    if refusal := here.repeats.enter(work):
        return plain(*refusal)

    @after_this_request
    def leave(response: Response) -> Response:
        # Only when the answer goes out: a delayed request is still being worked on.
        response.call_on_close(lambda: here.repeats.leave(work))
        return response

    return jsonify(id=here.contacts.save(given).id)


@blueprint.delete("/v1/contact")
@_contact
@open_to(EVENTS_AND_CONTACTS)
def delete_contact() -> Response:
    """Delete a contact; ``erase=true`` forgets them for good."""
    external_id = request.args.get("externalCustomerId", "")
    if not external_id:
        raise BadBody('"externalCustomerId" is missing.')
    erase = request.args.get("erase") or "false"
    if erase not in ("true", "false"):
        raise BadBody('"erase" must be true or false.')
    deleted = state().contacts.delete(external_id, erase=erase == "true")
    if deleted is None:
        return plain("There is no such contact.", 404)
    if erase == "true":
        state().messages.erase(deleted.id)
    return jsonify(f"Contact with id='{deleted.id}' has been deleted")


@blueprint.get("/v1/contacts")
@_contacts
@open_to(EVENTS_AND_CONTACTS)
def contacts() -> Response:
    """List the contacts that match all that is asked for."""
    wanted = {
        ours: request.args[name]
        for name, ours in (
            ("externalCustomerId", "external_customer_id"),
            ("email", "email"),
            ("sms", "phone"),
            ("firstname", "first_name"),
            ("lastname", "last_name"),
        )
        if request.args.get(name)
    }
    found = [one for one in state().contacts.all() if _matches(one, wanted)]
    start = _number("startindex", 1, 2**31 - 1)
    rows = _number("maxrows", MOST_FOUND, MOST_FOUND)
    shown = found[start - 1 : start - 1 + rows]
    answer = jsonify([contact_to_json(contact) for contact in shown])
    answer.headers["TotalCount"] = str(len(found))
    return answer


@blueprint.post("/v1/contacts")
@_contacts
@open_to(EVENTS_AND_CONTACTS)
def import_contacts() -> Response:
    """Take up to 3,000 contacts, which are created or updated a little later."""
    body = read_object(request)
    given = body.get("contacts")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadBody('"contacts" must be a list of objects.')
    if len(given) > MOST_IMPORTED:
        raise BadBody(f'"contacts" may hold at most {MOST_IMPORTED}.')
    dedupe_on = choice(body, "dedupeOn", _DEDUPE_ON)
    key = _DEDUPE_ON[dedupe_on]
    if key is None:
        return plain(f"The sandbox does not simulate dedupeOn {dedupe_on}.", 501)
    values = names_of_values(body, "contactFields")
    numbers = whole_numbers(body, "customFieldsIDs")
    restore = body.get("restoreDeleted") is True
    taken, failed = [], []
    for one in given:
        contact = read_contact(one)
        found_by = _found_by(contact, key)
        if reason := _objection(contact, found_by):
            failed.append({**one, "error": reason})
        else:
            taken.append((found_by, contact))
    contacts = state().contacts
    session = state().imports.begin(
        taken,
        lambda contact: contacts.bring(
            contact, key=key, values=values, fields=numbers, restore=restore
        ),
    )
    return jsonify(
        # One alone is no list, says the description.
        failedContacts=failed[0] if len(failed) == 1 else failed,
        asyncSessionId=session,
    )


@blueprint.get("/v1/importstatus/<session_id>")
@breakable(
    "import-status", "the status of an import", wrong_types={"status": 1, "mapping": {}}
)
@open_to(EVENTS_AND_CONTACTS)
def import_status(session_id: str) -> Response:
    """Tell how an import is doing."""
    status = state().imports.status(session_id)
    return jsonify(status) if status else plain("There is no such import.", 404)


def plain(message: str, status: int = 200) -> Response:
    """Return an answer in plain text."""
    return Response(message, status, mimetype="text/plain")


def _found_by(contact: Contact, key: tuple[str, ...]) -> str:
    if contact.external_customer_id:
        return contact.external_customer_id
    known = dict(contact.identifiers())
    return next((known[name] for name in key if name in known), "")


def _objection(contact: Contact, found_by: str) -> str:
    """Return why an import cannot take a contact; "": it can."""
    if not found_by:
        return "The contact has no value to be found by."
    if contact.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", contact.email):
        return "The email is not valid."
    if re.search("[0-9]", contact.first_name + contact.last_name):
        return "Numbers are not allowed in names."
    return ""


def _matches(one: Contact, wanted: dict[str, str]) -> bool:
    asked, known = _values(Contact(**wanted)), _values(one)  # type: ignore[arg-type] # all are strings
    # A phone without a digit is asked for, and nobody's.
    return all(name in asked and asked[name] == known.get(name) for name in wanted)


def _values(contact: Contact) -> dict[str, str]:
    names = {"first_name": contact.first_name, "last_name": contact.last_name}
    return {**names, **dict(contact.identifiers())}


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name)
    if not given:
        return default
    if not re.fullmatch("[0-9]{1,10}", given) or not 1 <= int(given) <= most:
        raise BadBody(f'"{name}" must be a whole number from 1 to {most}.')
    return int(given)
