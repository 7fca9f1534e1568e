"""``check``: a page, our script in it, the anchor, and one init."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort, redirect, render_template_string, request, session
from werkzeug.wrappers import Response

from tests.inbox.commands.conftest import Findings, MakeSite
from tests.inbox.commands.site import LAYOUT, behind_a_gate


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


@pytest.mark.parametrize("option", [(), ("--session", "email=ann@example.com")])
def test_a_page_that_never_reaches_the_app(
    make_site: MakeSite, findings: Findings, option: tuple[str, ...]
) -> None:
    app = make_site(prepare=behind_a_gate("/app-inbox/.+"))
    told = findings(app, "--offline", *option)
    assert "/ is answered (503)" in told["page_missing"]["what"]
    assert "app.wsgi_app" in told["page_missing"]["what"]
    assert "--url https://" in told["page_missing"]["fix"]


@pytest.mark.parametrize("option", [(), ("--session", "email=ann@example.com")])
def test_a_page_that_such_a_gate_lets_through(
    make_site: MakeSite, findings: Findings, option: tuple[str, ...]
) -> None:
    app = make_site(prepare=behind_a_gate("/account|/app-inbox/.+"))
    app.add_url_rule("/account", view_func=app.view_functions["index"])
    assert findings(app, "--offline", "--url", "/account", *option) == {}


@pytest.mark.parametrize("widget", ["vendor", "site"])
def test_endpoints_that_never_reach_the_app(
    make_site: MakeSite, findings: Findings, widget: str
) -> None:
    app = make_site(prepare=behind_a_gate("/"), WIDGET=widget)
    told = findings(app, "--offline")
    assert set(told) == {"endpoint_fails", "script_unreachable"}
    assert "in front of the app" in told["endpoint_fails"]["what"]


@pytest.mark.parametrize(
    ("config", "scheme"),
    [
        ({}, "http"),
        ({"PREFERRED_URL_SCHEME": "https"}, "https"),
        ({"SESSION_COOKIE_SECURE": True}, "https"),
        ({"FORCED": True}, "https"),
    ],
)
def test_a_page_is_asked_for_as_its_browsers_do(
    make_site: MakeSite, findings: Findings, config: dict[str, Any], scheme: str
) -> None:
    asked: list[str] = []

    def prepare(app: Flask) -> None:
        @app.before_request
        def note() -> Response | None:
            if request.scheme == "http" and config.get("FORCED"):
                return redirect(request.url.replace("http:", "https:"))
            asked.append(request.scheme)
            return None

    config = {"SESSION_COOKIE_SECURE": False} | config
    assert findings(make_site(config=config, prepare=prepare), "--offline") == {}
    assert set(asked) == {scheme}


def test_the_script_is_missing(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(layout=LAYOUT.replace("{{ app_inbox() }}", "")))
    assert "{{ app_inbox() }}" in told["script_missing"]["fix"]


def test_our_script_is_there_twice(make_site: MakeSite, findings: Findings) -> None:
    def footer() -> str:
        # Rendered by itself, it looks like a page of its own.
        return render_template_string("{{ app_inbox() }}")

    site = make_site(layout=LAYOUT.replace("</body>", "{{ footer()|safe }}</body>"))
    site.jinja_env.globals["footer"] = footer
    told = findings(site)
    assert "keep one" in told["script_twice"]["fix"]


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
    as_ann = ("--offline", "--session", "email=ann@example.com")
    told = findings(make_site(layout=layout, SCRIPT_ID=None), *as_ann)
    assert set(told) == {"second_init"}
    layout = layout.replace("{{ app_inbox() }}", FOR_CUSTOMERS)
    site = make_site(layout=layout, SCRIPT_ID=None)
    assert findings(site, *as_ann) == {}


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
    assert findings(site, "--offline", "--session", "email=ann@example.com") == {}
