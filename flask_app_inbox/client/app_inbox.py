"""The vendor's REST calls for a contact: issue a token, create or update them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..errors import VendorInvalid
from .answer import is_token
from .api import VendorApi
from .contact import Contact
from .credentials import Credentials
from .deadline import Deadline

CONTACT_PATH = "/v1/contact"

#: The vendor's names of the fields by which it finds a contact, and ours.
_IDENTIFIERS = {
    "externalCustomerId": "external_customer_id",
    "email": "email",
    "phone": "phone",
}
#: Seconds to wait for a contact that another request is creating; doubled each time.
FIRST_PAUSE = 0.1


class AppInboxClient:
    """Calls about the contacts of one account.

    :param token_path: where tokens are issued, below the API's base.
    :param create_contacts: whether to create an unknown contact before issuing their
        token.
    :param sleep: waits for seconds.
    """

    def __init__(
        self,
        api: VendorApi,
        *,
        token_path: str,
        create_contacts: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        #: For calls about the account itself.
        self.api = api
        self._token_path = token_path
        self._create_contacts = create_contacts
        self._sleep = sleep

    def with_credentials(
        self, credentials: Callable[[], Credentials]
    ) -> AppInboxClient:
        """Return a client like this one for another account."""
        return AppInboxClient(
            self.api.with_credentials(credentials),
            token_path=self._token_path,
            create_contacts=self._create_contacts,
            sleep=self._sleep,
        )

    def issue_token(self, contact: Contact, deadline: Deadline | None = None) -> str:
        """Issue a token; create an unknown contact first if the site wants that.

        Source: the guides "Configuring App Inbox for websites": POST with any of
        the three fields, 200 with the token, "" for an unknown contact.

        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause.
        """
        deadline = deadline or self.api.deadline()
        token = self.issue_to_known(contact, deadline)
        if token or not self._create_contacts:
            return token
        saved = self._save(contact, deadline)
        token = self.issue_to_known(contact, deadline)
        pause = FIRST_PAUSE
        while not token and not saved and pause < deadline.remaining():
            # Another request has brought the contact, but the vendor does not know
            # them yet.
            self._sleep(pause)
            pause *= 2
            token = self.issue_to_known(contact, deadline)
        return token

    def sync_contact(self, contact: Contact, deadline: Deadline | None = None) -> None:
        """Create or update a contact.

        Source: ``POST /v1/contact`` in the platform's OpenAPI description, where
        ``channels`` is required. The vendor refuses a body that it has taken within the
        last minute (409), and one that it is still working on (400, with a text that
        its plugins know). Both mean that it has these data, so they are success. A
        changed body is a call of its own and gets through at once. One case is lost:
        data that change and change back within a minute stay changed at the vendor,
        which refuses the third call as a repetition of the first.

        An older guide says that the call always makes a new contact. So it is made
        again only where it cannot have worked.

        :raises VendorError: with the cause.
        """
        self._save(contact, deadline or self.api.deadline())

    def _save(self, contact: Contact, deadline: Deadline) -> bool:
        """Create or update a contact; return False if another call has done so.

        Then the vendor may be working on it still.
        """
        body = contact_body(contact)
        answer = self.api.call(
            "POST", CONTACT_PATH, deadline, body=body, repeatable=False
        )
        if answer.status < 400:
            return True
        if answer.status == 409 or b"uplicated request" in answer.body:
            return False
        raise VendorInvalid(
            f"the vendor answered {answer.status} to a contact", status=answer.status
        )

    def issue_to_known(self, contact: Contact, deadline: Deadline | None = None) -> str:
        """Issue a token to a contact that the vendor knows, without creating them.

        :returns: the token, "" for a contact that the vendor does not know.
        :raises VendorError: with the cause.
        """
        body = token_body(contact)
        answer = self.api.call("POST", self._token_path, deadline, body=body)
        if answer.status != 200:
            raise VendorInvalid(
                f"the vendor answered {answer.status} to a token request; see "
                "APP_INBOX_API_URL and APP_INBOX_TOKEN_PATH",
                status=answer.status,
            )
        told = answer.json()
        token = told.get("token") if isinstance(told, dict) else None
        if token != "" and not is_token(token):
            raise VendorInvalid("the vendor's answer holds no token", status=200)
        return str(token)


def token_body(contact: Contact) -> dict[str, str]:
    """Return the body of a token request: the contact's known identifiers."""
    values = {name: getattr(contact, ours) for name, ours in _IDENTIFIERS.items()}
    return {name: value for name, value in values.items() if value}


def contact_body(contact: Contact) -> dict[str, Any]:
    """Return the body that creates or updates a contact.

    ``channels`` are there even if they are empty: the vendor requires them.
    """
    channels = [
        {"type": kind, "value": value}
        for kind, value in (("email", contact.email), ("sms", contact.phone))
        if value
    ]
    values = {
        "externalCustomerId": contact.external_customer_id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "fields": [
            {"id": number, "value": value}
            for number, value in (contact.fields or {}).items()
        ],
    }
    known = {name: value for name, value in values.items() if value}
    return {**known, "channels": channels}
