"""A Python without Flask-Login: all works that does not ask for its user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = '''
import sys


class Block:
    """Nobody can import Flask-Login."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "flask_login":
            raise ImportError("Flask-Login is not installed")


assert "flask_login" not in sys.modules
sys.meta_path.insert(0, Block())
pytest_plugins = ["flask_app_inbox.testing"]
'''

#: The tests of such a site.
SITE = """
import json

import pytest
from flask import Flask, render_template_string
from flask_app_inbox import AppInbox, ChatHub, Contact

PAGE = "<body>{{ app_inbox_anchor() }}{{ app_inbox() }}{{ chathub() }}</body>"


def make(loaders=True):
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="0f8c1b9d4e6a7f2035c8d1e4b7a6093f",
        APP_INBOX_API_KEY="key",
        APP_INBOX_SCRIPT_ID="SITE",
        CHATHUB_KEY="key",
    )
    app.add_url_rule("/", view_func=lambda: render_template_string(PAGE))
    inbox, panel = AppInbox(app), ChatHub(app)
    if loaders:
        inbox.contact_loader(lambda: Contact(email="ann@example.com"))
        panel.operator_loader(lambda: {"sales": 101})
    return app


def code(answer):
    return answer.status_code, answer.get_json(force=True).get("code")


def test_a_page_has_bell_and_panel():
    html = make().test_client().get("/").text
    assert (html.count("data-user="), html.count("<chathub-panel")) == (1, 1)


def test_both_give_tokens(app_inbox_vendor, chathub_vendor):
    client = make().test_client()
    assert client.post("/app-inbox/token").json == {"token": "token-1"}
    assert client.get("/app-inbox/user").status_code == 204
    assert "token" in client.post("/chathub/token").json
    assert client.get("/app-inbox/embed").json["script"]
    assert client.get("/chathub/panel").status_code == 200


def test_check_and_handoff_run(app_inbox_vendor, chathub_vendor, tmp_path):
    run = make().test_cli_runner().invoke
    report = run(args=["app-inbox", "check", "--offline", "--json"])
    told = [finding["code"] for finding in json.loads(report.output)["findings"]]
    assert "contact_loader_missing" not in told and "loader_failed" not in told
    out = str(tmp_path / "out")
    done = run(args=["app-inbox", "handoff", "--offline", "--out", out])
    assert done.exit_code == 0, done.output
    done = run(args=["chathub", "check"])
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_without_a_loader_there_is_one_clear_error(caplog):
    client = make(loaders=False).test_client()
    html = client.get("/").text
    assert html.startswith("<body><div") and "<script" not in html
    told = [r.getMessage() for r in caplog.records if "ChatHub" not in r.getMessage()]
    assert len(told) == 1 and "neither Flask-Login nor a contact_loader" in told[0]
    assert code(client.post("/app-inbox/token")) == (500, "loader_failed")
    assert code(client.post("/chathub/token")) == (403, "not_an_operator")
    run = make(loaders=False).test_cli_runner().invoke
    report = run(args=["app-inbox", "check", "--offline", "--json"])
    told = [finding["code"] for finding in json.loads(report.output)["findings"]]
    assert told.count("contact_loader_missing") == 1 and "loader_failed" not in told


def test_an_app_with_a_login_manager_of_another_kind(caplog):
    app = make(loaders=False)
    app.login_manager = object()
    client = app.test_client()
    assert "<script" not in client.get("/").text
    assert "Flask-Login cannot be imported" in caplog.text
    assert code(client.post("/app-inbox/token")) == (500, "loader_failed")
    assert code(client.post("/chathub/token")) == (500, "loader_failed")
    app = make()
    app.login_manager = object()
    assert "data-user=" in app.test_client().get("/").text
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with tests of its own, where Flask-Login cannot be imported."""
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_site.py").write_text(SITE, "utf-8")
    return tmp_path


@pytest.mark.server
def test_a_site_without_flask_login_has_all_but_its_user(site: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(site)],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) == SITE.count("\ndef test_")
