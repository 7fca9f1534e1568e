"""Pytest fixtures for sites that use the extension.

Name the module in your ``conftest.py``:
``pytest_plugins = ["flask_app_inbox.testing"]``.

``app_inbox_sandbox`` is a real server with its own script and console, for tests in
a browser. ``app_inbox_vendor`` answers within the process and is as fast as a mock.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, appcontext_pushed, current_app, has_app_context

if TYPE_CHECKING:
    from requests import PreparedRequest
    from responses import RequestsMock

    from .sandbox import SandboxServer

logger = logging.getLogger(__name__)

#: Status, headers and body, as responses wants them.
_Wire = tuple[int, dict[str, str], str]
_Answer = Callable[["PreparedRequest"], _Wire]

_TOKEN = re.compile(r"https?://[^/]+(?:/api)?/v1/auth/contact/token")
_CONTACT = re.compile(r"https?://[^/]+(?:/api)?/v1/contact$")
_DELETED_CONTACT = re.compile(r"https?://[^/]+(?:/api)?/v1/contact\?")
_CONTACTS = re.compile(r"https?://[^/]+(?:/api)?/v1/contacts$")
_IMPORT = re.compile(r"https?://[^/]+(?:/api)?/v1/importstatus/[^/]+$")


@pytest.fixture
def app_inbox_sandbox() -> Iterator[SandboxServer]:
    """Start a sandbox for this test alone, on a free port of 127.0.0.1."""
    from .sandbox import SandboxServer

    with SandboxServer() as server:
        yield server


@pytest.fixture
def app_inbox_vendor() -> Iterator[VendorDouble]:
    """Answer calls to the vendor within this process.

    It knows every contact until the test says otherwise. All other requests that
    leave the process fail as if there were no network. An app whose extension is
    switched off sends none; the log that pytest shows with a failed test says so.
    """
    try:
        from responses import RequestsMock
    except ImportError:
        pytest.fail('app_inbox_vendor needs: pip install "flask-app-inbox[testing]"')
    with (
        RequestsMock(assert_all_requests_are_fired=False) as requests,
        appcontext_pushed.connected_to(_warn_of_what_is_off),
    ):
        if has_app_context():
            _warn_of_what_is_off(cast(Any, current_app)._get_current_object())
        yield VendorDouble(requests)


def _warn_of_what_is_off(app: Flask, **_: object) -> None:
    """Warn of an app that sends the vendor nothing; it receives a signal of Flask."""
    if "app_inbox" in app.extensions and app.config.get("APP_INBOX_ENABLED") is False:
        logger.warning(
            "APP_INBOX_ENABLED is False in the app %r. So its token endpoint is 404, "
            "and app_inbox_vendor gets no request. Switch the extension on for tests "
            "of the inbox.",
            app.name,
        )


@dataclass(frozen=True)
class SentRequest:
    """A request that the vendor got.

    :param path: ``/v1/auth/contact/token``, ``/v1/contact``, ``/v1/contacts`` or
        ``/v1/importstatus/…``, without what ``APP_INBOX_API_URL`` puts before it.
    :param body: the JSON of the request; None: it has none.
    :param method: ``DELETE`` where a contact is deleted, ``GET`` where the status of
        an import is asked for.
    :param query: what stands after the path's question mark.
    """

    path: str
    body: Any
    method: str = "POST"
    query: dict[str, str] = field(default_factory=dict)


class VendorDouble:
    """A vendor whose answers a test chooses.

    An answer stays chosen until the next method is called.
    """

    def __init__(self, requests: RequestsMock) -> None:
        #: The requests so far, the oldest first.
        self.requests: list[SentRequest] = []
        self._issued = 0
        self._answer: _Answer = self._issue
        self._saves_contacts = True
        self._imports: dict[str, list[dict[str, Any]]] = {}
        requests.add_callback("POST", _TOKEN, callback=self._take_token_request)
        requests.add_callback("POST", _CONTACT, callback=self._take_contact)
        requests.add_callback("POST", _CONTACTS, callback=self._take_import)
        requests.add_callback("GET", _IMPORT, callback=self._tell_status)
        requests.add_callback("DELETE", _DELETED_CONTACT, callback=self._delete)

    def gives(self, token: str) -> None:
        """Issue this token to everybody."""
        self._choose(_Fixed(200, json.dumps({"token": token})))

    def gives_new_tokens(self) -> None:
        """Issue a different token to each request, as at the start."""
        self._choose(self._issue)

    def knows_nobody(self) -> None:
        """Answer as for an unknown contact, until the site creates one."""
        self._choose(_Fixed(200, json.dumps({"token": ""})))

    def rejects(self, status: int = 401) -> None:
        """Refuse the site's credentials: 401, or 403 for a missing right."""
        self._choose(_Fixed(status, ""), saves_contacts=False)

    def limits_rate(self, retry_after: int | None = None) -> None:
        """Answer 429.

        :param retry_after: seconds for the Retry-After header; None: no header.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._choose(_Fixed(429, "", headers), saves_contacts=False)

    def is_down(self, status: int = 503) -> None:
        """Answer that it is down."""
        self._choose(_Fixed(status, "<html>Down</html>"), saves_contacts=False)

    def is_unreachable(self) -> None:
        """Refuse every connection."""
        from requests import ConnectionError as NoConnection

        self._choose(_Raising(NoConnection("refused")), saves_contacts=False)

    def times_out(self) -> None:
        """Time out without making the test wait."""
        from requests import ReadTimeout

        self._choose(_Raising(ReadTimeout("timed out")), saves_contacts=False)

    def answers_nonsense(self, body: str = "<html>Welcome</html>") -> None:
        """Answer 200 with a body that holds no token."""
        self._choose(_Fixed(200, body))

    def _choose(self, answer: _Answer, *, saves_contacts: bool = True) -> None:
        self._answer = answer
        self._saves_contacts = saves_contacts

    def _take_token_request(self, request: PreparedRequest) -> _Wire:
        self._keep(request)
        return self._answer(request)

    def _take_contact(self, request: PreparedRequest) -> _Wire:
        self._keep(request)
        if not self._saves_contacts:
            return self._answer(request)
        self.gives_new_tokens()
        return 200, {}, json.dumps({"id": len(self.requests)})

    def _take_import(self, request: PreparedRequest) -> _Wire:
        self._keep(request)
        if not self._saves_contacts:
            return self._answer(request)
        self.gives_new_tokens()
        session = f"import-{len(self._imports) + 1}"
        contacts = self.requests[-1].body["contacts"]
        self._imports[session] = [
            {"dedupeValue": _found_by(contact), "contactId": number}
            for number, contact in enumerate(contacts, 1)
        ]
        return 200, {}, json.dumps({"asyncSessionId": session, "failedContacts": []})

    def _tell_status(self, request: PreparedRequest) -> _Wire:
        self._keep(request)
        if not self._saves_contacts:
            return self._answer(request)
        mapping = self._imports.get(self.requests[-1].path.rpartition("/")[2])
        if mapping is None:
            return 404, {}, "There is no such import."
        return 200, {}, json.dumps({"status": "FINISHED", "mapping": mapping})

    def _delete(self, request: PreparedRequest) -> _Wire:
        self._keep(request)
        return (200, {}, "null") if self._saves_contacts else self._answer(request)

    def _keep(self, request: PreparedRequest) -> None:
        address = urlsplit(request.path_url or "")
        self.requests.append(
            SentRequest(
                address.path.removeprefix("/api"),
                json.loads(request.body or "null"),
                request.method or "",
                dict(parse_qsl(address.query)),
            )
        )

    def _issue(self, _: PreparedRequest) -> _Wire:
        self._issued += 1
        return 200, {}, json.dumps({"token": f"token {self._issued}"})


def _found_by(contact: dict[str, Any]) -> str:
    """Return the value that an import finds a contact by."""
    values = [contact.get("externalCustomerId")]
    values += [channel["value"] for channel in contact["channels"]]
    return str(next(filter(None, values)))


class _Fixed:
    def __init__(
        self, status: int, body: str, headers: dict[str, str] | None = None
    ) -> None:
        self._wire = (status, headers or {}, body)

    def __call__(self, _: PreparedRequest) -> _Wire:
        return self._wire


class _Raising:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __call__(self, _: PreparedRequest) -> _Wire:
        raise self._error
