"""``check`` as a whole: settings, output, and a site in good order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.inbox.commands.conftest import Findings, MakeSite, Run


def test_a_site_in_good_order_passes(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(), "check", "--processes", "1")
    assert result.exit_code == 0, result.output
    assert "Everything is in order." in result.output
    assert "opens the account Sandbox" in result.output


def test_check_creates_nobody_at_the_vendor(
    make_site: MakeSite, run: Run, sandbox: Any
) -> None:
    import requests

    run(make_site(CREATE_CONTACTS=True), "check", "--as", "ann@example.com")
    with requests.Session() as http:
        http.trust_env = False
        assert http.get(f"{sandbox.url}/_sandbox/contacts", timeout=10).json() == []


def test_settings_that_the_app_never_read(
    make_site: MakeSite, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_TIMEOUT", "5")
    told = findings(make_site())
    assert "from_prefixed_env()" in told["environment_unused"]["fix"]


def test_settings_that_came_too_late(make_site: MakeSite, findings: Findings) -> None:
    app = make_site()
    app.config["APP_INBOX_TIMEOUT"] = 5
    told = findings(app)
    assert "APP_INBOX_TIMEOUT" in told["changed_too_late"]["what"]
    assert "init_app" in told["changed_too_late"]["fix"]
    app.config["APP_INBOX_TIMEOUT"] = "five"
    assert "APP_INBOX_TIMEOUT" in findings(app)["changed_too_late"]["what"]


def test_without_the_extra_check_says_what_to_install(
    make_site: MakeSite, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bs4", None)
    result = run(make_site(), "check")
    assert result.exit_code == 1
    assert result.output == (
        "Error: Reading a page needs Beautiful Soup: "
        'pip install "flask-app-inbox[check]"\n'
    )


@pytest.mark.parametrize("command", ["app-inbox check", "routes"])
def test_an_app_that_lacks_its_key_is_told_so_in_words(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "shop.py").write_text(
        "from flask import Flask; from flask_app_inbox import AppInbox\n"
        "app = Flask(__name__); AppInbox(app)\n"
    )
    flask = [sys.executable, "-m", "flask", "--app", "shop", *command.split()]
    done = subprocess.run(
        flask, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Error: The configuration cannot work:\n  - APP_INBOX"
    )
    assert "Traceback" not in done.stderr


def test_people_see_the_fix_of_each_finding(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(ENABLED=False), "check")
    assert "\n           fix   APP_INBOX_ENABLED = True\n" in result.output
    assert "0 errors, 1 warning." in result.output


def test_the_extension_is_switched_off(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(ENABLED=False))
    assert told["disabled"]["fix"] == "APP_INBOX_ENABLED = True"


def test_parts_of_a_dict_may_come_from_the_environment(
    make_site: MakeSite, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_FEATURES__RECOMS", "true")
    monkeypatch.setenv("FLASK_APP_INBOX_LANGUAGE", "uk")
    site = make_site(prepare=lambda app: app.config.from_prefixed_env())
    assert findings(site) == {}


def test_check_shows_the_size_of_an_icon(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    icon = tmp_path / "bell.svg"
    icon.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    result = run(make_site(ICON=str(icon)), "check", "--offline")
    assert "SVG, " in result.output
