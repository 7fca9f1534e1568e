"""A program of somebody who has read the OAuth guide and no other text."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from flask_app_inbox.sandbox import SandboxServer

CALLBACK = "http://my-host.example:8081/test/callback"


class Program:
    """It speaks like the guide's own sample: no ``state``, no PKCE, a form body.

    :param details: of the app's registration.
    """

    def __init__(self, sandbox: SandboxServer, **details: Any) -> None:
        self.url = sandbox.url
        self._http = requests.Session()
        self._http.trust_env = False
        app = self.control(
            "POST", "clients", {"name": "Program", "redirect_uri": CALLBACK, **details}
        )
        assert app.status_code == 201
        self.client_id = app.json()["client_id"]
        self.client_secret = app.json()["client_secret"]

    def send(self, method: str, path: str, **request: Any) -> requests.Response:
        """Send a request, and follow no redirect."""
        return self._http.request(
            method, self.url + path, allow_redirects=False, timeout=30, **request
        )

    def control(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Do what an account's owner does in its settings."""
        return self.send(method, f"/_sandbox/oauth/{path}".rstrip("/"), json=body)

    def address(self, **parameters: str) -> str:
        """Return the path of the consent page, with the documented parameters."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            **parameters,
        }
        pairs = "&".join(f"{name}={value}" for name, value in query.items())
        return f"/uaa/oauth/authorize?{pairs}"

    def decide(self, decision: str, **form: str) -> dict[str, str]:
        """Decide as the owner of an account; return the callback's parameters."""
        form = {"decision": decision, **form}
        decided = self.send("POST", self.address(), data=form)
        assert decided.status_code == 302
        target, _, query = decided.headers["Location"].partition("?")
        assert target == CALLBACK
        return {name: values[0] for name, values in parse_qs(query).items()}

    def code(self) -> str:
        """Return a code that an owner has allowed."""
        return self.decide("allow")["code"]

    def ask(self, form: dict[str, str], *, query: bool = False) -> requests.Response:
        """Ask for tokens: in a form with Basic credentials, or all in the query."""
        if query:
            secrets = {
                "client_id": self.client_id,
                "client_secret": self.client_secret,
            }
            return self.send("POST", "/uaa/oauth/token", params=form | secrets)
        auth = (self.client_id, self.client_secret)
        return self.send("POST", "/uaa/oauth/token", data=form, auth=auth)

    def exchange(self, code: str, **options: bool) -> requests.Response:
        """Exchange a code for tokens."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
        }
        return self.ask(form, **options)

    def refresh(self, token: str, code: str, **options: bool) -> requests.Response:
        """Exchange a refresh token, in the documented form."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": token,
            "code": code,
            "redirect_uri": CALLBACK,
        }
        return self.ask(form, **options)

    def connect(self) -> dict[str, Any]:
        """Return tokens, and the code that they came for."""
        code = self.code()
        answer = self.exchange(code)
        assert answer.status_code == 200, answer.text
        return {**answer.json(), "code": code}

    def call(self, method: str, path: str, token: str) -> requests.Response:
        """Call the API with an access token."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.send(method, path, headers=headers)

    def close(self) -> None:
        self._http.close()


def query_of(address: object) -> dict[str, str]:
    """Return the parameters of an address."""
    pairs = parse_qs(urlsplit(str(address)).query)
    return {name: values[0] for name, values in pairs.items()}
