"""The vendor's REST calls for a contact: mint a token, create or update him."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from requests import Request

from ..errors import VendorInvalid
from .answer import Answer
from .credentials import ApiKeyAuth, Credentials
from .deadline import Deadline
from .transport import Transport

if TYPE_CHECKING:
    from ..contact import Contact
    from ..settings import Settings

CONTACT_PATH = "/v1/contact"

#: How the vendor names the fields by which it finds a contact.
_IDENTIFIERS = {
    "externalCustomerId": "external_customer_id",
    "email": "email",
    "phone": "phone",
}
#: The longest token that is passed on to a browser.
_MAX_TOKEN = 8192
#: Seconds to wait for a contact that another request creates; doubled each time.
FIRST_PAUSE = 0.1


class AppInboxClient:
    """Calls to the vendor for one app.

    :param credentials: returns those of the current call; by default the API key.
    :param sleep: waits for seconds.
    """

    def __init__(
        self,
        settings: Settings,
        transport: Transport | None = None,
        *,
        credentials: Callable[[], Credentials] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        api_key = ApiKeyAuth(settings.api_key or "")
        self._credentials = credentials or (lambda: api_key)
        self._transport = transport or Transport(max_concurrent=settings.max_concurrent)

    def issue_token(self, contact: Contact, deadline: Deadline | None = None) -> str:
        """Mint a token; an unknown contact is created first if that is set.

        Source: the guides "Configuring App Inbox for websites": POST with any of
        the three fields, 200 with the token, "" for an unknown contact.

        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause.
        """
        deadline = deadline or Deadline(self._settings.timeout)
        token = self.mint(contact, deadline)
        if token or not self._settings.create_contacts:
            return token
        saved = self._save(contact, deadline)
        token = self.mint(contact, deadline)
        pause = FIRST_PAUSE
        while not token and not saved and pause < deadline.remaining():
            # Another request creates him at this moment: wait for it.
            self._sleep(pause)
            pause *= 2
            token = self.mint(contact, deadline)
        return token

    def sync_contact(self, contact: Contact, deadline: Deadline | None = None) -> None:
        """Create or update a contact.

        Source: the reference "Add contact". Two identical calls at once are
        refused with a text about a duplicated request: the other one does it.

        :raises VendorError: with the cause.
        """
        self._save(contact, deadline or Deadline(self._settings.timeout))

    def _save(self, contact: Contact, deadline: Deadline) -> bool:
        """Create or update a contact; False if another call does it right now."""
        answer = self.call("POST", CONTACT_PATH, deadline, body=contact_body(contact))
        if answer.status < 400:
            return True
        if b"uplicated request" in answer.body:
            return False
        raise VendorInvalid(
            f"the vendor answered {answer.status} to a contact", status=answer.status
        )

    def mint(self, contact: Contact, deadline: Deadline | None = None) -> str:
        """Mint a token and create nobody.

        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause.
        """
        path = self._settings.token_path
        answer = self.call("POST", path, deadline, body=token_body(contact))
        if answer.status != 200:
            raise VendorInvalid(
                f"the vendor answered {answer.status} to a token request; see "
                "APP_INBOX_API_URL and APP_INBOX_TOKEN_PATH",
                status=answer.status,
            )
        body = answer.json()
        token = body.get("token") if isinstance(body, dict) else None
        if not isinstance(token, str) or len(token) > _MAX_TOKEN:
            raise VendorInvalid("the vendor's answer holds no token", status=200)
        return token

    def call(
        self,
        method: str,
        path: str,
        deadline: Deadline | None = None,
        *,
        body: dict[str, Any] | None = None,
        accept: str | None = None,
    ) -> Answer:
        """Make one call to the vendor's API with the credentials of this app.

        :param path: below ``APP_INBOX_API_URL``.
        :param body: what is sent as JSON; None: nothing.
        :param accept: the kind of answer that is asked for; by default JSON.
        :raises VendorError: if there is no usable answer.
        """
        request = Request(
            method,
            self._settings.api_url + path,
            json=body,
            headers={"Accept": accept} if accept else None,
        )
        return self._credentials().send(
            self._transport, request, deadline or Deadline(self._settings.timeout)
        )


def token_body(contact: Contact) -> dict[str, str]:
    """Return the body of a token request: the identifiers that are known."""
    values = {name: getattr(contact, ours) for name, ours in _IDENTIFIERS.items()}
    return {name: value for name, value in values.items() if value}


def contact_body(contact: Contact) -> dict[str, Any]:
    """Return the body that creates or updates a contact."""
    channels = [
        {"type": kind, "value": value}
        for kind, value in (("email", contact.email), ("sms", contact.phone))
        if value
    ]
    values = {
        "externalCustomerId": contact.external_customer_id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "channels": channels,
    }
    return {name: value for name, value in values.items() if value}
