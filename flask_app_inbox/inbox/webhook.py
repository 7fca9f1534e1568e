"""The vendor tells of new messages: request, password, body, mark, effect, answer.

Source: the guide "Receiving App Inbox messages to a webhook". It sends a message again
after 401, 429, 500, 502 and 503, and not after 400.

The effect of a message is that its contact's count is asked for anew, and that the
site's receivers hear of it. Each message is marked when that is done, and not before:
a process that dies in the middle leaves no mark, and the vendor's next attempt does it
all. So receivers hear each message at least once. Meanwhile a claim keeps others from
the same message; it ends by itself.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import request

from ..client.contact import Contact
from ..client.foreign_json import read_json
from ..client.message import Message, message_of
from ..errors import AppInboxError, StorageError
from ..signals import message_received
from ..web.body import read_body
from ..web.loaders import send
from ..web.problems import BadRequest
from ..web.shared_store import SharedStore
from ..web.this_app import this_app
from ..web.user_tag import keyed_tag
from .clean_message import clean_message
from .contact_key import contact_key, site_key
from .problems import BeingTaken, WrongPassword
from .settings import Settings
from .state import State, current_state

logger = logging.getLogger(__name__)

#: The most bytes of a body: a thousand messages, the most that a contact has.
MAX_BODY = 4 * 1024 * 1024
#: The most messages in it.
MAX_MESSAGES = 1000

#: Seconds for which a message is known again. For how long the vendor sends it again is
#: not documented.
KEEP = 7 * 24 * 60 * 60.0
#: Seconds for which a request has a message to itself. Receivers may take a while.
CLAIM = 60.0
#: What stands under a message's mark.
_CLAIMED = b"claimed"
_TAKEN = b"taken"

#: Seconds that the vendor is asked to wait, where we know no better.
RETRY_AFTER = 5.0

_ID = "externalCustomerId"


@dataclass(frozen=True)
class Arrival:
    """A message that came, and whose it is."""

    contact: Contact
    message: Message


def webhook() -> dict[str, int]:
    """Take new messages, and answer when their effect is there."""
    state = current_state()
    _check_password(state.settings)
    if (request.content_length or 0) > MAX_BODY:
        raise BadRequest
    arrivals = list(read_arrivals(read_body(MAX_BODY)))
    try:
        return {"taken": _take_all(state, arrivals)}
    except StorageError as error:
        error.retry_after = RETRY_AFTER
        raise


def read_arrivals(body: bytes) -> Iterator[Arrival]:
    """Read a message, or a list of them: the guide shows one and speaks of a list.

    What is no message is left out of a list that has others: refusing it would lose
    those, for the vendor does not send again what was refused. What is no character
    costs itself alone, too.

    :raises BadRequest: if there is nothing to take.
    """
    try:
        told = read_json(body)
    except ValueError:
        raise BadRequest from None
    entries = [told] if isinstance(told, dict) else told
    if not isinstance(entries, list) or len(entries) > MAX_MESSAGES:
        raise BadRequest
    found = [arrival for each in entries if (arrival := _arrival_of(each))]
    if len(found) < len(entries):
        logger.warning(
            "The vendor's webhook brought %d entries, of which %d are no messages to "
            "a contact with an external id.",
            len(entries),
            len(entries) - len(found),
        )
        if not found:
            raise BadRequest
    yield from found


def _check_password(settings: Settings) -> None:
    given = request.authorization
    is_basic = given is not None and given.type == "basic"
    user = (given.username if given and is_basic else None) or ""
    password = (given.password if given and is_basic else None) or ""
    # Both are compared, so that the time does not tell which one is wrong.
    known = _is_same(user, settings.webhook_user)
    known &= _is_same(password, settings.webhook_password or "")
    if not known:
        raise WrongPassword


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _arrival_of(told: object) -> Arrival | None:
    if not isinstance(told, dict):
        return None
    message = message_of(told)
    whose = told.get(_ID)
    if message is None or isinstance(whose, bool):
        return None
    try:
        contact = Contact(external_customer_id=whose)
    except (TypeError, ValueError):
        return None
    # What comes by the webhook is new, whatever it says of itself.
    return Arrival(contact, replace(clean_message(message), read=False))


def _take_all(state: State, arrivals: list[Arrival]) -> int:
    """Take messages; return how many of them were not known.

    One that fails keeps nobody from those after it: the vendor sends all of them again,
    and it might fail each time.

    :raises AppInboxError: if one of them failed, after the others were taken; at once
        if the store did, for then none can be taken.
    :raises BeingTaken: if another request is taking one.
    """
    taken = 0
    failed: AppInboxError | BeingTaken | None = None
    for one in arrivals:
        try:
            taken += _take(state, one)
        except StorageError:
            raise
        except (AppInboxError, BeingTaken) as error:
            if isinstance(failed, AppInboxError):  # only the last one is answered
                state.failures.write(failed)
            failed = error
    if failed is not None:
        raise failed
    return taken


def _take(state: State, arrival: Arrival) -> bool:
    """Do what a message leads to, once; return False for one that is known.

    :raises BeingTaken: if another request is doing so.
    :raises StorageError: if it cannot be told whether it is known.
    """
    store = state.store
    mark = _mark_of(state.settings, arrival)
    if not store.add(mark, _CLAIMED, CLAIM):
        if store.get(mark) == _TAKEN:
            return False
        raise BeingTaken(retry_after=1)
    try:
        _take_effect(state, arrival)
        store.put(mark, _TAKEN, KEEP)
    except BaseException:
        _give_up(store, mark)
        raise
    return True


def _take_effect(state: State, arrival: Arrival) -> None:
    app = this_app()
    if state.inboxes is not None:
        key = contact_key(app, state.settings, arrival.contact, "")
        state.inboxes.counts.forget(key)
    send(message_received, message=arrival.message, contact=arrival.contact)


def _give_up(store: SharedStore, mark: str) -> None:
    # The claim ends by itself, and the request has an answer of its own.
    with contextlib.suppress(StorageError):
        store.drop(mark)


def _mark_of(settings: Settings, arrival: Arrival) -> str:
    """Return the name of a message: opaque, and different for every site and tenant.

    Where the prefix has variables, each tenant has contacts of its own; the path of the
    request tells whose they are.
    """
    tag = keyed_tag(
        site_key(this_app(), settings),
        "flask-app-inbox webhook",
        request.path,
        arrival.contact.external_customer_id or "",
        arrival.message.id,
    )
    return f"webhook:{tag}"
