"""A client of the sandbox's control API: contacts, messages, tokens, the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import requests
from flask import Flask, current_app

#: Seconds to connect, and to wait for the answer.
_TIMEOUT = (1.0, 2.0)

_EXTENSION = "shop_sandbox"


class SandboxError(Exception):
    """The sandbox did not answer, or not as expected.

    :param status: of the answer; 0 if there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class UnknownContact(SandboxError):
    """The sandbox does not know this contact."""


@dataclass(frozen=True)
class Notice:
    """One message; `image` and `link` are absolute addresses."""

    title: str
    content: str
    image: str
    link: str
    category: str


@dataclass(frozen=True)
class Call:
    """One call: when it began (seconds), its path, status (0: no answer), duration."""

    at: float
    method: str
    path: str
    status: int
    ms: float


class SandboxClient:
    """Call the sandbox's control API.

    :param url: where the sandbox listens, without a slash at the end.
    :param on_call: receives every call that changes something.
    """

    def __init__(self, url: str, on_call: Callable[[Call], None]) -> None:
        self._url = url
        self._on_call = on_call
        self._session = requests.Session()
        self._session.trust_env = False

    def contact_emails(self) -> set[str]:
        """Return the emails of all contacts."""
        contacts = _list_of_objects(self._call("GET", "/_sandbox/contacts"))
        return {str(contact.get("email")) for contact in contacts}

    def send(self, email: str, notice: Notice) -> None:
        """Put a message into somebody's inbox.

        :raises UnknownContact: if the sandbox does not know them.
        """
        body = {"email": email, **asdict(notice)}
        try:
            self._call("POST", "/_sandbox/messages", body)
        except SandboxError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise UnknownContact(str(error), error.status) from error
            raise

    def place_bell(self, selector: str, position: str) -> None:
        """Set where the bell goes; the icon stays."""
        site = _object(self._call("GET", "/_sandbox/site"))
        body = {**site, "selector": selector, "position": position}
        self._call("PUT", "/_sandbox/site", body)

    def invalidate_tokens(self) -> None:
        """Invalidate every token that was issued."""
        self._call("DELETE", "/_sandbox/tokens")

    def register_app(self, name: str, redirect_uri: str) -> tuple[str, str]:
        """Register an app for OAuth; return its id and its secret."""
        body = {"name": name, "redirect_uri": redirect_uri}
        answer = _object(self._call("POST", "/_sandbox/oauth/clients", body))
        return str(answer.get("client_id")), str(answer.get("client_secret"))

    def shorten_access_tokens(self, seconds: float) -> None:
        """Set how long OAuth access tokens live from now on."""
        self._call("PUT", "/_sandbox/oauth", {"access_token_life": seconds})

    def organizations(self) -> list[dict[str, Any]]:
        """Return ChatHub's organizations, each with its operators."""
        return _list_of_objects(self._call("GET", "/_sandbox/chathub/organizations"))

    def add_organization(self, name: str) -> dict[str, Any]:
        """Add an organization."""
        body = {"name": name}
        return _object(self._call("POST", "/_sandbox/chathub/organizations", body))

    def add_operator(self, organization: int, name: str) -> dict[str, Any]:
        """Add an operator to an organization."""
        body = {"organizationId": organization, "name": name}
        return _object(self._call("POST", "/_sandbox/chathub/operators", body))

    def chats(self, organization: int) -> list[dict[str, Any]]:
        """Return an organization's chats with their messages."""
        path = f"/_sandbox/chathub/chats?organizationId={organization}"
        return _list_of_objects(self._call("GET", path))

    def write(self, organization: int, customer: str, text: str) -> None:
        """Write to an organization as a customer."""
        body = {"organizationId": organization, "customer": customer, "text": text}
        self._call("POST", "/_sandbox/chathub/messages", body)

    def requests_since(self, last_id: int) -> list[dict[str, Any]]:
        """Return the log's entries after an id, the oldest first."""
        return _list_of_objects(
            self._call("GET", f"/_sandbox/requests?since={last_id}")
        )

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> object:
        at, started = time.time(), time.perf_counter()
        status = 0
        try:
            answer = self._session.request(
                method, self._url + path, json=body, timeout=_TIMEOUT
            )
            status = answer.status_code
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise SandboxError(f"{method} {path}: {error}", status) from error
        finally:
            if method != "GET":
                ms = (time.perf_counter() - started) * 1000
                self._on_call(Call(at, method, path, status, ms))


def init_app(app: Flask, *, on_call: Callable[[Call], None]) -> None:
    """Create the client if the shop runs on a sandbox; see SandboxClient."""
    url = app.config["SHOP_SANDBOX_URL"]
    app.extensions[_EXTENSION] = SandboxClient(url, on_call) if url else None
    app.jinja_env.globals["sandbox_url"] = url


def current_sandbox() -> SandboxClient | None:
    """Return the sandbox's client; None if the vendor is real."""
    client: SandboxClient | None = current_app.extensions[_EXTENSION]
    return client


def _object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise SandboxError("The sandbox did not answer with an object.")
    return answer


def _list_of_objects(answer: object) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(x, dict) for x in answer):
        raise SandboxError("The sandbox did not answer with a list of objects.")
    return answer
