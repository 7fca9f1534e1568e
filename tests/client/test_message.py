"""Messages in every form that a document or an SDK of the vendor knows."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from flask_app_inbox import Message, MessagePage, VendorInvalid
from flask_app_inbox.client.message import MAX_DEPTH, MAX_ID, MAX_TEXT, count_of
from flask_app_inbox.client.message import page_of as read_page_of

AT = datetime(2026, 11, 26, 3, 5, 7, tzinfo=timezone.utc)
AT_MS = 1795662307000
SAY = {"id": "m1", "title": "Hello"}


def page_of(told: object) -> MessagePage:
    return read_page_of(told, page_size=20)


def read(**fields: Any) -> Message:
    (message,) = page_of({"list": [SAY | fields], "totalPages": 1}).messages
    return message


def test_the_guides_form_is_read_whole() -> None:
    page = page_of(
        {
            "list": [
                {
                    "id": "m1",
                    "createdDate": AT_MS,
                    "title": "Your order",
                    "content": "<b>is</b> on its way",
                    "image": "https://cdn.example/a.png",
                    "link": "https://shop.example/orders/1",
                    "newMessage": False,
                    "status": "OPENED",
                    "category": "orders",
                    "customData": {"order": 1},
                }
            ],
            "totalPages": 7,
        }
    )
    assert page == MessagePage(
        (
            Message(
                id="m1",
                created_at=AT,
                title="Your order",
                html="<b>is</b> on its way",
                image="https://cdn.example/a.png",
                link="https://shop.example/orders/1",
                category="orders",
                custom_data={"order": 1},
                read=True,
            ),
        ),
        pages=7,
    )


@pytest.mark.parametrize(
    "told",
    [
        AT_MS,
        float(AT_MS),
        str(AT_MS),
        AT_MS // 1000,
        "2026-11-26T03:05:07Z",
        "2026-11-26t03:05:07.000z",
        "2026-11-26T03:05:07",
        "2026-11-26 03:05:07",
        "2026-11-26T05:05:07+02:00",
        "2026-11-26T05:05:07.0+0200",
        "2026-11-26T05:05:07,000000000 +02",
    ],
)
def test_a_moment_is_read_in_every_form_and_a_naive_one_is_utc(told: object) -> None:
    assert read(createdDate=told).created_at == AT
    assert read(createDate=told).created_at == AT


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("2026-11-26", "2026-11-26T00:00:00+00:00"),
        ("2026-11-26T03:05", "2026-11-26T03:05:00+00:00"),
        ("2026-11-26T03:05:07.12", "2026-11-26T03:05:07.120000+00:00"),
        ("2026-11-26T03:05:07.123456789Z", "2026-11-26T03:05:07.123456+00:00"),
    ],
)
def test_parts_of_a_moment_may_be_missing(told: str, shown: str) -> None:
    created_at = read(createdDate=told).created_at
    assert created_at is not None
    assert created_at.isoformat() == shown


@pytest.mark.parametrize(
    "told",
    [
        *(None, True, 0, -5, 10**30, float("inf"), float("nan"), [2026, 11], {}),
        *("", "soon", "2026-13-26", "2026-11-26T25:00", "0000-01-01", "9" * 40),
        *("0001-01-01T00:00+14:00", "2026-11-26T03:05:07+99:99"),
    ],
)
def test_a_moment_that_cannot_be_read_costs_no_message(told: object) -> None:
    message = read(createdDate=told)
    assert (message.created_at, message.title) == (None, "Hello")


@pytest.mark.parametrize(
    ("fields", "is_read"),
    [
        ({"status": "OPENED"}, True),
        ({"status": "opened", "newMessage": True}, True),
        ({"status": "UNOPENED", "newMessage": False}, False),
        ({"newMessage": False}, True),
        ({"newMessage": True}, False),
        ({"status": None, "newMessage": None}, False),
        ({}, False),
    ],
)
def test_the_status_says_whether_it_is_read_else_new_message_does(
    fields: dict[str, Any], is_read: bool
) -> None:
    assert read(**fields).read is is_read


def test_a_message_may_lack_everything_but_its_id() -> None:
    assert page_of({"list": [{"id": 8842, "odd": [1]}]}) == MessagePage(
        (Message(id="8842"),), pages=1
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"title": 5.5, "content": 7, "image": [], "link": {}, "category": True},
        {"title": None, "content": None, "image": None, "link": "", "category": " "},
        {"image": "x" * (MAX_TEXT + 1), "title": ["a"]},
    ],
)
def test_a_field_of_another_type_is_left_out(fields: dict[str, Any]) -> None:
    message = read(**({"title": None} | fields))
    assert (message.title, message.html) == ("", "")
    assert (message.image, message.link, message.category) == (None, None, None)


def test_a_category_may_be_a_number() -> None:
    assert read(category=12).category == "12"


@pytest.mark.parametrize(
    ("told", "data"),
    [
        ('{"order": 1}', {"order": 1}),
        ("[1]", [1]),
        ("1", "1"),
        ("{", "{"),
        ("[" * 100_000, "[" * 100_000),
        ({"order": 1}, {"order": 1}),
        ('{"order": 1e999, "a": NaN}', {"order": None, "a": None}),
        ('["\\ud83d"]', ["\ufffd"]),
        (None, None),
    ],
)
def test_custom_data_may_be_packed_into_a_string(told: object, data: object) -> None:
    assert read(customData=told).custom_data == data


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 400])
def test_custom_data_that_are_nested_too_deep_are_left_out(depth: int) -> None:
    packed = "[" * depth + "]" * depth
    for told in (packed, json.loads(packed), json.loads(f'{{"a": {packed}}}')):
        assert read(customData=told).custom_data is None
    assert read(customData="[" * MAX_DEPTH + "]" * MAX_DEPTH).custom_data == (
        json.loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    )


@pytest.mark.parametrize(
    "odd", [None, "", " ", True, 1.5, [], {}, "a\nb", "x" * (MAX_ID + 1)]
)
def test_a_message_without_a_usable_id_is_left_out_alone(odd: object) -> None:
    page = page_of({"list": [SAY | {"id": odd}, SAY, "x", None], "totalPages": 1})
    assert [message.id for message in page.messages] == ["m1"]


def test_a_message_that_comes_twice_is_one() -> None:
    page = page_of({"list": [SAY, SAY | {"status": "OPENED"}], "totalPages": 1})
    assert [message.read for message in page.messages] == [True]


@pytest.mark.parametrize(
    "told",
    [
        *(None, [], "x", 5, {}, {"list": None}, {"list": {"id": 1}}),
        {"list": [{"title": "no id"}]},
        {"list": [1, 2]},
    ],
)
def test_nonsense_is_no_page(told: object) -> None:
    with pytest.raises(VendorInvalid):
        page_of(told)


@pytest.mark.parametrize(
    ("entries", "told", "pages"),
    [
        ([], 0, 0),
        ([], "many", 0),
        ([SAY], "many", 1),
        ([SAY], None, 1),
        ([SAY], 0, 1),
        ([SAY], "12", 12),
        ([], 3, 3),
    ],
)
def test_pages_are_counted_even_if_the_vendor_does_not(
    entries: list[Any], told: object, pages: int
) -> None:
    assert page_of({"list": entries, "totalPages": told}).pages == pages


@pytest.mark.parametrize(
    ("page", "size", "pages"), [(0, 3, 1), (0, 2, 2), (4, 3, 5), (4, 2, 6)]
)
def test_a_full_page_may_have_another_after_it_if_nobody_says_how_many(
    page: int, size: int, pages: int
) -> None:
    told = {"list": [SAY, SAY | {"id": "m2"}]}
    assert read_page_of(told, page=page, page_size=size).pages == pages
    assert read_page_of(told | {"totalPages": 5}, page=page, page_size=size).pages == 5


@pytest.mark.parametrize(
    ("told", "count"),
    [
        *((0, 0), (7, 7), ("7", 7), (7.0, 7)),
        *((True, None), (-1, None), (1.5, None), ("٣", None), (None, None)),
        *((10**12, None), (float("inf"), None)),
    ],
)
def test_a_count_is_a_whole_number(told: object, count: int | None) -> None:
    assert count_of(told) == count


def test_no_repr_tells_what_a_message_says() -> None:
    page = page_of({"list": [SAY | {"content": "secret", "link": "/secret"}]})
    shown = repr(page) + repr(page.messages[0])
    assert "secret" not in shown
    assert "Hello" not in shown
    assert "'m1'" in shown


def test_messages_can_be_put_into_a_set() -> None:
    assert len({read(customData={"a": 1}), read(customData={"a": 1})}) == 1


def many(count: int) -> list[dict[str, Any]]:
    return [{"id": number} for number in range(count)]


@pytest.mark.parametrize("pages", [{}, {"totalPages": 1}, {"totalPages": 0}])
@pytest.mark.parametrize(
    ("page", "first", "count"), [(0, "0", 20), (1, "20", 20), (2, "40", 5), (3, "", 0)]
)
def test_an_inbox_that_comes_as_a_whole_is_divided_into_pages(
    pages: dict[str, int], page: int, first: str, count: int
) -> None:
    told = {"list": many(45), **pages}
    found = read_page_of(told, page=page, page_size=20)
    assert [one.id for one in found.messages][:1] == [first] * bool(count)
    assert (len(found.messages), found.pages) == (count, 3)


def test_a_page_that_is_longer_than_asked_for_is_cut_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = {"list": many(50), "totalPages": 4}
    found = read_page_of(told, page=1, page_size=20)
    assert [one.id for one in found.messages] == [str(number) for number in range(20)]
    assert found.pages == 4
    assert "sent 50 messages for a page of 20" in caplog.text
