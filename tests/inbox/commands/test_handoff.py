"""``handoff``: the folder for the vendor's support."""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from werkzeug.test import Client

from flask_app_inbox.inbox.handoff.icon_size import icon_doubts, icon_size
from flask_app_inbox.inbox.handoff.picture import _Marked, find_browser
from tests.inbox.commands.conftest import MakeSite, Run
from tests.inbox.commands.site import LAYOUT

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}><path d="M0 0"/></svg>'


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "flask_app_inbox.inbox.handoff.picture.find_browser", lambda: None
    )


@pytest.mark.usefixtures("no_browser")
def test_the_message_says_everything_that_support_asks_for(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    site = make_site(ANCHOR="header .bell", POSITION="afterend", LANGUAGE="uk")
    out = tmp_path / "new" / "folder"
    arguments = ("--out", str(out), "--site", "https://shop.example", "--note", "Red.")
    result = run(site, "handoff", *arguments)
    assert result.exit_code == 0, result.output
    message = (out / "message.txt").read_text("utf-8")
    for told in (
        "https://shop.example",
        "header .bell",
        "afterend",
        "Sandbox",
        "uk;",
        "- Red.",
        "the usual bell",
        "eS('init', {APP_INBOX: true}, {",
    ):
        assert told in message
    assert message in result.stdout
    assert "sandbox-key" not in message
    assert sorted(path.name for path in out.iterdir()) == ["message.txt"]
    assert "No picture" in result.stderr


@pytest.mark.usefixtures("no_browser")
def test_the_folder_holds_the_icon_and_its_size_is_checked(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    icon = tmp_path / "bell.svg"
    icon.write_text(SVG.format('viewBox="0 0 48 16"'), "utf-8")
    result = run(make_site(ICON=str(icon)), "handoff", "--out", str(tmp_path / "out"))
    assert "48 by 16" in result.stderr
    written = (tmp_path / "out" / "icon.svg").read_text("utf-8")
    assert 'viewBox="0 0 48 16"' in written
    assert "icon.svg, attached" in result.stdout


@pytest.mark.usefixtures("no_browser")
def test_the_message_needs_no_answer_of_the_vendor(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    site = make_site(API_URL="http://127.0.0.1:9/api", INIT_FORM="options")
    for arguments in ((), ("--offline",)):
        result = run(site, "handoff", "--out", str(tmp_path), *arguments)
        assert result.exit_code == 0
        assert "Account:" not in result.stdout
        assert "eS('init', {getAuthTokenCallback" in result.stdout


@pytest.mark.usefixtures("no_browser")
def test_a_folder_that_cannot_be_written_is_an_error_with_advice(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = run(make_site(), "handoff", "--out", str(tmp_path / "file" / "folder"))
    assert result.exit_code == 1
    assert "--out" in result.output


def test_a_page_without_the_anchor_gives_no_picture(
    make_site: MakeSite, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "flask_app_inbox.inbox.handoff.picture.find_browser", lambda: "/bin/false"
    )
    site = make_site(layout="<p>Hello</p>")
    result = run(site, "handoff", "--out", str(tmp_path))
    assert "/ shows no anchor" in result.stderr
    assert "No picture" in result.stderr
    broken = make_site(config={"PROPAGATE_EXCEPTIONS": True}, layout="{{ 1 / 0 }}")
    result = run(broken, "handoff", "--out", str(tmp_path))
    assert "/ was not looked at: the page raises ZeroDivisionError" in result.stderr
    assert "No picture" in result.stderr


@pytest.fixture
def told(
    make_site: MakeSite, run: Run, tmp_path: Path, no_browser: None
) -> Callable[..., str]:
    """Write the folder for a site and return the message."""

    def tell(*arguments: str, policy: str = "", **site: Any) -> str:
        app = make_site(**site)

        @app.after_request
        def protect(response: Any) -> Any:
            if policy:
                response.headers["Content-Security-Policy"] = policy
            return response

        result = run(app, "handoff", "--out", str(tmp_path), *arguments)
        assert result.exit_code == 0, result.output
        return " ".join((tmp_path / "message.txt").read_text("utf-8").split())

    return tell


SEEN = "as a visitor who is not logged in: the element of the selector is there, once"
POLICY = "has a Content-Security-Policy"


def test_the_message_says_that_a_visitor_has_the_anchor_where_one_was_seen(
    told: Callable[..., str],
) -> None:
    message = told()
    assert f"We looked at the page / {SEEN}" in message
    assert "every page" not in message


@pytest.mark.parametrize(
    "layout",
    [
        "<p>Hello</p>",
        LAYOUT.replace("</p>", "{{ app_inbox_anchor() }}</p>"),
        "{% if session.email %}{{ app_inbox_anchor() }}{% endif %}",
        "{{ 1 / 0 }}",
    ],
    ids=["none", "two", "for customers alone", "broken"],
)
def test_the_message_claims_no_anchor_that_was_not_seen(
    told: Callable[..., str], layout: str
) -> None:
    message = told(layout=layout)
    assert "CSS selector: #app-inbox" in message
    assert "visitor" not in message
    assert "We looked" not in message


def test_the_message_claims_nothing_of_an_error_page(told: Callable[..., str]) -> None:
    def prepare(app: Flask) -> None:
        app.register_error_handler(
            404, lambda error: (render_template_string(LAYOUT), 404)
        )

    message = told("--url", "/nowhere", prepare=prepare, policy="default-src 'self'")
    assert "We looked" not in message
    assert POLICY not in message


def test_the_message_speaks_of_a_policy_only_where_the_page_has_one(
    told: Callable[..., str],
) -> None:
    assert POLICY in told(policy="default-src 'self'")


def test_the_message_speaks_of_no_policy_where_the_page_has_none(
    told: Callable[..., str],
) -> None:
    message = told()
    assert "Content-Security-Policy" not in message
    assert "Which hosts does the widget call" in message


def test_without_the_extra_check_handoff_goes_on_without_the_picture(
    make_site: MakeSite, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "flask_app_inbox.inbox.handoff.picture.find_browser", lambda: "/bin/false"
    )
    monkeypatch.setitem(sys.modules, "bs4", None)
    result = run(make_site(), "handoff", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert 'Reading a page needs Beautiful Soup: pip install "flask-' in result.stderr
    assert "No picture" in result.stderr
    assert "We looked" not in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["message.txt"]


def make_program(path: Path, code: str) -> str:
    path.write_text(f"#!{sys.executable}\n{code}", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def test_a_browser_that_fails_gives_no_picture(
    make_site: MakeSite, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program(tmp_path / "browser", "raise SystemExit(1)")
    monkeypatch.setattr(
        "flask_app_inbox.inbox.handoff.picture.find_browser", lambda: program
    )
    result = run(make_site(), "handoff", "--out", str(tmp_path))
    assert "did not draw" in result.stderr
    assert "anchor.png" not in result.stdout


def test_the_anchor_is_marked_in_the_page(make_site: MakeSite) -> None:
    layout = LAYOUT.replace("</body>", "{{ request.url }}</body>")
    site = make_site(layout=layout, ANCHOR='#bell[title="a<b"]')

    @site.after_request
    def protect(response: Any) -> Any:
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    page = Client(_Marked(site, site.config["APP_INBOX_ANCHOR"], "shop.example"))
    answer = page.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Security-Policy" not in answer.headers
    assert "https://shop.example/" in answer.text
    style = answer.text.partition("<style>")[2]
    assert "outline: 3px" in style
    assert r"a\3c b" in style
    script = page.get("/app-inbox/app_inbox.0.js")
    assert "<style>" not in script.text


@pytest.mark.skipif(
    find_browser() is None and not os.environ.get("CI"), reason="no Chromium or Chrome"
)
def test_a_browser_takes_a_picture_of_the_anchor(
    make_site: MakeSite, run: Run, tmp_path: Path
) -> None:
    result = run(make_site(), "handoff", "--out", str(tmp_path))
    picture = (tmp_path / "anchor.png").read_bytes()
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (1280, 800)
    assert "anchor.png shows its place" in result.stdout


def test_the_first_browser_found_takes_the_picture() -> None:
    def which(name: str) -> str | None:
        return f"/usr/bin/{name}" if "chrome" in name else None

    assert find_browser(which) == "/usr/bin/google-chrome"
    nothing: Callable[[str], str | None] = lambda name: None  # noqa: E731 - for its type
    assert find_browser(nothing) is None


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('viewBox="0 0 24 24"', (24, 24)),
        ('viewBox="0,0,16.5,32" width="1em"', (16.5, 32)),
        ('width="20" height="20px"', (20, 20)),
        ('width="100%" height="100%"', None),
        ('viewBox="0 0 0 0"', None),
        ("", None),
    ],
)
def test_an_icon_tells_its_size(
    attributes: str, size: tuple[float, float] | None
) -> None:
    assert icon_size(SVG.format(attributes)) == size


def test_an_icon_that_may_look_wrong_raises_doubts() -> None:
    assert icon_doubts(SVG.format('viewBox="0 0 24 24"')) == []
    assert "names no size" in icon_doubts(SVG.format(""))[0]
    assert "no viewBox" in icon_doubts(SVG.format('width="9" height="9"'))[0]
