"""The commands of ``flask chathub``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from flask_app_inbox import ChatHub
from flask_app_inbox.client.chathub import ChatHubClient
from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.control import Control


@pytest.fixture
def run(make_staff_app: Callable[..., Flask]) -> Callable[..., Result]:
    def run(*arguments: str, **settings: Any) -> Result:
        app = make_staff_app(**settings)
        return app.test_cli_runner().invoke(args=["chathub", *arguments])

    return run


def test_organizations_are_listed(run: Callable[..., Result]) -> None:
    result = run("organizations")
    assert result.exit_code == 0
    assert result.output.splitlines() == ["id  name", "24  Sales", "25  Support"]


def test_operators_of_one_organization_are_listed(
    run: Callable[..., Result], control: Control
) -> None:
    control.call("POST", "chathub/operators", organizationId=24, name="Away", status=1)
    result = run("operators", "24", "--json")
    assert json.loads(result.output) == [
        {"id": 101, "name": "Olha", "organization": 24}
    ]


def test_operators_of_all_organizations_are_listed(
    run: Callable[..., Result],
) -> None:
    assert [line.split()[0] for line in run("operators").output.splitlines()] == [
        "id",
        "101",
        "102",
    ]


def test_what_a_table_tells_moves_no_cursor(
    run: Callable[..., Result], control: Control
) -> None:
    name = "\x1b[2JOlha \x9b\nK."
    control.call("POST", "chathub/operators", organizationId=24, name=name)
    told = run("operators", "24").output
    assert "[2JOlha  K." in told
    assert all(line.isprintable() for line in told.split("\n"))
    shown = json.loads(run("operators", "24", "--json").output)
    assert name in [one["name"] for one in shown]


def test_a_company_without_operators_says_so(
    run: Callable[..., Result], control: Control
) -> None:
    for operator in (101, 102):
        control.call("PUT", f"chathub/operators/{operator}", status=2)
    assert run("operators").output == "None.\n"
    result = run("check")
    assert result.exit_code == 1
    assert "no active operator" in result.output


def test_a_token_is_issued_validated_and_masked(run: Callable[..., Result]) -> None:
    found = json.loads(run("token", "101", "--json").output)
    assert found["isValid"] is True
    assert found["token"].startswith("••••")
    assert len(found["token"]) == 8


def test_a_token_is_shown_when_it_is_asked_for(run: Callable[..., Result]) -> None:
    result = run("token", "101", "--reveal")
    assert "eyJ" in result.output
    assert "isValid    True" in result.output


def test_check_shows_the_settings_without_the_secrets(
    run: Callable[..., Result],
) -> None:
    settings = {"CHATHUB_KEY": None, "CHATHUB_LOGIN": "sandbox"}
    result = run("check", CHATHUB_PASSWORD="sandbox", **settings)
    assert result.exit_code == 0
    assert "CHATHUB_TOKEN_LIFETIME" in result.output
    assert "The credentials work" in result.output
    secrets = [
        line.split()[-1]
        for line in result.output.splitlines()
        if line.startswith(("CHATHUB_LOGIN", "CHATHUB_PASSWORD"))
    ]
    assert secrets == ["••••", "••••"]


def test_check_is_read_by_programs(run: Callable[..., Result]) -> None:
    found = json.loads(run("check", "--json").output)
    assert [one["operators"] for one in found["organizations"]] == [1, 1]
    assert found["settings"]["key"] == "••••"
    assert found["problems"] == []


ORIGIN = ("--origin", "https://shop.example/staff")


def test_check_looks_whether_the_vendor_lets_the_sites_pages_in(
    run: Callable[..., Result],
) -> None:
    assert json.loads(run("check", "--json", *ORIGIN).output)["problems"] == []
    assert "name your site with --origin" in run("check").output
    assert "--origin" not in run("check", SERVER_NAME="shop.example").output


@pytest.mark.parametrize(
    ("route", "what"), [("panel", "load its panel"), ("chats", "call its API")]
)
def test_check_names_what_the_vendor_keeps_from_the_sites_pages(
    run: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    what: str,
) -> None:
    # The sandbox lets every page in; a vendor that does not is one without headers.
    real = ChatHubClient.lets_in

    def refuse(client: ChatHubClient, origin: str, url: str, **options: Any) -> bool:
        is_panel = url.endswith(".js")
        if is_panel == (route == "panel"):
            url = f"{client._api_url}/"
        return real(client, origin, url, **options)

    monkeypatch.setattr(ChatHubClient, "lets_in", refuse)
    result = run("check", *ORIGIN)
    assert result.exit_code == 1
    assert f"does not let pages of https://shop.example {what} (CORS)" in result.output


def test_check_goes_on_where_the_panels_host_does_not_answer(
    run: Callable[..., Result],
) -> None:
    result = run("check", *ORIGIN, CHATHUB_SCRIPT_URL="http://127.0.0.1:9")
    assert "may not be able to load its panel" in result.output
    assert "call its API" not in result.output


def test_check_finds_a_wrong_address_of_the_panel(
    run: Callable[..., Result], sandbox: SandboxServer
) -> None:
    wrong = f"{sandbox.url}/operator-chat-panel/widget.js"
    result = run("check", *ORIGIN, CHATHUB_SCRIPT_URL=wrong)
    assert result.exit_code == 1
    told = f"load its panel: the vendor answered 404 ({wrong})"
    assert told in result.output


def test_check_reports_a_missing_loader(sandbox: SandboxServer) -> None:
    app = Flask("site")
    app.config.update(CHATHUB_KEY="sandbox-key", CHATHUB_API_URL=sandbox.url)
    ChatHub(app)
    result = app.test_cli_runner().invoke(args=["chathub", "check"])
    assert result.exit_code == 1
    assert "operator_loader" in result.output
    assert "SECRET_KEY" in result.output


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ({"kind": "status", "status": 401}, "CHATHUB_KEY"),
        ({"kind": "status", "status": 403}, "inactive"),
        ({"kind": "status", "status": 500}, "CHATHUB_API_URL"),
        ({"kind": "garbage"}, "no JSON"),
    ],
    ids=str,
)
def test_a_failure_ends_with_advice(
    run: Callable[..., Result], control: Control, fault: dict[str, Any], advice: str
) -> None:
    control.call("POST", "faults", route="organizations", times=None, **fault)
    result = run("organizations")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert advice in result.output
    assert "sandbox-key" not in result.output


def test_python_has_the_same_calls(make_staff_app: Callable[..., Flask]) -> None:
    app = make_staff_app()
    with app.app_context():
        chathub = ChatHub()
        [sales, _] = chathub.organizations()
        [operator] = chathub.operators(sales.id)
        token = chathub.issue_token(operator.id)
        assert chathub.issue_token(operator.id) == token
        assert chathub.validate(token.token)
        assert not chathub.validate("no token")
