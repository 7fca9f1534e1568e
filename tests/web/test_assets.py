"""The page script: its bytes, its address, how long it is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

import flask_app_inbox.web
from flask_app_inbox.inbox.page import PAGE_SCRIPT
from flask_app_inbox.web.assets import SHORTENERS, PageScript, read_script, render
from tests.conftest import MakeApp

PREFIX = "/app-inbox/app_inbox."


@pytest.fixture
def client(make_app: MakeApp) -> FlaskClient:
    return make_app().test_client()


@pytest.fixture
def script() -> PageScript:
    return read_script(*PAGE_SCRIPT)


def test_the_fingerprint_is_one_of_source_and_shortener(script: PageScript) -> None:
    assert re.fullmatch("[0-9a-f]{16}", script.fingerprint)
    assert script.content.startswith(b"(()=>{")
    assert read_script(*PAGE_SCRIPT) is script
    scripts = [
        PageScript(source, str.strip, way, "text/javascript")
        for source, way in (("a;", "one"), ("b;", "one"), ("a;", "two"))
    ]
    assert len({script.fingerprint for script in scripts}) == 3


def test_every_module_that_shortens_is_part_of_the_fingerprint() -> None:
    imported = {
        name
        for module in SHORTENERS
        for name in re.findall(
            r"^from \.(\w+) import",
            Path(flask_app_inbox.web.__path__[0], f"{module}.py").read_text("utf-8"),
            re.MULTILINE,
        )
    }
    assert imported <= set(SHORTENERS)


def test_a_page_does_not_wait_for_its_script_to_be_shortened() -> None:
    asked: list[str] = []

    def shorten(source: str) -> str:
        asked.append(source)
        return "a;"

    script = PageScript("a; // b", shorten, "", "text/javascript")
    assert script.fingerprint
    assert asked == []
    assert (script.content, script.content) == (b"a;", b"a;")
    assert asked == ["a; // b"]


def test_under_its_fingerprint_it_is_kept_for_a_year(
    client: FlaskClient, script: PageScript
) -> None:
    response = client.get(f"{PREFIX}{script.fingerprint}.js")
    assert response.status_code == 200
    assert response.data == script.content
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    kept = response.headers["Cache-Control"]
    assert sorted(kept.split(", ")) == ["immutable", "max-age=31536000", "public"]
    assert "Vary" not in response.headers
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("stale", ["0123456789abcdef", "x", "<script>", "%00"])
def test_under_another_fingerprint_it_is_given_and_not_kept(
    client: FlaskClient, script: PageScript, stale: str
) -> None:
    response = client.get(f"{PREFIX}{stale}.js")
    assert response.data == script.content
    assert response.headers["Cache-Control"] == "no-cache"


def test_head_has_the_headers_alone(client: FlaskClient, script: PageScript) -> None:
    response = client.head(f"{PREFIX}{script.fingerprint}.js")
    assert (response.status_code, response.data) == (200, b"")
    assert response.content_length == len(script.content)


def test_it_needs_no_login_and_runs_no_loader(
    make_app: MakeApp, script: PageScript
) -> None:
    def fail() -> None:
        raise AssertionError("nobody asked who is logged in")

    app: Flask = make_app(loader=fail)
    response = app.test_client().get(f"{PREFIX}{script.fingerprint}.js")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "files", [PAGE_SCRIPT, ("chathub/static/chathub_frame.js",)], ids=["bell", "frame"]
)
def test_comments_are_for_readers_of_the_source_alone(files: tuple[str, ...]) -> None:
    served = read_script(*files).content.decode()
    assert not re.search(r"/\*\*|(^|\s)//\s", served, re.MULTILINE)


def test_a_template_takes_the_values_that_it_names_and_no_others() -> None:
    values = {"language": "en", "title": "<b>", "source": "/a", "script": "/b"}
    html = render("flask_app_inbox.chathub", "frame.html", **values, nonce=None)
    assert isinstance(html, Markup)
    assert html.startswith("<!doctype html>\n")
    assert html.endswith("</html>")
    assert "<title>&lt;b&gt;</title>" in html
    with pytest.raises(TypeError, match="unknown"):
        render("flask_app_inbox.chathub", "frame.html", **values, unknown=1)
