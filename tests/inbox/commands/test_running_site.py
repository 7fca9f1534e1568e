"""``check --url http://…``: a site that runs elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response

from tests.inbox.commands.conftest import MakeSite, Run
from tests.inbox.commands.site import cookie_of

ANN = "ann@example.com"


def test_a_running_site_is_seen_as_the_cookies_owner_sees_it(
    make_site: MakeSite, serve: Callable[[Flask], str], run: Run
) -> None:
    app = make_site()
    arguments = ("--url", f"{serve(app)}/", "--cookie", cookie_of(app, email=ANN))
    result = run(app, "check", *arguments)
    assert result.exit_code == 0, result.output
    assert "Our script is in the page, once." in result.output
    assert "Our script is served." in result.output
    assert "answers 401 to somebody who is not logged in" in result.output


def test_without_a_cookie_it_is_seen_as_a_visitor_sees_it(
    make_site: MakeSite, serve: Callable[[Flask], str], run: Run
) -> None:
    app = make_site()
    result = run(app, "check", "--url", serve(app))
    assert result.exit_code == 1
    assert "--cookie" in result.output


def test_what_stands_in_front_of_the_site_is_found(
    make_site: MakeSite, serve: Callable[[Flask], str], run: Run
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def guard() -> Response | None:
            if request.path.startswith("/app-inbox") and "email" not in session:
                return redirect("/login")
            return None

    app = make_site(prepare=prepare)
    arguments = (
        "--url",
        serve(app),
        "--cookie",
        cookie_of(app, email=ANN),
        "--json",
    )
    report = json.loads(run(app, "check", *arguments).stdout)
    codes = {finding["code"] for finding in report["findings"]}
    assert {"endpoint_redirects", "script_unreachable"} <= codes


def test_check_reports_a_site_that_does_not_answer(
    make_site: MakeSite, run: Run
) -> None:
    result = run(make_site(), "check", "--url", "http://127.0.0.1:9/")
    assert result.exit_code == 1
    assert "cannot be fetched" in result.output
