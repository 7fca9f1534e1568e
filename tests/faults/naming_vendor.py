"""A vendor whose tokens say whom they are for, and which knows its connections."""

from __future__ import annotations

import json

from tests.faults.raw_vendor import Line, RawVendor, http
from tests.fixtures.certificates import Authority

#: The number of a customer and an operator for whom it answers nonsense.
UNKNOWN = 404


class NamingVendor(RawVendor):
    """App Inbox and ChatHub over TLS; a context manager.

    :param authority: signs its certificate.
    """

    def __init__(self, authority: Authority) -> None:
        super().__init__(self._answer, authority.server(), handshake=False)
        #: For each connection the path of each call on it.
        self.lines: list[list[str]] = []

    def __enter__(self) -> NamingVendor:
        super().__enter__()
        return self

    def paths(self) -> list[str]:
        """Return the path of each call, whatever connection it came on."""
        return [path for line in self.lines for path in line]

    def _answer(self, line: Line) -> None:
        line.secure()
        calls: list[str] = []
        self.lines.append(calls)
        while True:
            head, _, body = line.read_request().partition(b"\r\n\r\n")
            path = head.split()[1].decode()
            calls.append(path)
            line.send(http(json.dumps(_answer_to(path, json.loads(body))).encode()))


def _answer_to(path: str, body: dict[str, object]) -> dict[str, object]:
    if path.endswith("/validate-token"):
        return {"isValid": True}
    who = str(body.get("email") or body.get("id") or body.get("login"))
    return {} if who.endswith(str(UNKNOWN)) else {"token": f"token-for-{who}"}
