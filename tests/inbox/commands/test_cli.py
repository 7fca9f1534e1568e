"""The group ``flask app-inbox`` and how it starts the sandbox."""

from __future__ import annotations

import pytest
from flask import Flask

from flask_app_inbox.sandbox import __main__ as sandbox
from tests.conftest import MakeApp


def test_the_sandbox_command_starts_the_sandbox_with_its_options(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, int, str, bool]] = []

    def run(host: str, port: int, api_key: str, *, verbose: bool) -> None:
        started.append((host, port, api_key, verbose))

    monkeypatch.setattr(sandbox, "run", run)
    runner = make_app().test_cli_runner()
    assert runner.invoke(args=["app-inbox", "sandbox"]).exit_code == 0
    options = ["--host", "::1", "--port", "0", "--api-key", "k", "--verbose"]
    assert runner.invoke(args=["app-inbox", "sandbox", *options]).exit_code == 0
    assert started == [
        ("127.0.0.1", 5001, "sandbox-key", False),
        ("::1", 0, "k", True),
    ]


@pytest.mark.parametrize("port", ["http", "-x", "1.5"])
def test_a_port_must_be_a_number(make_app: MakeApp, port: str) -> None:
    result = (
        make_app()
        .test_cli_runner()
        .invoke(args=["app-inbox", "sandbox", "--port", port])
    )
    assert result.exit_code == 2


def test_the_group_is_listed_with_its_purpose(make_app: MakeApp) -> None:
    output = make_app().test_cli_runner().invoke(args=["--help"]).output
    assert "app-inbox" in output
    assert "the vendor's bell" in output


def test_an_app_without_the_extension_has_no_such_command() -> None:
    result = Flask("shop").test_cli_runner().invoke(args=["app-inbox", "sandbox"])
    assert "No such command" in result.output
