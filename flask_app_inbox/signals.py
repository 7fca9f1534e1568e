"""Signals that a site may listen to, for its metrics and alarms.

The sender is the app. What is told names no person: ``user`` is the opaque tag that
the page carries, too. Those about tokens are sent within the request that asked, so
a receiver that has to know more asks the site's own ``current_user``. A receiver
that raises breaks the request, as with Flask's own signals; one may be async.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: Sent when the vendor minted a token. ``user``: the contact's tag; ``duration``:
#: seconds that the vendor took, creation of the contact included.
token_issued = _signals.signal("app-inbox-token-issued")

#: Sent when there is no token to give. ``code``: the endpoint's, such as
#: ``vendor_timeout``; ``retryable``: whether the next try may well succeed; ``user``
#: and ``duration`` as above, None where it did not come so far.
token_failed = _signals.signal("app-inbox-token-failed")

#: Sent when the vendor does not know the contact, so that the token is empty.
#: ``user`` and ``duration`` as above.
contact_unknown = _signals.signal("app-inbox-contact-unknown")

#: Sent when an OAuth connection is lost and its owner has to connect again; once,
#: by the process that finds it out, from a thread with an app context and without a
#: request. The sender is the app; ``connection`` is its name, ``reason`` a sentence
#: for people. A process that dies at that moment sends nothing: for what must not be
#: missed, watch ``flask app-inbox oauth status --json`` as well.
connection_lost = _signals.signal("app-inbox-connection-lost")
