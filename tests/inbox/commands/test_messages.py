"""``messages``: what is in a contact's inbox, and what it says only if asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.inbox.commands.conftest import MakeSite, Run

ANN = ("--email", "ann@example.com")
SAID = ("Your order", "on its way", "orders/1", "secret-data")


@pytest.fixture(autouse=True)
def ann(control: Callable[..., Any]) -> None:
    control("contacts", email="ann@example.com")
    control(
        "messages",
        email="ann@example.com",
        title="Your order\x1b[2J",
        content="<b>on its way</b><script>1</script>",
        link="https://shop.example/orders/1",
        customData={"secret-data": 1},
        category="\x1b[31morders",
    )
    control("messages", email="ann@example.com", title="Hi", content="<i>Hi</i>")


def test_a_table_tells_which_messages_there_are_and_not_what_they_say(
    make_site: MakeSite, run: Run
) -> None:
    result = run(make_site(), "messages", *ANN)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["unread", "unread"]
    assert lines[1].split()[-1] == "[31morders"
    assert lines[-1].startswith("2 shown, 2 unread in all. --reveal")
    assert not any(word in result.stdout for word in SAID)


def test_what_they_say_is_shown_if_asked_for_and_moves_no_cursor(
    make_site: MakeSite, run: Run
) -> None:
    result = run(make_site(), "messages", *ANN, "--reveal")
    assert "Your order[2J" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("reveal", [False, True])
def test_json_is_for_programs(make_site: MakeSite, run: Run, reveal: bool) -> None:
    result = run(make_site(), "messages", *ANN, "--json", *["--reveal"] * reveal)
    told = json.loads(result.stdout)
    assert told["unread"] == 2
    message = told["messages"][1]
    assert (message["read"], message["category"]) == (False, "\x1b[31morders")
    assert message["createdAt"].endswith("Z")
    assert ("html" in message) == reveal
    if reveal:
        assert message["html"] == "<b>on its way</b>"
    else:
        assert not any(word in result.stdout for word in SAID)


def test_messages_are_looked_at_and_not_marked(make_site: MakeSite, run: Run) -> None:
    for _ in range(2):
        result = run(make_site(), "messages", *ANN, "--unread", "--limit", "1")
        assert "1 shown, 2 unread in all." in result.stdout


def test_the_more_messages_the_larger_they_may_be_in_all(
    make_site: MakeSite, run: Run, control: Callable[..., Any]
) -> None:
    long = {"email": "ann@example.com", "title": "Long", "content": "x" * 300_000}
    for _ in range(4):
        control("messages", **long)
    result = run(make_site(), "messages", *ANN, "--limit", "10")
    assert "6 shown" in result.output
    result = run(make_site(), "messages", *ANN, "--limit", "5")
    assert result.exit_code == 1
    assert "fewer at once" in result.output


def test_a_stranger_is_not_created(
    make_site: MakeSite, run: Run, sandbox: SandboxServer
) -> None:
    site = make_site(CREATE_CONTACTS=True)
    result = run(site, "messages", "--email", "eve@example.com")
    assert result.exit_code == 0
    assert "no messages" in result.stdout
    assert "created" not in result.stdout
    assert run(site, "token", "--email", "eve@example.com").exit_code == 1
    del sandbox


def test_a_failure_names_the_next_step(make_site: MakeSite, run: Run) -> None:
    for wrong in ({"API_KEY": "wr0ng"}, {"MESSAGES_URL": "http://127.0.0.1:9/x"}):
        result = run(make_site(**wrong), "messages", *ANN)
        assert result.exit_code == 1
        assert "app-inbox check" in result.output
        assert "wr0ng" not in result.output


def test_a_site_that_is_switched_off_asks_nobody(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(ENABLED=False), "messages", *ANN)
    assert result.exit_code == 1
    assert "APP_INBOX_ENABLED" in result.output
