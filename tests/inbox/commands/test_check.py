"""``check`` finds seeded mistakes and names the fix of each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask, abort, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, login_required
from werkzeug.wrappers import Response

from flask_app_inbox import Contact
from tests.inbox.commands.conftest import MakeSite, Run
from tests.inbox.commands.site import LAYOUT


def found(result: Result) -> dict[str, dict[str, str]]:
    """Return the findings of a ``--json`` run by their codes."""
    report = json.loads(result.stdout)
    return {finding["code"]: finding for finding in report["findings"]}


@pytest.fixture
def findings(run: Run) -> Callable[..., dict[str, dict[str, str]]]:
    """Check an app and return the findings; with an error it must exit with 1."""

    def check(app: Flask, *arguments: str) -> dict[str, dict[str, str]]:
        result = run(app, "check", "--json", *arguments)
        told = found(result)
        errors = [code for code in told if told[code]["level"] == "error"]
        assert result.exit_code == bool(errors), result.output
        return told

    return check


Findings = Callable[..., dict[str, dict[str, str]]]


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


# Seeded mistakes


def test_a_wrong_key(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(API_KEY="wr0ng"))
    assert "APP_INBOX_API_KEY" in told["key_refused"]["fix"]
    assert "wr0ng" not in json.dumps(told)


def test_a_wrong_path_in_the_api_url(
    make_site: MakeSite, findings: Findings, sandbox: Any
) -> None:
    told = findings(make_site(API_URL=f"{sandbox.url}/rest"))
    assert told["api_url_wrong"]["fix"] == f'APP_INBOX_API_URL = "{sandbox.url}/api"'


def test_a_vendor_out_of_reach(make_site: MakeSite, findings: Findings) -> None:
    # Nothing listens on port 9 of this machine.
    told = findings(make_site(API_URL="http://127.0.0.1:9/api"))
    assert (
        told["vendor_unreachable"]["fix"]
        == 'APP_INBOX_API_URL = "https://esputnik.com/api"'
    )


def test_a_missing_right(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=403, times=None)
    assert "full access" in findings(make_site())["right_missing"]["fix"]


def test_a_platform_out_of_reach(
    make_site: MakeSite, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask_app_inbox import VendorUnavailable
    from flask_app_inbox.client.api import VendorApi

    def call(*_: object, **__: object) -> None:
        raise VendorUnavailable("no connection")

    monkeypatch.setattr(VendorApi, "call", call)
    told = findings(make_site(API_URL=None))
    assert told["vendor_unreachable"]["fix"].startswith("curl https://esputnik.com/")


def test_a_vendor_that_is_down(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="account", kind="status", status=500, times=None)
    assert "again later" in findings(make_site())["vendor_unreachable"]["fix"]


def test_a_vendor_that_asks_us_to_slow_down(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=429, times=None)
    assert "a minute" in findings(make_site())["vendor_unreachable"]["fix"]


def test_a_key_that_may_not_say_whose_it_is_passes(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="account", kind="status", status=403, times=None)
    assert findings(make_site()) == {}
    control("reset")
    control("faults", route="account", kind="status", status=404, times=None)
    assert findings(make_site()) == {}


def test_an_unknown_contact(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(), "--as", "ann@example.com")
    assert "APP_INBOX_CREATE_CONTACTS" in told["contact_unknown"]["fix"]


def test_a_wrong_script_id(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="script", kind="status", status=404, times=None)
    assert "app-inbox script" in findings(make_site())["script_id_wrong"]["fix"]


def test_a_script_host_out_of_reach(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(SCRIPT_URL="http://127.0.0.1:9"))
    assert "cannot be reached" in told["script_id_wrong"]["what"]


def test_the_script_is_missing(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(layout=LAYOUT.replace("{{ app_inbox() }}", "")))
    assert "{{ app_inbox() }}" in told["script_missing"]["fix"]


def test_the_anchor_is_missing(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(layout=LAYOUT.replace("{{ app_inbox_anchor() }}", "")))
    assert "{{ app_inbox_anchor() }}" in told["anchor_missing"]["fix"]


@pytest.mark.parametrize("anchor", ["header .bell", ":nth-child(x)"])
def test_the_site_writes_an_anchor_that_we_cannot_render(
    make_site: MakeSite, findings: Findings, anchor: str
) -> None:
    told = findings(make_site(ANCHOR=anchor))
    assert "{{ app_inbox_anchor() }}" not in told["anchor_missing"]["fix"]
    assert anchor in told["anchor_missing"]["fix"]
    assert "into your layout" in told["anchor_missing"]["fix"]


def test_an_anchor_that_the_site_wrote_passes(
    make_site: MakeSite, findings: Findings
) -> None:
    bell = "<i class=bell></i>"
    layout = LAYOUT.replace("{{ app_inbox_anchor() }}", bell)
    assert findings(make_site(ANCHOR="header .bell", layout=layout)) == {}
    layout = layout.replace(bell, bell * 2)
    told = findings(make_site(ANCHOR="header .bell", layout=layout))
    assert told["anchor_twice"]["fix"].startswith("APP_INBOX_ANCHOR")


def test_the_anchor_is_there_twice(make_site: MakeSite, findings: Findings) -> None:
    layout = LAYOUT.replace("<p>", "{{ app_inbox_anchor() }}<p>")
    assert "once" in findings(make_site(layout=layout))["anchor_twice"]["fix"]


@pytest.mark.parametrize(
    "snippet",
    [
        "eS('init');",
        'window.eS ( "init", {RECOMS: true})',
        "eS(`init`)",
        'window["eS"]("init")',
    ],
)
def test_a_second_init(make_site: MakeSite, findings: Findings, snippet: str) -> None:
    layout = LAYOUT.replace("<p>", f"<script>\n  {snippet}\n</script><p>")
    told = findings(make_site(layout=layout))
    assert snippet[:20] in told["second_init"]["what"]
    assert "take this line out" in told["second_init"]["fix"]


def test_an_init_that_is_commented_out_does_not_count(
    make_site: MakeSite, findings: Findings
) -> None:
    layout = LAYOUT.replace(
        "<p>",
        "<script>\n // eS('init');\n</script>"
        "<script type='application/json'>\"eS('init')\"</script><p>",
    )
    assert findings(make_site(layout=layout)) == {}


def test_nothing_loads_the_vendors_script(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(SCRIPT_ID=None))
    assert "APP_INBOX_SCRIPT_ID" in told["loader_missing"]["fix"]


def test_the_page_may_carry_the_vendors_snippet_itself(
    make_site: MakeSite, findings: Findings
) -> None:
    snippet = "<script>load(window, document, 'script', '5329D46FF7EB4D63');</script>"
    layout = LAYOUT.replace("<p>", f"{snippet}<p>")
    assert findings(make_site(layout=layout, SCRIPT_ID=None)) == {}
    told = findings(make_site(layout=layout))
    assert told["another_script"]["fix"].startswith("APP_INBOX_SCRIPT_ID = None")


SNIPPET = "<script>load(window, document, 'script', '5329D46FF7EB4D63');</script>"
WITH_SNIPPET = LAYOUT.replace("<p>", f"{SNIPPET}<p>")
FOR_CUSTOMERS = "{% if session.email %}{{ app_inbox() }}{% endif %}"


@pytest.mark.parametrize("enabled", [True, False])
def test_a_page_with_the_snippet_has_its_one_init_for_visitors_too(
    make_site: MakeSite, findings: Findings, enabled: bool
) -> None:
    site = make_site(layout=WITH_SNIPPET, SCRIPT_ID=None, ENABLED=enabled)
    assert set(findings(site)) == (set() if enabled else {"disabled"})


@pytest.mark.parametrize("enabled", [True, False])
def test_a_page_with_the_snippet_that_gives_visitors_no_init(
    make_site: MakeSite, findings: Findings, enabled: bool
) -> None:
    layout = WITH_SNIPPET.replace("{{ app_inbox() }}", FOR_CUSTOMERS)
    site = make_site(layout=layout, SCRIPT_ID=None, ENABLED=enabled)
    told = findings(site, "--session", "email=ann@example.com")
    assert "of a visitor" in told["no_init"]["what"]
    assert told["no_init"]["fix"].startswith("{{ app_inbox() }}")
    explicit = make_site(layout=WITH_SNIPPET, SCRIPT_ID=None, ANONYMOUS="nothing")
    assert "APP_INBOX_ANONYMOUS" in findings(explicit)["no_init"]["fix"]


def test_a_page_with_the_snippet_and_no_call_of_ours_at_all(
    make_site: MakeSite, findings: Findings
) -> None:
    layout = WITH_SNIPPET.replace("{{ app_inbox() }}", "")
    told = findings(make_site(layout=layout, SCRIPT_ID=None))
    assert {"no_init", "script_missing"} <= set(told)


def test_visitors_may_have_an_init_of_the_pages_own(
    make_site: MakeSite, findings: Findings
) -> None:
    own = "{% if not session.email %}<script>eS('init');</script>{% endif %}<p>"
    layout = WITH_SNIPPET.replace("<p>", own)
    told = findings(
        make_site(layout=layout, SCRIPT_ID=None), "--session", "email=ann@example.com"
    )
    assert set(told) == {"second_init"}
    layout = layout.replace("{{ app_inbox() }}", FOR_CUSTOMERS)
    site = make_site(layout=layout, SCRIPT_ID=None)
    assert findings(site, "--session", "email=ann@example.com") == {}


def test_a_page_that_visitors_do_not_see_needs_no_init_for_them(
    make_site: MakeSite, findings: Findings
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def guard() -> None:
            if request.path == "/" and "email" not in session:
                abort(403)

    site = make_site(
        prepare=prepare, layout=WITH_SNIPPET, SCRIPT_ID=None, ANONYMOUS="nothing"
    )
    assert findings(site, "--session", "email=ann@example.com") == {}


def with_policy(policy: str) -> Callable[[Flask], object]:
    def prepare(app: Flask) -> None:
        @app.after_request
        def add(response: Response) -> Response:
            response.headers["Content-Security-Policy"] = policy
            return response

    return prepare


def test_a_policy_that_allows_nothing(
    make_site: MakeSite, findings: Findings, sandbox: Any
) -> None:
    told = findings(make_site(prepare=with_policy("default-src 'none'")))
    assert told["csp_own_script"]["fix"].startswith("script-src 'self'")
    assert told["csp_vendor_script"]["fix"].startswith(f"script-src {sandbox.url}")
    assert told["csp_own_endpoint"]["fix"].startswith("connect-src 'self'")
    assert told["csp_vendor_calls"]["fix"].startswith(f"connect-src {sandbox.url}")
    assert told["csp_images"]["fix"].startswith("img-src https:")


def test_a_policy_of_nonces_that_our_tag_lacks(
    make_site: MakeSite, findings: Findings
) -> None:
    policy = "script-src 'nonce-YWJj' 'strict-dynamic'"
    told = findings(make_site(prepare=with_policy(policy)))
    assert "app_inbox(nonce=" in told["csp_own_script"]["fix"]
    layout = LAYOUT.replace("app_inbox()", "app_inbox(nonce='YWJj')")
    assert findings(make_site(prepare=with_policy(policy), layout=layout)) == {}


def test_a_policy_that_wants_trusted_types(
    make_site: MakeSite, findings: Findings
) -> None:
    policy = "require-trusted-types-for 'script'; trusted-types mine"
    told = findings(make_site(prepare=with_policy(policy)))
    assert told["csp_trusted_types"]["fix"].startswith("trusted-types app-inbox")
    assert findings(make_site(prepare=with_policy(f"{policy} app-inbox"))) == {}


def test_a_policy_in_the_page_itself_counts_too(
    make_site: MakeSite, findings: Findings
) -> None:
    meta = """<meta http-equiv="Content-Security-Policy" content="script-src 'self'">"""
    layout = LAYOUT.replace("<title>", f"{meta}<title>")
    assert set(findings(make_site(layout=layout))) == {"csp_vendor_script"}


def test_the_policy_that_csp_sources_gives_passes(
    make_site: MakeSite, run: Run
) -> None:
    from flask_app_inbox import AppInbox

    probe = make_site()
    policy = AppInbox().csp_sources({"default-src": "'none'"}, app=probe)
    text = "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
    result = run(make_site(prepare=with_policy(text)), "check", "--processes", "1")
    assert "The Content-Security-Policy lets the bell through." in result.output
    assert "Everything is in order." in result.output


def guard_everything(app: Flask) -> None:
    @app.before_request
    def guard() -> Response | None:
        if "email" not in session and request.path != "/login":
            return redirect("/login")
        return None


def test_a_login_that_the_endpoint_requires(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(prepare=guard_everything), "--session", "email=a@b.c")
    assert 'request.blueprint == "app_inbox"' in told["endpoint_redirects"]["fix"]
    assert told["script_unreachable"]["fix"] == told["endpoint_redirects"]["fix"]


def test_a_page_that_sends_visitors_to_the_login(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(prepare=guard_everything))
    assert "--session" in told["page_redirects"]["fix"]
    assert "/login" in told["page_redirects"]["what"]


def test_something_else_answers_for_the_endpoint(
    make_site: MakeSite, findings: Findings
) -> None:
    def prepare(app: Flask) -> None:
        @app.before_request
        def refuse() -> None:
            if request.method == "POST":
                abort(400)

    told = findings(make_site(prepare=prepare))
    assert 'request.blueprint == "app_inbox"' in told["endpoint_taken"]["fix"]


def test_a_loader_that_takes_visitors_for_somebody(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    app = make_site(loader=lambda: Contact(email="ann@example.com"))
    assert "return None" in findings(app)["endpoint_open"]["fix"]


def test_cookies_for_everybody(make_site: MakeSite, findings: Findings) -> None:
    told = findings(
        make_site(
            config={
                "SESSION_COOKIE_SECURE": False,
                "SESSION_COOKIE_HTTPONLY": False,
                "SESSION_COOKIE_SAMESITE": None,
            }
        )
    )
    assert told["cookie_not_secure"]["fix"] == "SESSION_COOKIE_SECURE = True"
    assert told["cookie_not_httponly"]["fix"] == "SESSION_COOKIE_HTTPONLY = True"
    assert told["cookie_not_samesite"]["fix"] == 'SESSION_COOKIE_SAMESITE = "Lax"'


@pytest.mark.parametrize(
    "key", ["dev", "change-me-in-production", b"short", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
)
def test_a_weak_secret_key(
    make_site: MakeSite, findings: Findings, key: str | bytes
) -> None:
    told = findings(make_site(config={"SECRET_KEY": key}))
    assert "secrets.token_hex()" in told["secret_key_weak"]["fix"]


def test_no_secret_key(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(config={"SECRET_KEY": None}), "--as", "ann@example.com")
    assert "secrets.token_hex()" in told["secret_key_missing"]["fix"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WEB_CONCURRENCY", "4"),
        ("GUNICORN_CMD_ARGS", "-b :80 --workers=4"),
        ("GUNICORN_CMD_ARGS", "-w 4"),
    ],
)
def test_memory_storage_with_several_processes(
    make_site: MakeSite,
    findings: Findings,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    told = findings(make_site())
    assert told["storage_not_shared"]["fix"].startswith("APP_INBOX_STORAGE_URL")


def test_a_redis_that_is_not_there(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(STORAGE_URL="redis://user:pass@127.0.0.1:9/0"))
    assert told["redis_unreachable"]["fix"].startswith("APP_INBOX_STORAGE_URL")


def test_no_contact_loader(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(loader=None))
    assert "@app_inbox.contact_loader" in told["contact_loader_missing"]["fix"]


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


def test_people_see_the_fix_of_each_finding(make_site: MakeSite, run: Run) -> None:
    result = run(make_site(ENABLED=False), "check")
    assert "\n           fix   APP_INBOX_ENABLED = True\n" in result.output
    assert "0 errors, 1 warning." in result.output


def test_a_page_that_is_not_there(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(), "--url", "/none")
    assert "--url" in told["page_missing"]["fix"]


def test_a_page_that_raises(make_site: MakeSite, findings: Findings) -> None:
    def prepare(app: Flask) -> None:
        app.config["PROPAGATE_EXCEPTIONS"] = True

        @app.get("/broken")
        def broken() -> str:
            raise LookupError("no such shop")

    told = findings(make_site(prepare=prepare), "--url", "broken")
    assert "LookupError: no such shop" in told["page_missing"]["what"]


def test_the_extension_is_switched_off(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(ENABLED=False))
    assert told["disabled"]["fix"] == "APP_INBOX_ENABLED = True"


# Who is logged in


class User(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    id = 7
    mail = "ann@example.com"


def with_flask_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "index"

    @manager.user_loader  # type: ignore[untyped-decorator]  # as above
    def load(user_id: str) -> User | None:
        return User() if user_id == "7" else None

    @app.get("/account")
    @login_required  # type: ignore[untyped-decorator]  # as above
    def account() -> str:
        from flask import render_template_string

        return render_template_string(LAYOUT)


def test_a_user_of_flask_login_sees_their_own_page(
    make_site: MakeSite, run: Run
) -> None:
    app = make_site(
        prepare=with_flask_login, loader=None, CONTACT_FIELDS={"email": "mail"}
    )
    arguments = ("check", "--url", "/account", "--session", "_user_id=7")
    result = run(app, *arguments)
    assert "Our script is in the page, once." in result.output
    assert "current user: mail as email" in result.output


def test_a_contact_field_that_users_do_not_have(
    make_site: MakeSite, findings: Findings
) -> None:
    app = make_site(prepare=with_flask_login, loader=None)
    told = findings(app, "--url", "/account", "--session", "_user_id=7")
    assert "'email'" in told["loader_failed"]["what"]
    assert told["loader_failed"]["fix"].startswith("APP_INBOX_CONTACT_FIELDS")


def test_the_cookie_of_a_browser_logs_in_too(make_site: MakeSite, run: Run) -> None:
    app = make_site(
        prepare=with_flask_login, loader=None, CONTACT_FIELDS={"email": "mail"}
    )
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    cookie = f"session={serializer.dumps({'_user_id': '7'})}"
    result = run(app, "check", "--url", "/account", "--cookie", cookie)
    assert "Our script is in the page, once." in result.output


def test_a_session_of_nobody(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(), "--session", "cart=[1]")
    assert "--session" in told["nobody_logged_in"]["fix"]


def test_remembering_cookies_count_too(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(prepare=with_flask_login))
    assert told["cookie_not_secure"]["fix"] == "REMEMBER_COOKIE_SECURE = True"


def test_a_session_without_a_key_cannot_be_made(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(config={"SECRET_KEY": None}), "--session", "email=a@b.c")
    assert "no session" in told["page_missing"]["what"]


def test_our_script_is_there_twice(make_site: MakeSite, findings: Findings) -> None:
    again = "{{ request.environ.pop('flask_app_inbox.rendered') }}{{ app_inbox() }}"
    told = findings(make_site(layout=LAYOUT.replace("</body>", f"{again}</body>")))
    assert "keep one" in told["script_twice"]["fix"]


def test_a_page_for_visitors_alone(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(ANONYMOUS="tracking"), "--session", "cart=[1]")
    assert "--cookie" in told["nobody_logged_in"]["fix"]


def test_an_endpoint_that_raises(make_site: MakeSite, findings: Findings) -> None:
    def prepare(app: Flask) -> None:
        app.config["PROPAGATE_EXCEPTIONS"] = True

        @app.before_request
        def guard() -> None:
            if request.blueprint == "app_inbox":
                raise LookupError("no shop")

    told = findings(make_site(prepare=prepare))
    assert "no shop" in told["endpoint_fails"]["what"]
    assert "no shop" in told["script_unreachable"]["what"]


def test_a_loader_that_raises(make_site: MakeSite, findings: Findings) -> None:
    def broken() -> Contact:
        raise LookupError("no database")

    app = make_site(loader=broken, config={"PROPAGATE_EXCEPTIONS": True})
    told = findings(app, "--session", "a=b")
    assert "could not say who is logged in" in told["loader_failed"]["what"]
    assert "raises" in told["loader_failed"]["why"]
    assert told["loader_failed"]["fix"].startswith("return None")


def test_a_loader_that_returns_something_else(
    make_site: MakeSite, findings: Findings
) -> None:
    told = findings(make_site(loader=lambda: "ann@example.com"))
    assert told["loader_failed"]["fix"].startswith("return None")


def test_a_key_that_is_refused_only_for_tokens(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=401, times=None)
    assert "key_refused" in findings(make_site())


def test_a_token_for_a_known_contact(
    make_site: MakeSite, run: Run, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    result = run(make_site(), "check", "--as", "ann@example.com")
    assert "The vendor issues a token for this contact." in result.output


def test_a_redis_that_answers_or_whose_client_is_missing(
    make_site: MakeSite,
    findings: Findings,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import redis

    site = make_site(STORAGE_URL="redis://127.0.0.1:9/0")
    monkeypatch.setattr(redis.Redis, "ping", lambda self: True)
    assert "Redis answers" in run(site, "check", "--offline").output
    monkeypatch.setitem(sys.modules, "redis", None)
    told = findings(site, "--offline")
    assert told["redis_missing"]["fix"] == 'pip install "flask-app-inbox[redis]"'


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
