"""Which sentence explains a call; the sentences are in the shop's texts."""

from __future__ import annotations

import re

from .flow_record import Entry

#: Method, pattern of the path, the sentence of a success, that of a failure.
#: The first line that fits is taken. 401 has its own sentence where it is part of
#: the protocol and no fault.
_SENTENCES = (
    ("POST", r"/app-inbox/token", "asked", "asked_in_vain"),
    ("POST", r".*/auth/contact/token", "minted", "minted_in_vain"),
    ("GET", r"/scripts/.+", "script", "script_failed"),
    ("OPTIONS", r"/appinbox/.*", "preflight", "preflight"),
    ("GET", r"/appinbox/v1/messages/count", "count", "vendor_failed"),
    ("GET", r"/appinbox/v1/messages", "list", "vendor_failed"),
    ("POST", r"/appinbox/v1/messages/status", "opened", "vendor_failed"),
    ("POST", r"/_sandbox/contacts", "introduced", "sandbox_failed"),
    ("POST", r"/_sandbox/messages", "sent", "sandbox_failed"),
    ("DELETE", r"/_sandbox/tokens", "invalidated", "sandbox_failed"),
    ("POST", r"/login", "login", "page_failed"),
    ("POST", r"/logout", "logout", "page_failed"),
    ("POST", r"/checkout", "order", "page_failed"),
    ("POST", r".*", "form", "page_failed"),
    ("GET", r".*", "page", "page_failed"),
)


def explain(entry: Entry) -> str:
    """Return the key of the sentence that explains a call."""
    call = entry.call
    if call.path.startswith("/appinbox/") and call.status == 401:
        return "flow.says.renew"
    if call.path.endswith("/app-inbox/token") and call.status == 401:
        return "flow.says.nobody"
    for method, path, success, failure in _SENTENCES:
        if call.method == method and re.fullmatch(path, call.path):
            return f"flow.says.{success if 200 <= call.status < 400 else failure}"
    return "flow.says.other"
