"""Every message goes out here: into the contact's inbox, and to the site's webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import steps
from .messages import DEFAULT_LIFETIME, Content, Message

if TYPE_CHECKING:
    from .contacts import Contact
    from .state import State


def deliver(
    here: State,
    contact: Contact,
    says: Content,
    lifetime: float = DEFAULT_LIFETIME,
    *,
    message_id: int = 0,
    event: int | None = None,
) -> Message:
    """Put a message into a contact's inbox, and tell the webhook of it.

    :param message_id: the number of what it was made of.
    :param event: the id of the event that it comes from.
    """
    message = here.messages.send(contact.id, says, lifetime)
    here.steps.add(
        steps.MESSAGE, f"message {message.id} to contact {contact.id}", event=event
    )
    here.webhook.tell(message, contact, message_id=message_id, event=event)
    return message
