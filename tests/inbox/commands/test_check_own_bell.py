"""``check``: a site that draws its own bell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect

from flask_app_inbox.sandbox import SandboxServer
from tests.inbox.commands.conftest import Findings, MakeSite, Run
from tests.inbox.commands.site import cookie_of
from tests.inbox.commands.test_check_policy import with_policy

BELL, SCRIPT = "{{ app_inbox_anchor() }}", "{{ app_inbox() }}"
ANN = ("--session", "email=ann@example.com")


def page(*parts: str) -> str:
    return f"<!doctype html><title>Shop</title>{''.join(parts)}"


@pytest.fixture
def bell_site(make_site: MakeSite) -> Callable[..., Flask]:
    """Make a site in good order that draws its own bell."""

    def make(
        *,
        layout: str = page(BELL, SCRIPT),
        **given: Any,
    ) -> Flask:
        return make_site(layout=layout, **{"WIDGET": "site", "SCRIPT_ID": None} | given)

    return make


BellSite = Callable[..., Flask]


def test_a_site_in_good_order_needs_neither_script_id_nor_support(
    bell_site: BellSite, run: Run, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    control("messages", email="ann@example.com", title="Hi")
    result = run(bell_site(), "check", "--json", *ANN, "--processes", "1")
    told = json.loads(result.stdout)
    assert (told["findings"], result.exit_code) == ([], 0), result.output
    passed = "\n".join(told["passed"])
    assert "counts 1 unread" in passed
    assert "The bell and its script are in the page." in passed
    assert "401" in passed
    for word in ("vendor's page script", "anchor", "init"):
        assert word not in passed


def test_without_a_known_contact_the_messages_api_must_refuse_a_made_up_token(
    bell_site: BellSite, run: Run
) -> None:
    told = json.loads(run(bell_site(), "check", "--json").stdout)
    assert "The messages API answers." in told["passed"]


@pytest.mark.parametrize("known", [True, False])
def test_an_address_that_gives_no_messages(
    bell_site: BellSite,
    findings: Findings,
    sandbox: SandboxServer,
    control: Callable[..., Any],
    known: bool,
) -> None:
    if known:
        control("contacts", email="ann@example.com")
    wrong = bell_site(MESSAGES_URL=f"{sandbox.url}/inbox")
    told = findings(wrong, *ANN)["messages_url_wrong"]
    assert told["fix"] == f'APP_INBOX_MESSAGES_URL = "{sandbox.url}/appinbox"'


def test_an_api_that_is_down(
    bell_site: BellSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="count", kind="status", status=500, times=None)
    told = findings(bell_site(), *ANN)["messages_url_wrong"]
    assert told["fix"].startswith("curl ")


def test_an_api_that_refuses_what_the_vendor_issues(
    bell_site: BellSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    control("faults", route="count", kind="status", status=401, times=None)
    told = findings(bell_site(), *ANN)["messages_refused"]
    assert told["fix"].startswith("APP_INBOX_MESSAGES_URL")


def test_a_key_that_is_wrong_is_told_once(
    bell_site: BellSite, findings: Findings
) -> None:
    told = findings(bell_site(API_KEY="wrong"), *ANN)
    assert "key_refused" in told
    assert not {"messages_refused", "messages_url_wrong"} & set(told)


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ([SCRIPT], {"bell_missing"}),
        ([BELL], {"bell_script_missing"}),
        ([], {"bell_missing", "bell_script_missing"}),
    ],
)
def test_a_layout_that_lacks_something(
    bell_site: BellSite,
    findings: Findings,
    control: Callable[..., Any],
    parts: list[str],
    codes: set[str],
) -> None:
    control("contacts", email="ann@example.com")
    told = findings(bell_site(layout=page(*parts)), *ANN)
    assert set(told) == codes
    if "bell_script_missing" in codes:
        assert "<head>" in told["bell_script_missing"]["fix"]


def test_a_page_of_nobody_has_no_bell_to_miss(
    bell_site: BellSite, findings: Findings
) -> None:
    told = findings(bell_site(), "--session", "name=ann")
    assert "nobody_logged_in" in told
    assert "bell_missing" not in told


def test_a_loader_that_fails(bell_site: BellSite, findings: Findings) -> None:
    app = bell_site()
    app.extensions["app_inbox"].loaders.contact = lambda: session["missing"]
    told = findings(app, *ANN)
    assert "bell_missing" not in told
    assert "loader_failed" in told


@pytest.mark.parametrize("parts", [(BELL, SCRIPT), (SCRIPT, BELL)])
def test_a_policy_that_allows_nothing(
    bell_site: BellSite,
    findings: Findings,
    control: Callable[..., Any],
    parts: tuple[str, str],
) -> None:
    control("contacts", email="ann@example.com")
    policy = with_policy("default-src 'none'")
    app = bell_site(layout=page(*parts), prepare=policy)
    assert set(findings(app, *ANN)) == {
        "csp_own_script",
        "csp_own_endpoint",
        "csp_own_style",
        "csp_images",
    }


def test_the_strictest_policy_that_helps(
    bell_site: BellSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' https:; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )
    assert findings(bell_site(prepare=with_policy(policy)), *ANN) == {}


def test_processes_that_share_nothing(
    bell_site: BellSite, findings: Findings, make_site: MakeSite
) -> None:
    told = findings(bell_site(), *ANN, "--processes", "3")
    assert "redis://" in told["tokens_not_shared"]["fix"]
    assert "tokens_not_shared" not in findings(make_site(), "--processes", "3")


def test_an_endpoint_that_the_site_guards_itself(
    bell_site: BellSite, findings: Findings
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def guard() -> tuple[str, int, dict[str, str]] | None:
            return None if "email" in session else ("", 302, {"Location": "/login"})

    told = findings(bell_site(prepare=prepare), *ANN)
    assert "app_inbox" in told["endpoint_redirects"]["fix"]


def test_a_csrf_protection_that_the_site_calls_by_hand(
    bell_site: BellSite, findings: Findings
) -> None:
    def prepare(app: Flask) -> None:
        csrf = CSRFProtect(app)
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        app.before_request(csrf.protect)
        app.register_error_handler(CSRFError, lambda _: ("It has expired.", 400))

    told = findings(bell_site(prepare=prepare), "--offline", *ANN)
    assert set(told) == {"endpoint_csrf"}
    assert "/app-inbox/messages/read" in told["endpoint_csrf"]["what"]


@pytest.mark.parametrize("path", ["/unread", "/messages", "/messages/read"])
@pytest.mark.parametrize("is_running", [True, False])
def test_each_endpoint_of_the_bell_is_asked(
    bell_site: BellSite,
    findings: Findings,
    serve: Callable[[Flask], str],
    path: str,
    is_running: bool,
) -> None:
    options: tuple[str, ...]
    app = bell_site(prepare=refusing(f"/app-inbox{path}"))
    options = ANN
    if is_running:
        cookie = cookie_of(app, email="ann@example.com")
        options = ("--url", f"{serve(app)}/", "--cookie", cookie)
    told = findings(app, "--offline", *options)
    assert f"/app-inbox{path} answers 418" in told["endpoint_taken"]["what"]


@pytest.mark.parametrize(
    ("file", "told"),
    [("bell.js", "script"), ("panel.js", "panel"), ("bell.css", "style sheet")],
)
@pytest.mark.parametrize("parts", [(BELL, SCRIPT), (SCRIPT, BELL)])
def test_each_file_of_the_bell_is_fetched(
    bell_site: BellSite,
    findings: Findings,
    parts: tuple[str, str],
    file: str,
    told: str,
) -> None:
    prepare = refusing(f"/app-inbox/bell/{file.replace('.', '[.].+[.]')}")
    app = bell_site(layout=page(*parts), prepare=prepare)
    found = findings(app, "--offline", *ANN)
    assert set(found) == {"script_unreachable"}
    assert f"does not serve our {told}:" in found["script_unreachable"]["what"]


def test_a_site_under_a_path_of_its_own(
    bell_site: BellSite, findings: Findings
) -> None:
    app = bell_site(config={"APPLICATION_ROOT": "/shop"})
    assert findings(app, "--offline", *ANN) == {}


def refusing(pattern: str) -> Callable[[Flask], None]:
    """Return what makes an app refuse requests for some paths."""

    def prepare(app: Flask) -> None:
        @app.before_request
        def refuse() -> None:
            if re.fullmatch(pattern, request.path):
                abort(418)

    return prepare
