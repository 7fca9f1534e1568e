"""Signals for a site's metrics and alarms.

The sender is the app. No signal names a person: ``user`` is the opaque user tag that
the page carries too. Signals about tokens are sent within the request that asked, so a
receiver that needs more asks the site's own ``current_user``. A receiver that raises
breaks the request, as with Flask's own signals. A receiver may be async.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: Sent when the vendor issued a token. ``user``: the user tag; ``duration``: seconds
#: that the vendor took, including the creation of the contact.
token_issued = _signals.signal("app-inbox-token-issued")

#: Sent when no token could be issued. ``code``: the code of the endpoint's answer, such
#: as ``vendor_timeout``; ``retryable``: whether the next try may succeed; ``user`` and
#: ``duration`` as above, None if the request failed before they were known.
token_failed = _signals.signal("app-inbox-token-failed")

#: Sent when the vendor does not know the contact and the token is empty.
#: ``user`` and ``duration`` as above.
contact_unknown = _signals.signal("app-inbox-contact-unknown")

#: Sent when an OAuth connection is lost and its owner must connect again.
#: ``connection``: its name; ``reason``: a sentence for people. It is sent once, by the
#: process that finds out, from a thread with an app context and without a request. A
#: process that dies at that moment sends nothing: if you must not miss it, watch
#: ``flask app-inbox oauth status --json`` as well.
connection_lost = _signals.signal("app-inbox-connection-lost")
