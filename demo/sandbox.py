"""A client of the sandbox's control API, for what the vendor and its support do.

The demo's start fills the sandbox with it, and the drawer looks into the sandbox.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from .shop.backstage import Call, SandboxError

#: Seconds to connect, and to wait for the answer.
_TIMEOUT = (1.0, 2.0)


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

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._url

    def contact_emails(self) -> set[str]:
        """Return the emails of all contacts."""
        contacts = _list_of_objects(self._call("GET", "/_sandbox/contacts"))
        return {str(contact.get("email")) for contact in contacts}

    def add_contact(self, email: str, external_id: str, first_name: str) -> None:
        """Create a contact."""
        body = {
            "email": email,
            "externalCustomerId": external_id,
            "firstName": first_name,
        }
        self._call("POST", "/_sandbox/contacts", body)

    def send(self, email: str, message: dict[str, str]) -> None:
        """Put a message into somebody's inbox."""
        self._call("POST", "/_sandbox/messages", {"email": email, **message})

    def set_workflows(self, workflows: list[dict[str, Any]]) -> None:
        """Set which events send which messages."""
        self._call("PUT", "/_sandbox/workflows", workflows)

    def set_webhook(self, url: str, username: str, password: str) -> None:
        """Set where messages are sent, beside the inboxes."""
        body = {"url": url, "username": username, "password": password}
        self._call("PUT", "/_sandbox/webhook", body)

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

    def steps_since(self, last_id: int) -> list[dict[str, Any]]:
        """Return what became of events after an id, the oldest first."""
        return _list_of_objects(self._call("GET", f"/_sandbox/steps?since={last_id}"))

    def _call(
        self, method: str, path: str, body: dict[str, Any] | list[Any] | None = None
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


def _object(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise SandboxError("The sandbox did not answer with an object.")
    return answer


def _list_of_objects(answer: object) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(x, dict) for x in answer):
        raise SandboxError("The sandbox did not answer with a list of objects.")
    return answer
