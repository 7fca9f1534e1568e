"""The manuals' code runs, and what they tell people to type exists."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import pytest
import responses
from blinker import ANY, NamedSignal

from flask_app_inbox import signals
from flask_app_inbox.chathub.settings import ChatHubSettings
from flask_app_inbox.config.reader import settings_of
from flask_app_inbox.inbox.check.finding import FindingKind
from flask_app_inbox.inbox.check.findings import FINDINGS
from flask_app_inbox.inbox.settings import Settings
from flask_app_inbox.sandbox.faults import kinds

from . import MANUALS, blocks_of, text_of
from .tables import CHATHUB_COMMANDS, INBOX_COMMANDS

_TOKEN_URL = "https://esputnik.com/api/v1/auth/contact/token"
_CONTACT_URL = "https://esputnik.com/api/v1/contact"
_IMPORT_URL = "https://esputnik.com/api/v1/importstatus/1"
_MESSAGES_URL = "https://esputnik.com/appinbox/v1/messages"
_CHATHUB_URL = "https://chatapi.smsbat.com/api"

_GROUPS = {"app-inbox": INBOX_COMMANDS, "chathub": CHATHUB_COMMANDS}


WITH_PYTHON = [name for name in MANUALS if blocks_of(name, "python")]


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    """Both vendors, as far as a manual asks them."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as vendor:
        vendor.post(_CONTACT_URL, json={"id": 1})
        vendor.post(f"{_CONTACT_URL}s", json={"asyncSessionId": "1"})
        vendor.get(_IMPORT_URL, json={"status": "FINISHED", "mapping": []})
        vendor.post(_TOKEN_URL, json={"token": "of.ann"})
        vendor.get(_MESSAGES_URL, json={"list": [{"id": "1", "title": "Hello"}]})
        vendor.get(f"{_MESSAGES_URL}/count", json={"count": 1})
        vendor.post(f"{_MESSAGES_URL}/status")
        vendor.get(f"{_CHATHUB_URL}/company/organization", json=[])
        vendor.get(f"{_CHATHUB_URL}/operator", json=[])
        vendor.post(f"{_CHATHUB_URL}/operator/get-token", json="of.an.operator")
        vendor.post(f"{_CHATHUB_URL}/operator/validate-token", json={"isValid": True})
        yield vendor


@pytest.fixture
def no_receiver_left() -> Iterator[None]:
    """Disconnect what an example connects for every app."""
    yield
    for signal in vars(signals).values():
        if isinstance(signal, NamedSignal):
            for receiver in [*signal.receivers_for(ANY)]:
                signal.disconnect(receiver)


@pytest.mark.parametrize("name", WITH_PYTHON)
@pytest.mark.usefixtures("vendor", "no_receiver_left")
def test_the_python_blocks_run_one_after_the_other(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # An example that adds a kind of fault adds it for itself alone.
    monkeypatch.setattr(kinds, "KINDS", dict(kinds.KINDS))
    # What OAuth keeps, it keeps in the instance folder.
    monkeypatch.setenv("FLASK_APP_INBOX_DATABASE_URL", f"sqlite:///{tmp_path}/db")
    for variable, value in exports_of(name):
        monkeypatch.setenv(variable, value)
    names: dict[str, Any] = {"__name__": "site"}
    with patch.dict(os.environ):  # an example may set variables
        for block in blocks_of(name, "python"):
            exec(compile(block, name, "exec"), names)


def test_the_inboxs_manual_shows_how_a_token_is_issued(
    vendor: responses.RequestsMock,
) -> None:
    names: dict[str, Any] = {"__name__": "site"}
    for block in blocks_of("flask_app_inbox/inbox/README.md", "python")[:5]:
        exec(compile(block, "README.md", "exec"), names)
    assert names["token"] == "of.ann"


def exports_of(name: str) -> Iterator[tuple[str, str]]:
    """Yield what a manual sets in the environment."""
    for block in blocks_of(name, "console"):
        for words in re.findall(r"^\$ export (.+)$", block, re.MULTILINE):
            for word in shlex.split(words):
                variable, _, value = word.partition("=")
                yield variable, value


# --- settings and commands ------------------------------------------------------


def test_every_setting_that_a_manual_names_exists() -> None:
    known = {f"APP_INBOX_{one.key}" for one in settings_of(Settings)}
    known |= {f"CHATHUB_{one.key}" for one in settings_of(ChatHubSettings)}
    for name in MANUALS:
        for key in re.findall(r"(?:APP_INBOX|CHATHUB)_[A-Z_]*[A-Z]", text_of(name)):
            assert key in known, f"{name}: {key}"


_COMMAND = re.compile(r"flask (?:--app \w+ )?(app-inbox|chathub)\b([^`#|\n]*)")


def commands_of(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the command lines of a manual: its group and the words after that."""
    text = text_of(name)
    spans = re.findall(
        r"(?<!`)`([^`]+)`(?!`)", re.sub("```.*?```", "", text, flags=re.DOTALL)
    )
    lines = [
        line
        for block in blocks_of(name, "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    for line in (*spans, *lines):
        for group, rest in _COMMAND.findall(re.sub(r"\s+", " ", line)):
            yield group, rest.split()


def test_every_command_that_a_manual_names_exists() -> None:
    seen = set()
    for name in MANUALS:
        for group, words in commands_of(name):
            command: click.Command = _GROUPS[group]
            options: set[str] = set()
            for word in words:
                if isinstance(command, click.Group) and not word.startswith("-"):
                    assert word in command.commands, f"{name}: {group} {words}"
                    command = command.commands[word]
                    options = {each for one in command.params for each in one.opts}
                elif word.startswith("--") and word != "--help":
                    assert word in options, f"{name}: {group} {words}"
            seen.add(command.name)
    assert {"check", "handoff", "refresh", "organizations"} <= seen


def test_what_check_says_in_the_manual_it_says() -> None:
    [report] = [
        block
        for block in blocks_of("flask_app_inbox/inbox/README.md", "console")
        if "$ flask app-inbox check\n" in block
    ]
    told = re.findall(
        r"^  (error|warning)  +(.+)\n +why +(.+)\n +fix +(.+)", report, re.MULTILINE
    )
    assert told
    for level, what, why, fix in told:
        assert any(
            level == one.level
            and re.fullmatch(_pattern(one.what), what)
            and re.fullmatch(_pattern(one.why), why)
            and any(re.fullmatch(_pattern(line), fix) for line in _fixes(one))
            for one in FINDINGS
        ), what


def _fixes(kind: FindingKind) -> Iterable[str]:
    return [kind.fix] if isinstance(kind.fix, str) else kind.fix.values()


def _pattern(text: str) -> str:
    """Return a pattern for a text of check, whose placeholders may be anything."""
    return ".+".join(map(re.escape, re.split(r"\{[a-z_]+\}", text)))
