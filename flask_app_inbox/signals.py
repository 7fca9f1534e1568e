"""Signals for a site's metrics and alarms.

The sender is the app. Only ``message_received`` names a person; in the others ``user``
is the opaque user tag that the page carries too. Signals about tokens are sent within
the request that asked, so a receiver that needs more asks the site's own
``current_user``. A receiver that raises breaks the request: the endpoint answers
``loader_failed``, a call from Python raises ``LoaderError``. Those of ``messages_read``
and ``connection_lost`` hear of what is done already, so there it is logged instead. A
receiver may be async, in async views too.

What a signal means and carries stands in its ``__doc__``; the manual's table is made
of it.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

token_issued = _signals.signal(
    "app-inbox-token-issued",
    doc="""Sent when the vendor issued a token.

    :param user: the contact's tag.
    :param duration: seconds that the vendor took, creating the contact included.
    """,
)

contact_unknown = _signals.signal(
    "app-inbox-contact-unknown",
    doc="""Sent when the vendor does not know the contact, so that the token is empty.

    :param user: the contact's tag.
    :param duration: seconds that the vendor took.
    """,
)

token_failed = _signals.signal(
    "app-inbox-token-failed",
    doc="""Sent when there is no token to give.

    :param code: the endpoint's, such as ``vendor_timeout``.
    :param retryable: whether the next try may well succeed.
    :param user: the contact's tag; None if the request did not come that far.
    :param duration: seconds that the vendor took; None if it was not asked.
    """,
)

messages_read = _signals.signal(
    "app-inbox-messages-read",
    doc="""Sent when messages were marked as read, in the site's own bell or by Python.

    The vendor has marked them. So a receiver that raises is logged, and the others hear
    it.

    :param user: the contact's tag.
    :param count: how many; None: all of them.
    """,
)

message_received = _signals.signal(
    "app-inbox-message-received",
    doc="""Sent when the vendor's webhook brought a message, once for each.

    It is the one signal that names a person. If a receiver raises, the vendor sends the
    message again, and all receivers hear it again; so they do after a process has died
    in the middle. A receiver that must not act twice goes by the message's ``id``.

    :param message: a :class:`~flask_app_inbox.Message`; its HTML, link and image are
        cleaned as in the bell.
    :param contact: whose it is, by their external id.
    """,
)

connection_lost = _signals.signal(
    "app-inbox-connection-lost",
    doc="""Sent when an OAuth connection is lost and its owner has to connect again.

    Sent once, by the process that finds it out, from a thread with an app context and
    without a request. A receiver that raises is logged, and the others hear it. A
    process that dies at that moment sends nothing: for what must not be missed, watch
    ``flask app-inbox oauth status --json`` as well.

    :param connection: the connection's name.
    :param reason: a sentence for people.
    """,
)
