"""The sandbox as these tests use it: its control API, and an owner who consents."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from flask_app_inbox.sandbox import SandboxServer

CALLBACK = "http://localhost/app-inbox/oauth/callback"


class Vendor:
    """A running sandbox and an app that is registered with it."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.url = server.url
        self._session = requests.Session()
        self._session.trust_env = False
        self.register()

    def close(self) -> None:
        self._session.close()

    def register(self, **details: Any) -> None:
        """Register the app that the sites of this test are."""
        body = {"name": "Shop", "redirect_uri": CALLBACK, **details}
        app = self.control("POST", "oauth/clients", body)
        self.client_id: str = app["client_id"]
        self.client_secret: str = app["client_secret"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API and return its answer."""
        answer = self.send(method, f"/_sandbox/{path}", json=body)
        assert answer.ok, answer.text
        return answer.json()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.url + path
        options.setdefault("timeout", 30)
        return self._session.request(method, url, allow_redirects=False, **options)

    def configure(self, **settings: Any) -> None:
        self.control("PUT", "oauth", settings)

    def fault(self, **fault: Any) -> None:
        self.control("POST", "faults", fault)

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def connections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "oauth/connections")
        return found

    def refreshes(self) -> int:
        """How often the newest connection was refreshed, as the vendor counts."""
        return int(self.connections()[-1]["refreshes"])

    def consent(self, url: str, decision: str = "allow", **form: str) -> str:
        """Decide on the consent page; return where the browser is sent."""
        page = self.send("GET", url)
        assert page.status_code == 200, page.text
        answer = self.send("POST", url, data={"decision": decision, **form})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def code(self, url: str) -> str:
        """Allow the access and return the code."""
        return parse_qs(urlsplit(self.consent(url)).query)["code"][0]

    def open_connections(self) -> int:
        """How many others are connected, all that have arrived so far included."""
        assert self.server._server is not None
        asking = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        # The server takes clients in turn, so this one comes after all others. Its own
        # connection may be counted for a moment after its end.
        asking.request("GET", "/_sandbox/oauth/clients")
        ours = asking.sock.getsockname()
        asking.getresponse().read()
        peers = [_peer_of(one) for one in list(self.server._server._open.values())]
        asking.close()
        return len([peer for peer in peers if peer != ours])

    def paths(self) -> list[str]:
        """The paths that were asked for, the oldest first."""
        return [entry["path"] for entry in self.control("GET", "requests")]


def _peer_of(connection: socket.socket) -> object:
    try:
        return connection.getpeername()
    except OSError:  # it is gone, and what it sent is being worked on
        return None


def plain_address(vendor: Vendor) -> str:
    """Return the consent page's address as the guide prints it: no state, no PKCE."""
    return (
        f"{vendor.url}/uaa/oauth/authorize?response_type=code"
        f"&client_id={vendor.client_id}&redirect_uri={CALLBACK}"
    )
