"""Choose the sentence that explains a call; the texts hold the sentences."""

from __future__ import annotations

import re

from .flow_record import Entry

#: Method, pattern of the path, the sentence for success and the one for failure.
#: The first match wins. A 401 that is part of the protocol and no fault has its own
#: sentence in explain().
_SENTENCES = (
    ("POST", r"/app-inbox/token", "asked", "asked_no_token"),
    ("GET", r"/app-inbox/unread", "own_count", "own_failed"),
    ("GET", r"/app-inbox/messages", "own_list", "own_failed"),
    ("POST", r"/app-inbox/messages/read", "own_opened", "own_failed"),
    ("POST", r".*/auth/contact/token", "issued", "not_issued"),
    ("POST", r".*/contact", "registered", "not_registered"),
    ("POST", r".*/event", "told", "not_told"),
    ("GET", r"/scripts/.+", "script", "script_failed"),
    ("OPTIONS", r"/appinbox/.*", "preflight", "preflight"),
    ("GET", r"/appinbox/v1/messages/count", "count", "vendor_failed"),
    ("GET", r"/appinbox/v1/messages", "list", "vendor_failed"),
    ("POST", r"/appinbox/v1/messages/status", "opened", "vendor_failed"),
    ("GET", r"/app-inbox/oauth/connect", "oauth_begun", "page_failed"),
    ("GET", r"/app-inbox/oauth/callback", "oauth_back", "oauth_refused"),
    ("POST", r"/app-inbox/oauth/disconnect", "oauth_ended", "page_failed"),
    ("GET", r"/uaa/oauth/authorize", "oauth_consent", "oauth_refused"),
    ("POST", r"/uaa/oauth/authorize", "oauth_decided", "oauth_refused"),
    ("POST", r"/uaa/oauth/token", "oauth_tokens", "oauth_no_tokens"),
    ("GET", r"/api/v[12]/(version|account/info)", "oauth_tried", "vendor_failed"),
    ("POST", r"/chathub/token", "operator_asked", "operator_refused"),
    ("GET", r"/chathub/user", "operator_checked", "operator_refused"),
    ("GET", r"/chathub/panel", "operator_frame", "operator_refused"),
    ("POST", r"/api/company/get-token", "company_token", "operator_not_issued"),
    ("POST", r"/api/operator/get-token", "operator_issued", "operator_not_issued"),
    ("POST", r"/api/operator/validate-token", "operator_valid", "operator_not_issued"),
    ("GET", r"/operator-chat-panel/.+", "panel", "panel_failed"),
    ("OPTIONS", r"/api/chat/.*", "preflight", "preflight"),
    ("GET", r"/api/chat/.*", "chat_read", "vendor_failed"),
    ("POST", r"/api/chat/.*", "chat_answered", "vendor_failed"),
    ("POST", r"/_sandbox/chathub/messages", "customer_wrote", "sandbox_failed"),
    ("PUT", r"/_sandbox/site", "placed", "sandbox_failed"),
    ("DELETE", r"/_sandbox/tokens", "invalidated", "sandbox_failed"),
    ("POST", r"/login", "login", "page_failed"),
    ("POST", r"/logout", "logout", "page_failed"),
    ("POST", r"/checkout", "order", "page_failed"),
    ("POST", r".*", "form", "page_failed"),
    ("GET", r".*", "page", "page_failed"),
)


#: What the shop's own bell asks the shop for.
_OF_OWN_BELL = re.compile(r"/app-inbox/(unread|messages)")


def explain(entry: Entry, *, by_oauth: bool = False) -> str:
    """Return the key of the sentence that explains a call.

    :param by_oauth: the shop has no API key.
    """
    call = entry.call
    if by_oauth and call.path.endswith("/auth/contact/token") and call.status == 200:
        return "flow.says.issued_by_oauth"
    if call.path.startswith("/appinbox/"):
        by_shop = entry.source == "shop"
        if call.status == 401:
            return "flow.says.own_renew" if by_shop else "flow.says.renew"
        if by_shop:
            return f"flow.says.{'for_bell' if call.status < 400 else 'not_for_bell'}"
    if _OF_OWN_BELL.match(call.path) and call.status in (401, 409):
        return "flow.says.own_gone"
    if call.path in ("/app-inbox/token", "/chathub/token") and call.status == 401:
        return "flow.says.nobody"
    if call.path.endswith("/contact") and call.status == 409:
        return "flow.says.registered_before"
    if call.path.startswith("/api/chat/") and call.status == 401:
        return "flow.says.operator_expired"
    for method, path, success, failure in _SENTENCES:
        if call.method == method and re.fullmatch(path, call.path):
            return f"flow.says.{success if 200 <= call.status < 400 else failure}"
    return "flow.says.other"
