"""Reading the body of a request, up to a size."""

from __future__ import annotations

from flask import request

from .problems import BadRequest


def read_body(most: int) -> bytes:
    """Return the request's body, of which no more is read than it may have.

    :param most: how many bytes it may have.
    :raises BadRequest: if it has more.
    """
    data = b""
    # A body in chunks has no length that could be looked at before.
    while len(data) <= most:
        chunk = request.stream.read(most + 1 - len(data))
        if not chunk:
            break
        data += chunk
    # A function of the site may have read it before.
    data = data or request.get_data(cache=False)
    if len(data) > most:
        raise BadRequest
    return data
