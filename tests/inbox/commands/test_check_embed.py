"""``check`` of a page that no template renders: embed.js brings anchor and script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response

from tests.inbox.commands.conftest import MakeSite, Run, found
from tests.inbox.commands.site import cookie_of

PAGE = """<!doctype html>
<title>Shop</title>
<script async src="/app-inbox/embed.js"></script>
<div id="root"></div>"""
SNIPPET = "<script async src='https://statics.esputnik.com/scripts/SITE.js'></script>"


@pytest.mark.parametrize(
    "settings",
    [{}, {"POSITION": "beforebegin", "ANCHOR": "header#bell"}],
)
def test_a_page_in_good_order_passes(
    make_site: MakeSite, run: Run, settings: dict[str, Any]
) -> None:
    result = run(make_site(layout=PAGE, **settings), "check", "--processes", "1")
    assert "Everything is in order." in result.output
    assert "Our script is in the page, once." in result.output


def test_a_running_site_is_asked_as_the_cookies_owner(
    make_site: MakeSite, serve: Callable[[Flask], str], run: Run
) -> None:
    app = make_site(layout=PAGE)
    url = serve(app)
    result = run(
        app,
        "check",
        "--url",
        f"{url}/",
        "--cookie",
        cookie_of(app, email="ann@example.com"),
    )
    assert result.exit_code == 0, result.output
    result = run(app, "check", "--json", "--url", f"{url}/")
    assert "nobody_logged_in" in found(result)


@pytest.mark.parametrize(
    ("layout", "is_forbidden"),
    [(PAGE, True), (PAGE.replace("<script", "<script nonce=abc"), False)],
)
def test_the_nonce_of_the_page_is_good_for_what_its_script_makes(
    make_site: MakeSite, run: Run, layout: str, is_forbidden: bool
) -> None:
    def prepare(app: Flask) -> None:
        @app.after_request
        def protect(response: Response) -> Response:
            policy = "script-src 'nonce-abc' 'strict-dynamic'"
            response.headers["Content-Security-Policy"] = policy
            return response

    told = found(run(make_site(layout=layout, prepare=prepare), "check", "--json"))
    assert ("csp_own_script" in told) is is_forbidden


@pytest.mark.parametrize("enabled", [True, False])
def test_visitors_of_a_page_with_the_vendors_snippet_have_their_init(
    make_site: MakeSite, run: Run, enabled: bool
) -> None:
    app = make_site(layout=PAGE + SNIPPET, SCRIPT_ID=None, ENABLED=enabled)
    assert "no_init" not in found(run(app, "check", "--json"))


def test_what_answers_instead_of_the_address_is_found(
    make_site: MakeSite, run: Run
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def guard() -> Response | None:
            is_ours = request.path == "/app-inbox/embed"
            return redirect("/") if is_ours and "email" not in session else None

    told = found(run(make_site(layout=PAGE, prepare=prepare), "check", "--json"))
    assert "/app-inbox/embed" in told["embed_unreachable"]["what"]
    assert "302" in told["embed_unreachable"]["what"]
