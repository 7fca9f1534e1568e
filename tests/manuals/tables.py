"""The tables, each made of what the code itself uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from typing import Any, TypeVar

import click
from blinker import NamedSignal

from flask_app_inbox import errors, signals
from flask_app_inbox.chathub import problems as chathub_problems
from flask_app_inbox.chathub.commands import add_commands as add_chathub_commands
from flask_app_inbox.chathub.settings import ChatHubSettings
from flask_app_inbox.config.reader import settings_of
from flask_app_inbox.errors import AppInboxError, VendorError
from flask_app_inbox.inbox import problems as inbox_problems
from flask_app_inbox.inbox.check.findings import FINDINGS
from flask_app_inbox.inbox.commands import add_commands
from flask_app_inbox.inbox.settings import Settings
from flask_app_inbox.oauth.settings import OAuthSettings
from flask_app_inbox.sandbox.manual import fault_kind_rows, fault_route_rows
from flask_app_inbox.web import problems
from flask_app_inbox.web.problems import Problem

from .scripts import codes_of, events_of
from .table import Tables

Parent = TypeVar("Parent")
Command = click.Command

TABLES = Tables()
_table = TABLES.add

#: What an operator's token has nothing to do with.
_OF_OAUTH = (errors.ReconnectNeeded, errors.StorageError)


# --- settings -----------------------------------------------------------------


def _settings(group: type, without: type | None = None) -> Iterator[Iterable[str]]:
    known = {one.key for one in settings_of(without)} if without else set()
    for one in settings_of(group):
        if one.key not in known:
            yield f"`{one.key}`", one.shown, one.help


@_table("key", "default", "meaning")
def settings() -> Iterable[Iterable[str]]:
    return _settings(Settings, without=OAuthSettings)


@_table("key", "default", "meaning")
def oauth_settings() -> Iterable[Iterable[str]]:
    return _settings(OAuthSettings)


@_table("key", "default", "meaning")
def chathub_settings() -> Iterable[Iterable[str]]:
    return _settings(ChatHubSettings)


# --- problems -----------------------------------------------------------------


def _those_below(parent: type[Parent]) -> Iterator[type[Parent]]:
    for child in parent.__subclasses__():
        yield child
        yield from _those_below(child)


#: Status, code and when it is answered.
_Answer = tuple[int, str, str]


def _problems_in(module: Any) -> list[_Answer]:
    return [
        (one.status, one.problem_code, one.when)
        for one in _those_below(Problem)
        if one.__module__ == module.__name__
    ]


def _answers_of_errors() -> Iterator[tuple[type[AppInboxError], _Answer]]:
    for error in _those_below(AppInboxError):
        if error.__module__ == errors.__name__ and "when" in vars(error):
            yield error, (error.http_status, error.code, error.when)


def _rows_of(answers: Iterable[_Answer]) -> Iterator[Iterable[str]]:
    waiting = {
        error.code
        for error, _ in _answers_of_errors()
        if error.default_retry_after is not None
    }
    for status, code, when in sorted(set(answers)):
        wait = ", `Retry-After`" if code in waiting else ""
        yield str(status), f"`{code}`{wait}", when


@_table("status", "`code`", "when")
def _problems() -> Iterable[Iterable[str]]:
    answers = [answer for _, answer in _answers_of_errors()]
    answers += [*_problems_in(problems), *_problems_in(inbox_problems)]
    return _rows_of(answers)


@_table("status", "`code`", "when")
def _chathub_problems() -> Iterable[Iterable[str]]:
    answers = [*_problems_in(problems), *_problems_in(chathub_problems)]
    of_vendor = []
    for error, answer in _answers_of_errors():
        if issubclass(error, VendorError) and answer[0] > 429:
            if not issubclass(error, _OF_OAUTH):
                of_vendor.append(answer)
        elif not issubclass(error, _OF_OAUTH):
            answers.append(answer)
    yield from _rows_of(answers)
    of_vendor.sort()
    yield (
        ", ".join(dict.fromkeys(str(status) for status, _, _ in of_vendor)),
        ", ".join(f"`{code}`" for _, code, _ in of_vendor),
        "as for [the inbox](../inbox/README.md#the-token-endpoint)",
    )


# --- commands -----------------------------------------------------------------


def _group(add: Callable[[click.Group], None]) -> click.Group:
    group = click.Group()
    add(group)
    return group


INBOX_COMMANDS = _group(add_commands)
CHATHUB_COMMANDS = _group(add_chathub_commands)


def _commands(prefix: str, group: click.Command) -> Iterator[Iterable[str]]:
    assert isinstance(group, click.Group)
    for name, command in group.commands.items():
        if not isinstance(command, click.Group):
            usage = " ".join([f"{prefix} {name}", *_needed(command)])
            yield f"`{usage}`", command.get_short_help_str(limit=200)


def _needed(command: Command) -> Iterator[str]:
    """Yield what a command line cannot go without, and arguments that it can."""
    for parameter in command.params:
        word = parameter.human_readable_name.upper()
        if isinstance(parameter, click.Argument):
            yield word if parameter.required else f"[{word}]"
        elif parameter.required:
            yield f"{parameter.opts[0]} {word}"


@_table("command", "what it does")
def commands() -> Iterable[Iterable[str]]:
    return _commands("flask app-inbox", INBOX_COMMANDS)


@_table("command", "what it does")
def oauth_commands() -> Iterable[Iterable[str]]:
    return _commands("flask app-inbox oauth", INBOX_COMMANDS.commands["oauth"])


@_table("command", "what it does")
def chathub_commands() -> Iterable[Iterable[str]]:
    return _commands("flask chathub", CHATHUB_COMMANDS)


def _options(command: Command) -> Iterator[Iterable[str]]:
    for option in command.params:
        assert isinstance(option, click.Option)
        kind = option.metavar or option.type.name.partition(" ")[0].upper()
        value = "" if option.is_flag else f" {kind}"
        text = re.sub(r"\s+", " ", option.help or "")
        text = re.sub(r"\[default: (.+)\]$", r"By default \1.", text)
        if option.show_default:
            text += f" By default `{option.default}`."
        yield f"`{option.opts[0]}{value}`", text


@_table("option", "")
def check_options() -> Iterable[Iterable[str]]:
    return _options(INBOX_COMMANDS.commands["check"])


@_table("option", "")
def handoff_options() -> Iterable[Iterable[str]]:
    return _options(INBOX_COMMANDS.commands["handoff"])


@_table("option", "")
def sync_options() -> Iterable[Iterable[str]]:
    return _options(INBOX_COMMANDS.commands["sync"])


# --- in the page --------------------------------------------------------------

_ENDPOINT_SCRIPT = "web/static/site_endpoint.js"
_INBOX_SCRIPT = "inbox/static/inbox_events.js"
_CHATHUB_SCRIPT = "chathub/static/panel_events.js"
_BELL_SCRIPT = "bell/static/panel.js"
_COUNT_SCRIPT = "bell/static/bell_page.js"


def _events(prefix: str, script: str) -> Iterator[Iterable[str]]:
    for event in events_of(script):
        detail = ", ".join(f"`{key}`" for key in event.detail)
        yield f"`{prefix}:{event.name}`", detail or "–", event.text  # noqa: RUF001


def _codes(*scripts: str) -> Iterator[Iterable[str]]:
    for code, text in codes_of(*scripts):
        yield f"`{code}`", text


@_table("event", "`detail`", "when")
def bell_events() -> Iterable[Iterable[str]]:
    return _events("app-inbox", _BELL_SCRIPT)


@_table("event", "`detail`", "when")
def count_events() -> Iterable[Iterable[str]]:
    return _events("app-inbox", _COUNT_SCRIPT)


@_table("event", "`detail`", "when")
def events() -> Iterable[Iterable[str]]:
    return _events("app-inbox", _INBOX_SCRIPT)


@_table("`code` of the script's own", "meaning")
def script_codes() -> Iterable[Iterable[str]]:
    return _codes(_ENDPOINT_SCRIPT, _INBOX_SCRIPT)


@_table("event", "`detail`", "when")
def chathub_events() -> Iterable[Iterable[str]]:
    return _events("chathub", _CHATHUB_SCRIPT)


@_table("`code` of the script's own", "meaning")
def chathub_script_codes() -> Iterable[Iterable[str]]:
    return _codes(_ENDPOINT_SCRIPT, _CHATHUB_SCRIPT)


# --- check and the sandbox ----------------------------------------------------


@_table("code", "level", "what", "why")
def findings() -> Iterable[Iterable[str]]:
    for one in FINDINGS:
        yield f"`{one.code}`", one.level, _worded(one.what), _worded(one.why)


def _worded(text: str) -> str:
    """Return a text of check with ``…`` where it depends on the case."""
    return re.sub(r"\{[a-z_]+\}", "…", text)


@_table("kind", "what happens", "options")
def fault_kinds() -> Iterable[Iterable[str]]:
    return fault_kind_rows()


@_table("route", "what it is", "paths")
def fault_routes() -> Iterable[Iterable[str]]:
    return fault_route_rows()


# --- in Python ----------------------------------------------------------------


@_table("signal", "data", "when")
def _signals() -> Iterable[Iterable[str]]:
    for name, signal in vars(signals).items():
        if isinstance(signal, NamedSignal):
            text = cleandoc(signal.__doc__ or "")
            data = re.findall(r"^:param (\w+):", text, re.MULTILINE)
            first = text.partition("\n")[0].removeprefix("Sent when ").rstrip(".")
            yield f"`{name}`", ", ".join(f"`{one}`" for one in data), first
