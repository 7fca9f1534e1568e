"""The headers that let a shop's page call the inbox from another origin."""

from __future__ import annotations

PREFIX = "/appinbox/"

#: On every answer under `PREFIX`, errors too: a page cannot read a status without.
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
