"""The messages API: what is sent with a token, and which token comes out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import responses
from requests import PreparedRequest
from responses.matchers import header_matcher, json_params_matcher, query_param_matcher

from flask_app_inbox import (
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
    VendorUnavailable,
)
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.client.messages import (
    MAX_PAGE,
    MIN_PAGE,
    MessagesClient,
    TokenUse,
    page_bytes,
)
from flask_app_inbox.client.transport import Transport
from tests.conftest import TOKEN

BASE = "https://vendor.test/appinbox"
LIST_URL = f"{BASE}/v1/messages"
COUNT_URL = f"{LIST_URL}/count"
STATUS_URL = f"{LIST_URL}/status"
NEXT = {"ES-TOKEN": "the-next-token"}

WITH_TOKEN = header_matcher({"ES-TOKEN": TOKEN})


@pytest.fixture
def client(transport: Transport) -> MessagesClient:
    return MessagesClient(BASE, transport)


@pytest.fixture
def use() -> TokenUse:
    return TokenUse(TOKEN)


@pytest.fixture
def deadline() -> Deadline:
    return Deadline(5, max_body=page_bytes(1))


def test_a_page_is_asked_for_with_the_token_and_brings_the_next(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
) -> None:
    asked = query_param_matcher({"page": "2", "pageSize": "5"})
    told = {"list": [], "totalPages": 2}
    vendor.get(LIST_URL, json=told, headers=NEXT, match=[WITH_TOKEN, asked])
    page = client.read_page(use, deadline, page=2, page_size=5)
    assert (page.messages, page.pages) == ((), 2)
    assert use.left == "the-next-token"


def test_unread_messages_alone_can_be_asked_for(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
) -> None:
    asked = {"page": "0", "pageSize": "20", "status": "UNOPENED"}
    vendor.get(LIST_URL, json={"list": []}, match=[query_param_matcher(asked)])
    client.read_page(use, deadline, page=0, page_size=20, unread_only=True)


@pytest.mark.parametrize("name", ["count", "unreadCount"])
def test_the_count_is_read_under_both_of_its_names(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    name: str,
) -> None:
    vendor.get(COUNT_URL, json={name: 3}, headers=NEXT, match=[WITH_TOKEN])
    assert client.count_unread(use, deadline) == 3
    assert use.left == "the-next-token"


@pytest.mark.parametrize("ids", [["m1", "m2"], None])
def test_some_or_all_are_marked_as_read(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    ids: list[str] | None,
) -> None:
    body = json_params_matcher({"status": "OPENED", "ids": ids})
    vendor.post(STATUS_URL, headers=NEXT, match=[WITH_TOKEN, body])
    client.mark_read(use, deadline, ids)
    assert use.left == "the-next-token"


@pytest.mark.parametrize("body", ["{}", "[]", "null", "<html>", '{"count": "three"}'])
def test_an_answer_without_a_count_is_nonsense_and_its_token_is_kept(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    body: str,
) -> None:
    vendor.get(COUNT_URL, body=body, headers=NEXT)
    with pytest.raises(VendorInvalid):
        client.count_unread(use, deadline)
    assert use.left == "the-next-token"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, VendorRejected),
        (404, VendorInvalid),
        (429, VendorRateLimited),
        (500, VendorUnavailable),
        (302, VendorInvalid),
    ],
)
@pytest.mark.parametrize("headers", [{}, NEXT])
def test_a_refusal_is_an_error_that_leaves_what_the_vendor_gave(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    status: int,
    error: type[VendorError],
    headers: dict[str, str],
) -> None:
    vendor.get(COUNT_URL, status=status, headers=headers)
    with pytest.raises(error):
        client.count_unread(use, deadline)
    assert use.left == headers.get("ES-TOKEN")


@pytest.mark.parametrize(
    "odd", ["", " ", "x" * 8193, "a b", "\N{REPLACEMENT CHARACTER}"]
)
def test_a_successor_that_is_no_token_is_none(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    odd: str,
) -> None:
    vendor.get(COUNT_URL, json={"count": 0}, headers={"ES-TOKEN": odd})
    client.count_unread(use, deadline)
    assert use.left is None


def answering(
    *answers: tuple[int, dict[str, str]],
) -> tuple[list[str], Callable[[PreparedRequest], tuple[int, dict[str, str], str]]]:
    """Return the tokens that come in, and what answers them one after the other."""
    tokens: list[str] = []
    waiting = list(answers)

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        tokens.append(request.headers["ES-TOKEN"])
        return *waiting.pop(0), json.dumps({"count": 4})

    return tokens, answer


@pytest.mark.parametrize(("headers", "second"), [({}, TOKEN), (NEXT, "the-next-token")])
def test_a_repeated_call_goes_on_with_the_successor_if_there_is_one(
    client: MessagesClient,
    use: TokenUse,
    deadline: Deadline,
    vendor: responses.RequestsMock,
    headers: dict[str, str],
    second: str,
) -> None:
    tokens, answer = answering((503, headers), (200, {"ES-TOKEN": "third"}))
    vendor.add_callback("GET", COUNT_URL, answer)
    assert client.count_unread(use, deadline) == 4
    assert tokens == [TOKEN, second]
    assert use.left == "third"


def test_a_token_that_was_not_sent_is_left(
    client: MessagesClient, use: TokenUse, vendor: responses.RequestsMock
) -> None:
    del vendor  # nothing is sent
    with pytest.raises(VendorError):
        client.count_unread(use, Deadline(0))
    assert use.left == TOKEN


def test_a_page_may_be_larger_than_other_answers_and_has_an_end(
    client: MessagesClient, deadline: Deadline, vendor: responses.RequestsMock
) -> None:
    def told(size: int) -> dict[str, Any]:
        return {"list": [{"id": "m", "content": "x" * size}]}

    vendor.get(LIST_URL, json=told(300_000))
    page = client.read_page(TokenUse(TOKEN), deadline, page=0, page_size=1)
    assert len(page.messages[0].html) == 300_000
    vendor.get(LIST_URL, json=told(MIN_PAGE))
    with pytest.raises(VendorInvalid, match="a page of 1 messages") as caught:
        client.read_page(TokenUse(TOKEN), deadline, page=0, page_size=1)
    assert "fewer at once" in str(caught.value)


@pytest.mark.parametrize(
    ("page_size", "size"),
    [(1, MIN_PAGE), (8, MIN_PAGE), (20, 20 * 128 * 1024), (1000, MAX_PAGE)],
)
def test_a_page_may_be_the_larger_the_more_messages_it_has(
    page_size: int, size: int
) -> None:
    assert page_bytes(page_size) == size


def test_a_page_of_long_messages_is_read(
    client: MessagesClient, vendor: responses.RequestsMock
) -> None:
    long = [{"id": number, "content": "x" * 125_000} for number in range(20)]
    vendor.get(LIST_URL, json={"list": long, "totalPages": 1})
    deadline = Deadline(5, max_body=page_bytes(20))
    page = client.read_page(TokenUse(TOKEN), deadline, page=0, page_size=20)
    assert len(page.messages) == 20


def test_no_repr_tells_a_token(use: TokenUse) -> None:
    assert TOKEN not in repr(use)


def test_a_pause_for_one_contact_delays_no_other(
    deadline: Deadline, vendor: responses.RequestsMock
) -> None:
    slow = {"Retry-After": "2"}
    vendor.get(COUNT_URL, status=429, headers=slow, match=[WITH_TOKEN])
    vendor.get(COUNT_URL, json={"count": 1}, match=[WITH_TOKEN])
    bens = header_matcher({"ES-TOKEN": "ben's token"})
    vendor.get(COUNT_URL, json={"count": 2}, match=[bens])
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        # It is ben's turn while ann waits.
        assert asking.count_unread(TokenUse("ben's token", "ben"), deadline) == 2

    transport = Transport(max_concurrent=2, sleep=sleep, jitter=lambda: 0.5)
    asking = MessagesClient(BASE, transport)
    assert asking.count_unread(TokenUse(TOKEN, "ann"), deadline) == 1
    assert len(pauses) == 1
