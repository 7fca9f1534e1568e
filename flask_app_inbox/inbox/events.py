"""What a site tells the vendor about what happened, and the messages that it sends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..client.contact import Contact
from .state import current_state
from .telling import client_to_tell

if TYPE_CHECKING:
    from ..client.params import Params
    from ..client.smartsend import SendResult


class EventCalls:
    """The part of :class:`AppInbox` that makes the vendor send something.

    While ``APP_INBOX_ENABLED`` is False the calls do nothing, and the log says so at
    debug level. Each takes the name of an OAuth ``connection``; by default it uses that
    of the current request.
    """

    def send_event(
        self,
        key: str,
        contact: Contact | None = None,
        params: Params | None = None,
        *,
        key_value: str | None = None,
        connection: str | None = None,
    ) -> None:
        """Tell the vendor that something happened, in the current app.

        The vendor starts the workflows that wait for this event. It makes a new kind of
        event of a key that it does not know.

        Each event that the vendor takes starts them, so a call that may have arrived is
        not made again. If this raises, ``may_have_worked`` of the error tells whether
        you may call again without doubling the event.

        :param key: the event's kind, such as ``"orderPlaced"``: at most 100 characters.
        :param contact: whose event it is; their identifiers travel among the
            parameters. Without one give a ``key_value``.
        :param params: texts, numbers, bools, dates, datetimes, and lists and dicts of
            them. The whole event may have 20 KB.
        :param key_value: what makes this event unique: at most 300 characters.
        :raises ValueError: if something is missing or too long; nothing is sent then.
        :raises TypeError: if something is of a wrong type; nothing is sent then.
        :raises VendorError: with the cause, if the vendor does not take it.
        """
        from ..client.events import event_body, send_event

        path = current_state().settings.event_path
        body = event_body(key, contact, params, key_value=key_value, path=path)
        client = client_to_tell("send_event", connection)
        if client:
            send_event(client.api, body, path=path)

    def send_message(
        self,
        message_id: int,
        to: Contact | Iterable[Contact],
        params: Params | None = None,
        *,
        language: str | None = None,
        connection: str | None = None,
    ) -> list[SendResult]:
        """Send a message that was prepared at the vendor, in the current app.

        :param message_id: the message's number at the vendor.
        :param to: a contact or many, who are sent 1,000 at a time. Nobody gets it
            twice. The vendor finds them by their ``external_customer_id``, else by
            their email or phone; that it finds an App Inbox by those is not documented.
        :param params: for the message's variables, as in :meth:`send_event`.
        :param language: of a message in several languages, such as ``"en"``.
        :returns: a result for each contact. If a later thousand fails as a whole, each
            of its results has the cause as ``error``.
        :raises ValueError: if the number or a parameter cannot be.
        :raises TypeError: if something is of a wrong type.
        :raises VendorError: with the cause, if the first call fails as a whole.
        """
        contacts = [to] if isinstance(to, Contact) else list(to)
        from ..client.smartsend import send_message

        client = client_to_tell("send_message", connection)
        if client is None:
            return []
        return send_message(client.api, message_id, contacts, params, language=language)
