"""The headers that let pages call the inbox and the chats from another origin."""

from __future__ import annotations

PREFIX = "/appinbox/"
CHAT_PREFIX = "/api/chat/"

#: Where every answer is for pages, errors too: they cannot read a status without.
PREFIXES = (PREFIX, CHAT_PREFIX)

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ES-TOKEN, Retry-After",
}

#: On the answer to a preflight, beside the others.
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "ES-TOKEN, Content-Type",
    "Access-Control-Max-Age": "600",
}

#: The same for the chat calls.
CHAT_PREFLIGHT_HEADERS = {
    **PREFLIGHT_HEADERS,
    "Access-Control-Allow-Headers": "Authorization, X-Authorization-Key, Content-Type",
}
