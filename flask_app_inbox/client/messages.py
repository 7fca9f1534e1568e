"""The vendor's calls for the messages of one contact, with a token of theirs.

Source: the guide "App Inbox for mobile apps", the only document that describes them.
The token travels in the header ``ES-TOKEN`` of a request and dies with it; its
successor travels in the same header of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from requests import PreparedRequest, Request
from requests.auth import AuthBase

from ..errors import VendorInvalid
from .answer import Answer, AnswerTooLarge, check_status, is_token
from .deadline import Deadline
from .message import MessagePage, count_of, id_of, page_of
from .transport import Transport

MESSAGES_PATH = "/v1/messages"

#: The header that brings a token, and its successor.
TOKEN_HEADER = "ES-TOKEN"  # noqa: S105 - the name of a header
#: The most bytes of a page, for each of its messages: more than we read of one, in
#: letters of any script.
_MESSAGE = 128 * 1024
#: How many bytes any page may have, and the most that one may have: a process reads
#: several at a time, and what it makes of them takes many times as much memory.
MIN_PAGE, MAX_PAGE = 1024 * 1024, 8 * 1024 * 1024
#: The most messages that one call asks for or marks: the vendor keeps as many for a
#: contact.
MAX_MESSAGES = 1000


def page_bytes(page_size: int) -> int:
    """Return the most bytes that a page of so many messages may have."""
    return min(max(page_size * _MESSAGE, MIN_PAGE), MAX_PAGE)


class TokenUse(AuthBase):
    """A token on its way through one call, and what comes out of it.

    :param token: of the contact whose messages are asked for.
    :param whose: what tells the contact from others.
    """

    def __init__(self, token: str, whose: str = "") -> None:
        #: Whose calls share the pauses that the vendor asks for.
        self.value = whose
        #: The token that the next request may use; None if the last one is used up and
        #: no other has come.
        self.left: str | None = token
        self._sent = token

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        # A call that is repeated goes on with what the last answer brought. If it
        # brought nothing, the vendor may not have seen the token.
        self._sent = self.left or self._sent
        self.left = None
        request.headers[TOKEN_HEADER] = self._sent
        return request

    def note(self, headers: Mapping[str, str]) -> None:
        """Take the successor from an answer, whatever else that says."""
        token = headers.get(TOKEN_HEADER, "").strip()
        if is_token(token):
            self.left = token


class MessagesClient:
    """Calls about the messages of contacts.

    :param url: the API's base, without a trailing slash.
    """

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url
        self._transport = transport

    def read_page(
        self,
        use: TokenUse,
        deadline: Deadline,
        *,
        page: int,
        page_size: int,
        unread_only: bool = False,
    ) -> MessagePage:
        """Read a page of messages.

        :param deadline: its ``max_body`` is what :func:`page_bytes` says.
        :param page: from 0 on.
        :raises VendorRejected: if the token is not valid (401).
        :raises VendorError: with any other cause.
        """
        query = {"page": str(page), "pageSize": str(page_size)}
        if unread_only:
            query["status"] = "UNOPENED"
        try:
            answer = self._call("GET", "", use, deadline, query=query)
        except AnswerTooLarge as error:
            raise VendorInvalid(
                f"{error}: a page of {page_size} messages of one contact. Ask for "
                "fewer at once, or let messages link to their pictures, not hold them"
            ) from None
        return page_of(answer.json(), page=page, page_size=page_size)

    def count_unread(self, use: TokenUse, deadline: Deadline) -> int:
        """Count the unread messages.

        The guide calls the number ``count``, the vendor's SDKs ``unreadCount``.

        :raises VendorRejected: if the token is not valid (401).
        :raises VendorError: with any other cause.
        """
        told = self._call("GET", "/count", use, deadline).json()
        if isinstance(told, dict):
            for name in ("count", "unreadCount"):
                count = count_of(told.get(name))
                if count is not None:
                    return count
        raise VendorInvalid("the vendor's answer holds no count", status=200)

    def mark_read(
        self, use: TokenUse, deadline: Deadline, ids: Collection[str] | None
    ) -> None:
        """Mark messages as read.

        :param ids: None: all of them.
        :raises VendorRejected: if the token is not valid (401).
        :raises VendorError: with any other cause.
        """
        body = {"status": "OPENED", "ids": None if ids is None else list(ids)}
        self._call("POST", "/status", use, deadline, body=body)

    def _call(
        self,
        method: str,
        path: str,
        use: TokenUse,
        deadline: Deadline,
        *,
        query: Mapping[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Answer:
        address = f"{self._url}{MESSAGES_PATH}{path}"
        request = Request(method, address, params=query, json=body, auth=use)
        answer = self._transport.send(request, deadline, judge=_judge(use))
        if not 200 <= answer.status < 300:
            raise VendorInvalid(
                f"the vendor answered {answer.status} to a request for messages; see "
                "APP_INBOX_MESSAGES_URL",
                status=answer.status,
            )
        return answer


def _judge(use: TokenUse) -> Callable[[int, Mapping[str, str], bytes], Answer]:
    def judge(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        use.note(headers)
        return check_status(status, headers, body)

    return judge


def checked_ids(ids: Iterable[object]) -> tuple[str, ...]:
    """Return ids of messages as text, each once.

    :raises ValueError: if one cannot be an id, or there are too many.
    """
    chosen: dict[str, None] = {}
    if isinstance(ids, (str, bytes)):
        raise ValueError("Give a list of ids, not one id.")
    for each in ids:
        one = id_of(each)
        if one is None:
            raise ValueError("An id is a string of printable characters, or an int.")
        chosen[one] = None
        if len(chosen) > MAX_MESSAGES:
            raise ValueError(f"At most {MAX_MESSAGES} ids can be given at once.")
    return tuple(chosen)
