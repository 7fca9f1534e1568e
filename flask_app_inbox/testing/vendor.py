"""The platform of the inbox within the process."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from .double import Answer, Double, SentRequest, json_reply, reply
from .messages import Given, InboxDouble
from .wire import Reply, Wire

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SentEvent:
    """An event that the vendor got.

    :param params: by their names; the contact's identifiers are among them.
    :param key_value: "" if it has none.
    """

    key: str
    params: dict[str, Any]
    key_value: str = ""

    @classmethod
    def of(cls, body: dict[str, Any]) -> SentEvent:
        """Read the body of a call."""
        params = {one["name"]: one["value"] for one in body["params"]}
        return cls(body["eventTypeKey"], params, body.get("keyValue", ""))


class VendorDouble(Double):
    """The vendor of the inbox; it knows every contact at first.

    An answer stays chosen until the next method is called.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self._issued = 0
        self._token: Answer = self._issue
        self._knows_nobody = False
        self._inbox = InboxDouble()
        self._imports: dict[str, list[dict[str, Any]]] = {}
        self._met: list[Any] = []

    def gives(self, token: str) -> None:
        """Issue this token to everybody."""
        self._answer_tokens(reply(200, json.dumps({"token": token})))

    def gives_new_tokens(self) -> None:
        """Issue a different token to each request, as at the start."""
        self._answer_tokens(self._issue)

    def knows_nobody(self) -> None:
        """Answer as for an unknown contact, until the site creates one."""
        self._answer_tokens(reply(200, json.dumps({"token": ""})), knows_nobody=True)

    @property
    def events(self) -> list[SentEvent]:
        """The events that it has taken, the oldest first."""
        return [SentEvent.of(one.body) for one in self.requests if _is_event(one.body)]

    def has_messages(self, messages: Iterable[Given]) -> None:
        """Have these messages for everybody whom the vendor knows; they can be read.

        An app forgets the counts that it has heard before.

        :param messages: the newest first, each a title, a
            :class:`~flask_app_inbox.Message`, or a mapping of its fields:
            ``{"title": "Hi", "read": True}``. A time without a zone is in UTC.
        :raises TypeError: if one is none of these, or they are no list.
        """
        self._inbox.fill(messages)
        self._choose(None)
        self._forget_counts(for_good=True)

    def answers_nonsense(self, body: str = "<html>Welcome</html>") -> None:
        """Answer 200 with a body that holds no token."""
        self._answer_tokens(reply(200, body))

    def meet(self, app: Flask) -> None:
        """Take the calls of an app, or warn of one that makes none."""
        state: Any = app.extensions.get("app_inbox")
        if state is None:
            return
        settings = state.settings
        if not settings.enabled:
            logger.warning(
                "APP_INBOX_ENABLED is False in the app %r. So its token endpoint is "
                "404, and app_inbox_vendor gets no request. Switch the extension on "
                "for tests of the inbox.",
                app.name,
            )
            return
        if not any(state is met for met in self._met):
            self._met.append(state)
        base = settings.api_url
        self._listen("POST", base, settings.token_path, lambda one: self._token(one))
        self._listen("POST", base, "/v1/contact", self._take_contact)
        self._listen("POST", base, "/v1/contacts", self._take_import)
        self._listen("GET", base, "/v1/importstatus", self._tell_status, "/[^/?]+")
        self._listen("DELETE", base, "/v1/contact", reply(200, "null"))
        self._listen("POST", base, settings.event_path, reply(200))
        self._listen(
            "POST", base, "/v1/message", self._take_message, "/[0-9]+/smartsend"
        )
        base = settings.messages_url
        self._listen("GET", base, "/v1/messages", self._inbox.read)
        self._listen("GET", base, "/v1/messages/count", self._inbox.count)
        self._listen("POST", base, "/v1/messages/status", self._inbox.mark)

    def _answer_tokens(self, answer: Answer, *, knows_nobody: bool = False) -> None:
        self._choose(None)
        self._token = answer
        self._knows_nobody = knows_nobody

    def _choose(self, refusal: Answer | None) -> None:
        super()._choose(refusal)
        self._forget_counts(for_good=False)

    def _forget_counts(self, *, for_good: bool) -> None:
        """Let no app go on with what the vendor said before."""
        for state in self._met:
            state.inboxes.forget_counts(for_good=for_good)

    def _issue(self, _: SentRequest) -> Reply:
        self._issued += 1
        return json_reply({"token": f"token-{self._issued}"})

    def _take_contact(self, _: SentRequest) -> Reply:
        self._learn()
        return json_reply({"id": len(self.requests)})

    def _take_import(self, sent: SentRequest) -> Reply:
        self._learn()
        session = f"import-{len(self._imports) + 1}"
        self._imports[session] = [
            {"dedupeValue": _found_by(contact), "contactId": number}
            for number, contact in enumerate(sent.body["contacts"], 1)
        ]
        return json_reply({"asyncSessionId": session, "failedContacts": []})

    def _tell_status(self, sent: SentRequest) -> Reply:
        mapping = self._imports.get(sent.path.rpartition("/")[2])
        if mapping is None:
            return 404, {}, "There is no such import."
        return json_reply({"status": "FINISHED", "mapping": mapping})

    def _take_message(self, sent: SentRequest) -> Reply:
        results = [
            {"locator": _named(one), "status": "OK", "requestId": f"request-{number}"}
            for number, one in enumerate(sent.body["recipients"], 1)
        ]
        # The vendor tells of one alone as an object, of more as a list.
        return json_reply({"results": results[0] if len(results) == 1 else results})

    def _learn(self) -> None:
        if self._knows_nobody:
            self.gives_new_tokens()


def _found_by(contact: dict[str, Any]) -> str:
    """Return the value that an import finds a contact by."""
    values = [contact.get("externalCustomerId")]
    values += [channel["value"] for channel in contact["channels"]]
    return str(next(filter(None, values)))


def _is_event(body: Any) -> bool:
    return isinstance(body, dict) and "eventTypeKey" in body


def _named(recipient: dict[str, Any]) -> str:
    return str(recipient.get("locator") or recipient["externalCustomerId"])
