"""What stands in for the network while a double is in use."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, appcontext_pushed, current_app, has_app_context

from ..per_process import everything

if TYPE_CHECKING:
    from requests import PreparedRequest
    from responses import RequestsMock

#: Status, headers and body, as responses wants them.
Reply = tuple[int, dict[str, str], str]


class Wire:
    """Where the doubles listen; of requests, nothing goes anywhere else."""

    def __init__(self, requests: RequestsMock) -> None:
        self._requests = requests
        self._taken: set[tuple[str, str]] = set()

    def listen(
        self,
        method: str,
        url: str,
        answer: Callable[[PreparedRequest], Reply],
        rest: str = "",
    ) -> None:
        """Answer the calls of an address, with any query.

        :param rest: a pattern of what follows the address.
        """
        pattern = rf"{re.escape(url)}{rest}(\?.*)?$"
        if (method, pattern) not in self._taken:
            self._taken.add((method, pattern))
            self._requests.add_callback(
                method, re.compile(pattern, re.IGNORECASE), callback=answer
            )

    @contextmanager
    def apps(self, meet: Callable[[Flask], None]) -> Iterator[None]:
        """Call a function with each app whose context is pushed, and the current one.

        No app calls a vendor before that.
        """

        def receive(app: Flask, **_: object) -> None:
            meet(app)

        with appcontext_pushed.connected_to(receive):
            if has_app_context():
                app: Any = current_app
                meet(app._get_current_object())
            yield


def forget_earlier_tests() -> None:
    """Drop what apps keep between requests: breakers, counts, tokens, connections.

    An app of a whole session would carry them from one test into the next.
    """
    for one in everything():
        thing = one.forget()
        for end in ("close", "dispose"):
            getattr(thing, end, lambda: None)()


def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to the internet, as if there were no network.

    This machine and private networks stay within reach: a test's database may be there.
    """
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        if _is_outside(self, address):
            raise ConnectionRefusedError(
                errno.ECONNREFUSED, "In this test nothing leaves for the internet"
            )
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        return (
            errno.ECONNREFUSED
            if _is_outside(self, address)
            else connect_ex(self, address)
        )

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


def _is_outside(sock: socket.socket, address: Any) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    try:
        found = socket.getaddrinfo(address[0], address[1], sock.family)
    except OSError:
        return False  # it leads nowhere
    hosts = {str(one[4][0]).partition("%")[0] for one in found}
    return any(ipaddress.ip_address(host).is_global for host in hosts)
