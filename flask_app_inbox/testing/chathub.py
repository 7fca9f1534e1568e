"""ChatHub within the process."""

from __future__ import annotations

from typing import Any

from flask import Flask

from .double import Double, SentRequest, json_reply
from .wire import Reply, Wire


class ChatHubDouble(Double):
    """ChatHub; everybody is an operator of its, and gets tokens that are valid.

    An answer stays chosen until the next method is called.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self._given: str | None = None
        self._nonsense: str | None = None
        #: Whose each token is, and until when.
        self._tokens: dict[str, tuple[int, str]] = {}
        self._issued = 0
        self._staff: tuple[int, ...] = ()

    def gives(self, token: str) -> None:
        """Issue this token to everybody."""
        self._issue_tokens(given=token)

    def gives_new_tokens(self) -> None:
        """Issue a different token to each request, as at the start."""
        self._issue_tokens()

    def answers_nonsense(self, body: str = "<html>Welcome</html>") -> None:
        """Answer token requests with 200 and a body that holds no token."""
        self._issue_tokens(nonsense=body)

    def revokes_tokens(self) -> None:
        """Let every token that was issued so far be invalid."""
        self._tokens.clear()

    def lists_operators(self, *ids: int) -> None:
        """List these as active, in the one organization of the company."""
        self._staff = ids

    def meet(self, app: Flask) -> None:
        """Take the calls of an app."""
        state: Any = app.extensions.get("chathub")
        if state is None or not state.settings.enabled:
            return
        base = state.settings.api_url
        listen = self._listen
        listen("POST", base, "/api/company/get-token", lambda _: json_reply("company"))
        listen("GET", base, "/api/company/organization", self._list_organizations)
        listen("GET", base, "/api/operator", self._list_operators)
        listen("POST", base, "/api/operator/get-token", self._issue)
        listen("POST", base, "/api/operator/validate-token", self._validate)

    def _issue_tokens(
        self, *, given: str | None = None, nonsense: str | None = None
    ) -> None:
        self._choose(None)
        self._given, self._nonsense = given, nonsense

    def _issue(self, sent: SentRequest) -> Reply:
        if self._nonsense is not None:
            return 200, {}, self._nonsense
        self._issued += 1
        operator, until = sent.body["id"], sent.body["expiresAt"]
        token = self._given or f"token-{self._issued}-of-{operator}"
        self._tokens[token] = operator, until
        return json_reply({"token": token, "expiration": until})

    def _validate(self, sent: SentRequest) -> Reply:
        known = self._tokens.get(sent.body["token"])
        if known is None:
            return json_reply({"isValid": False, "error": "It is not valid."})
        operator, until = known
        return json_reply({"isValid": True, "operatorId": operator, "expiresAt": until})

    def _list_organizations(self, _: SentRequest) -> Reply:
        return json_reply([{"id": 1, "name": "Support"}])

    def _list_operators(self, _: SentRequest) -> Reply:
        return json_reply(
            [{"id": one, "name": f"Operator {one}", "status": 0} for one in self._staff]
        )
