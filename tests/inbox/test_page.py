"""The two Jinja globals: what they render, for whom, and how it is escaped."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort, render_template_string
from flask.testing import FlaskClient

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.inbox.page import PAGE_SCRIPT
from flask_app_inbox.web.assets import read_script
from tests.conftest import CONTACT, SECRETS, MakeApp, load_nobody

FINGERPRINT = read_script(*PAGE_SCRIPT).fingerprint


class Elements(HTMLParser):
    """The elements of a page as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def __getitem__(self, tag: str) -> dict[str, str | None]:
        (attributes,) = [found for name, found in self.found if name == tag]
        return attributes


def render(app: Flask, template: str = "{{ app_inbox() }}", **options: Any) -> str:
    """Render a template in a request, and return what comes out."""
    values = options.pop("values", {})
    with app.test_request_context(**options):
        return render_template_string(template, **values)


# The script


def test_a_page_holds_one_script_of_ours_and_a_hint_for_the_vendors(
    make_app: MakeApp,
) -> None:
    page = Elements(render(make_app()))
    assert [tag for tag, _ in page.found] == ["link", "script"]
    source = "https://statics.esputnik.com/scripts/5329D46F.js"
    assert page["link"] == {"rel": "preload", "as": "script", "href": source}
    attributes = page["script"]
    user = attributes.pop("data-user")
    assert user is not None
    assert len(user) == 32
    assert attributes == {
        "async": None,
        "src": f"/app-inbox/app_inbox.{FINGERPRINT}.js",
        "data-script": source,
        "data-token-url": "/app-inbox/token",
        "data-user-url": "/app-inbox/user",
        "data-language": "en",
        "data-form": "features",
        "data-anchor": "#app-inbox",
        "data-position": "beforeend",
    }


def test_a_page_holds_no_personal_data_no_credential_and_no_inline_script(
    make_app: MakeApp,
) -> None:
    html = render(make_app())
    assert not any(secret in html for secret in SECRETS)
    assert "></script>" in html


def test_a_page_that_carries_the_vendors_script_itself_gets_no_hint(
    make_app: MakeApp,
) -> None:
    page = Elements(render(make_app(SCRIPT_ID=None)))
    assert [tag for tag, _ in page.found] == ["script"]
    assert "data-script" not in page["script"]
    assert page["script"]["data-vendor"] == "https://statics.esputnik.com/scripts/"


def test_a_query_that_the_site_adds_to_its_addresses_leaves_the_script_where_it_is(
    make_app: MakeApp,
) -> None:
    app = make_app()
    app.url_default_functions.setdefault(None, []).append(
        lambda _, values: values.setdefault("next", "/a/b")
    )
    script = Elements(render(app))["script"]
    assert script["src"] == f"/app-inbox/app_inbox.{FINGERPRINT}.js"
    assert script["data-token-url"] == "/app-inbox/token?next=/a/b"
    assert script["data-user-url"] == "/app-inbox/user?next=/a/b"


def test_features_and_the_form_of_init_are_passed_on(make_app: MakeApp) -> None:
    features = {"TRACKING": False, "RECOMS": True}
    script = Elements(render(make_app(FEATURES=features)))["script"]
    assert json.loads(script["data-features"] or "") == features
    script = Elements(render(make_app(INIT_FORM="options")))["script"]
    assert script["data-form"] == "options"


def test_nobody_logged_in_gets_nothing(make_app: MakeApp) -> None:
    assert render(make_app(loader=load_nobody)) == ""


def test_nobody_logged_in_gets_the_script_without_an_inbox_where_that_is_set(
    make_app: MakeApp,
) -> None:
    app = make_app(loader=load_nobody, ANONYMOUS="tracking", FEATURES={"RECOMS": True})
    script = Elements(render(app))["script"]
    assert set(script) == {"async", "src", "data-script", "data-features"}


def test_tracking_of_the_anonymous_changes_nothing_for_who_is_logged_in(
    make_app: MakeApp,
) -> None:
    assert "data-token-url" in render(make_app(ANONYMOUS="tracking"))


def test_what_is_switched_off_renders_nothing(make_app: MakeApp) -> None:
    app = make_app(ENABLED=False, API_KEY=None)
    assert render(app, "[{{ app_inbox() }}{{ app_inbox_anchor() }}]") == "[]"


def test_a_page_that_waits_for_consent_hints_at_nothing_of_the_vendor(
    make_app: MakeApp,
) -> None:
    template = "{{ app_inbox_anchor() }}{{ app_inbox() }}"
    page = Elements(render(make_app(CONSENT=True), template))
    assert [tag for tag, _ in page.found] == ["div", "script"]
    assert "data-consent" in page["script"]
    assert "data-consent" not in render(make_app(), template)


# A page that carries the vendor's snippet keeps its one init


def fail() -> None:
    raise LookupError("no database")


def give_up() -> None:
    abort(404, "ann.secret@example.com")


NO_INBOX: dict[str, dict[str, Any]] = {
    "nobody is logged in": {"loader": load_nobody},
    "a loader that raises": {"loader": fail},
    "a loader that aborts": {"loader": give_up},
    "a loader that returns nonsense": {"loader": lambda: "ann.secret@example.com"},
    "no loader at all": {"loader": None},
    "switched off": {"ENABLED": False, "API_KEY": None},
}


@pytest.mark.parametrize("site", NO_INBOX.values(), ids=NO_INBOX)
def test_a_page_with_the_vendors_snippet_gets_its_plain_init(
    make_app: MakeApp, site: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    features = {"TRACKING": False}
    app = make_app(SCRIPT_ID=None, FEATURES=features, **site)
    page = Elements(render(app))
    assert [tag for tag, _ in page.found] == ["script"]
    assert set(page["script"]) == {"async", "src", "data-vendor", "data-features"}
    assert json.loads(page["script"]["data-features"] or "") == features
    assert app.test_client().get(page["script"]["src"] or "").status_code == 200
    assert "ann.secret" not in caplog.text


def test_a_language_loader_that_raises_costs_the_inbox_and_not_the_init(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = with_language(make_app, fail, SCRIPT_ID=None)
    assert set(Elements(render(app))["script"]) == {"async", "src", "data-vendor"}
    assert "language_loader raised LookupError" in caplog.text


@pytest.mark.parametrize("loader", [fail, give_up, load_nobody])
def test_the_page_without_an_inbox_follows_the_setting_for_visitors(
    make_app: MakeApp, loader: Callable[[], Any]
) -> None:
    assert render(make_app(loader=loader, SCRIPT_ID=None, ANONYMOUS="nothing")) == ""
    page = Elements(render(make_app(loader=loader, ANONYMOUS="tracking")))
    assert "data-script" in page["script"]


def test_what_is_switched_off_has_a_script_and_no_other_endpoint(
    make_app: MakeApp,
) -> None:
    app = make_app(SCRIPT_ID=None, ENABLED=False, API_KEY=None, URL_PREFIX="/bell")
    script = Elements(render(app, environ_overrides={"SCRIPT_NAME": "/shop"}))["script"]
    assert script["src"] == f"/shop/bell/app_inbox.{FINGERPRINT}.js"
    client = app.test_client()
    assert client.post("/bell/token").status_code == 404
    assert client.get("/bell/user").status_code == 404
    assert render(app, "[{{ app_inbox_anchor() }}]") == "[]"


def test_a_page_without_an_inbox_is_the_same_for_everybody(make_app: MakeApp) -> None:
    app = make_app(SCRIPT_ID=None, loader=load_nobody)
    response = app.test_client().get(Elements(render(app))["script"]["src"] or "")
    assert "immutable" in response.headers["Cache-Control"]


def test_an_error_page_of_the_same_request_has_its_own_script(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(SCRIPT_ID=None, config={"PROPAGATE_EXCEPTIONS": False})

    @app.get("/")
    def page() -> str:
        return render_template_string("{{ app_inbox() }}{{ 1 // 0 }}")

    @app.errorhandler(500)
    def failed(_: Exception) -> str:
        return render_template_string("Sorry. {{ app_inbox() }}")

    html = app.test_client().get("/").text
    assert html.startswith("Sorry. <script")
    assert "twice" not in caplog.text


def test_a_mail_of_the_same_request_takes_nothing_from_the_page(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    with app.test_request_context():
        mail = render_template_string("{{ app_inbox() }}")
        page = render_template_string("{{ app_inbox() }}")
    assert mail == page != ""
    assert caplog.records == []


def test_outside_a_request_there_is_no_script(make_app: MakeApp) -> None:
    with make_app().app_context():
        assert render_template_string("[{{ app_inbox() }}]") == "[]"


def test_a_second_call_in_a_page_renders_nothing_and_warns(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    html = render(make_app(), "{{ app_inbox() }}|{{ app_inbox() }}")
    assert html.endswith("</script>|")
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "twice in one page" in record.getMessage()


def test_the_next_page_has_its_script_again(make_app: MakeApp) -> None:
    app = make_app()
    assert render(app) == render(app) != ""


def test_two_requests_within_one_app_context_have_a_script_each(
    make_app: MakeApp,
) -> None:
    app = make_app()
    with app.app_context():
        assert render(app) == render(app) != ""


def test_a_loader_that_returns_nonsense_costs_the_bell_and_not_the_page(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(loader=lambda: "ann.secret@example.com")
    assert render(app, "[{{ app_inbox() }}]") == "[]"
    assert "This page has no App Inbox" in caplog.text
    assert "ann.secret" not in caplog.text


def test_an_async_loader_is_awaited(make_app: MakeApp) -> None:
    async def load() -> Contact:
        return CONTACT

    assert "data-token-url" in render(make_app(loader=load))


# Addresses


@pytest.mark.parametrize(
    ("settings", "request_to", "prefix"),
    [
        ({}, {"path": "/deep/page"}, "/app-inbox"),
        ({"URL_PREFIX": "/my/inbox"}, {}, "/my/inbox"),
        ({}, {"environ_overrides": {"SCRIPT_NAME": "/shop"}}, "/shop/app-inbox"),
        (
            {"config": {"APPLICATION_ROOT": "/shop"}},
            {"base_url": "http://shop.example/shop/"},
            "/shop/app-inbox",
        ),
        ({"config": {"SERVER_NAME": "shop.example"}}, {}, "/app-inbox"),
        (
            {},
            {"environ_overrides": {"SCRIPT_NAME": '/"><script>'}},
            '/"><script>/app-inbox',
        ),
    ],
)
def test_addresses_begin_where_the_site_and_the_blueprint_do(
    make_app: MakeApp,
    settings: dict[str, Any],
    request_to: dict[str, Any],
    prefix: str,
) -> None:
    script = Elements(render(make_app(**settings), **request_to))["script"]
    assert script["data-token-url"] == f"{prefix}/token"
    assert script["src"] == f"{prefix}/app_inbox.{FINGERPRINT}.js"


# Nonces


class Calls:
    """A callable that returns what it is given."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __call__(self) -> object:
        return self.value


@pytest.mark.parametrize(
    "nonce", ["abc123", "YWJj+/==", "url-safe_nonce", Calls("abc"), Calls(None), None]
)
@pytest.mark.parametrize("way", ["argument", "extension", "global"])
def test_a_nonce_is_taken_from_the_argument_the_extension_or_the_global(
    make_app: MakeApp, nonce: Any, way: str
) -> None:
    value: Any = nonce.value if isinstance(nonce, Calls) else nonce
    inbox, template, values = AppInbox(), "{{ app_inbox() }}", {}
    if way == "argument":
        template, values = "{{ app_inbox(nonce=nonce) }}", {"nonce": value}
    elif way == "extension":
        inbox = AppInbox(csp_nonce=lambda: value)
    app = make_app(inbox=inbox)
    if way == "global":
        app.jinja_env.globals["csp_nonce"] = nonce
    page = Elements(render(app, template, values=values))
    for tag in ("link", "script"):
        assert page[tag].get("nonce") == value


def test_the_argument_weighs_most_and_the_extension_more_than_the_global(
    make_app: MakeApp,
) -> None:
    app = make_app(inbox=AppInbox(csp_nonce=lambda: "extension"))
    app.jinja_env.globals["csp_nonce"] = "global"
    assert Elements(render(app))["script"]["nonce"] == "extension"
    html = render(app, "{{ app_inbox('argument') }}")
    assert Elements(html)["script"]["nonce"] == "argument"


@pytest.mark.parametrize(
    "nonce",
    ['"><script>alert(1)</script>', "a b", "a'", "abc\n", "===", 5, b"abc", ["abc"]],
)
@pytest.mark.parametrize("template", ["{{ app_inbox(nonce) }}", "{{ app_inbox() }}"])
def test_a_hostile_nonce_is_left_out(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture, template: str, nonce: Any
) -> None:
    app = make_app()
    app.jinja_env.globals["csp_nonce"] = nonce
    html = render(app, template, values={"nonce": nonce})
    assert "nonce" not in html
    assert html.count("<script") == 1
    assert "is not base64" in caplog.text


def test_a_nonce_that_the_template_does_not_know_is_none(make_app: MakeApp) -> None:
    assert "nonce" not in render(make_app(), "{{ app_inbox(unknown) }}")


# Languages


def language_of(app: Flask) -> str | None:
    return Elements(render(app))["script"]["data-language"]


def with_language(make_app: MakeApp, loader: Callable[[], Any], **more: Any) -> Flask:
    inbox = AppInbox()
    inbox.language_loader(loader)
    return make_app(inbox=inbox, **more)


def test_the_language_loader_weighs_more_than_the_setting(make_app: MakeApp) -> None:
    assert language_of(make_app(LANGUAGE="pl")) == "pl"
    assert language_of(with_language(make_app, lambda: "pt-BR", LANGUAGE="pl")) == "pt"


def test_an_async_language_loader_is_awaited(make_app: MakeApp) -> None:
    async def load() -> str:
        return "uk"

    assert language_of(with_language(make_app, load)) == "uk"


def test_a_language_loader_without_an_answer_leaves_it_to_the_setting(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    assert language_of(with_language(make_app, lambda: None, LANGUAGE="pl")) == "pl"
    assert caplog.records == []


@pytest.mark.parametrize("language", ["ua", "English", '"><script>', 5, b"en", ""])
def test_nonsense_for_a_language_is_logged_and_english(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture, language: Any
) -> None:
    app = with_language(make_app, lambda: language)
    assert language_of(app) == "en"
    assert "no language of ISO 639-1" in caplog.text


# The anchor


def test_the_anchor_is_rendered_for_everybody(make_app: MakeApp) -> None:
    app = make_app(loader=load_nobody)
    assert Elements(render(app, "{{ app_inbox_anchor() }}"))["div"]["id"] == "app-inbox"


def test_the_anchor_is_what_the_selector_matches(make_app: MakeApp) -> None:
    app = make_app(ANCHOR="span.bell.big[data-x='1']")
    attributes = Elements(render(app, "{{ app_inbox_anchor() }}"))["span"]
    assert attributes["class"] == "bell big"
    assert attributes["data-x"] == "1"


def test_the_anchor_keeps_a_place_free_without_styles(make_app: MakeApp) -> None:
    html = render(make_app(), "{{ app_inbox_anchor(size=32) }}")
    page = Elements(html)
    assert [tag for tag, _ in page.found] == ["div", "svg"]
    assert (page["svg"]["width"], page["svg"]["height"]) == ("32", "32")
    assert page["svg"]["display"] == "block"
    assert "style" not in html
    in_text = Elements(
        render(make_app(ANCHOR="span.bell"), "{{ app_inbox_anchor(size=32) }}")
    )
    assert "display" not in in_text["svg"]


def test_an_anchor_that_holds_nothing_keeps_no_place_free(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(ANCHOR="img.bell", POSITION="afterend")
    page = Elements(render(app, "{{ app_inbox_anchor(size=32) }}"))
    assert [tag for tag, _ in page.found] == ["img"]
    assert "keeps no place free" in caplog.text


HOSTILE = 'a"b><script>alert(1)</script>'


@pytest.mark.parametrize("autoescape", [True, False])
def test_a_hostile_selector_is_escaped_whether_the_site_escapes_or_not(
    make_app: MakeApp, autoescape: bool
) -> None:
    selector = f"[title='{HOSTILE}']"
    app = make_app(ANCHOR=selector)
    app.jinja_env.autoescape = autoescape
    page = Elements(render(app, "{{ app_inbox_anchor() }}{{ app_inbox() }}"))
    assert [tag for tag, _ in page.found] == ["div", "link", "script"]
    assert page["div"]["title"] == HOSTILE
    assert page["script"]["data-anchor"] == selector


class BracketFlask(Flask):
    """A site whose pages leave the curly brackets to a framework in the browser."""

    jinja_options = {  # noqa: RUF012 - as Flask declares it
        "variable_start_string": "[[",
        "variable_end_string": "]]",
        "enable_async": True,
    }


def test_a_site_with_delimiters_of_its_own_gets_its_bell(make_app: MakeApp) -> None:
    app = make_app(flask_class=BracketFlask)
    page = Elements(render(app, "[[ app_inbox_anchor() ]][[ app_inbox() ]]"))
    assert page["div"]["id"] == "app-inbox"
    assert page["script"]["data-token-url"] == "/app-inbox/token"


def test_a_bell_costs_a_page_less_than_a_kilobyte(make_app: MakeApp) -> None:
    app = make_app(FEATURES={"TRACKING": False, "RECOMS": True})
    html = render(app, "{{ app_inbox_anchor() }}{{ app_inbox('a' * 32) }}")
    assert len(html.encode()) < 1024


def test_macros_of_another_file_see_the_globals(
    make_app: MakeApp, tmp_path: Path
) -> None:
    (tmp_path / "macros.html").write_text(
        "{% macro bell() %}{{ app_inbox_anchor() }}{{ app_inbox() }}{% endmacro %}"
    )
    app = make_app(prepare=lambda app: setattr(app, "template_folder", str(tmp_path)))
    template = "{% from 'macros.html' import bell %}{{ bell() }}"
    assert Elements(render(app, template))["script"]["data-token-url"]


def test_a_page_made_bit_by_bit_holds_its_script(make_app: MakeApp) -> None:
    app = make_app()

    @app.get("/")
    def page() -> Any:
        from flask import stream_template_string

        return app.response_class(stream_template_string("a{{ app_inbox() }}b"))

    client: FlaskClient = app.test_client()
    assert "data-token-url" in client.get("/").text


# What pages have in common is kept


def test_what_one_page_keeps_never_shows_in_another(make_app: MakeApp) -> None:
    people = [Contact(email="ann@example.com"), Contact(email="bob@example.com")]
    here: dict[str, Any] = {}
    first = make_app(loader=lambda: here["contact"], LANGUAGE="uk")
    other = make_app(loader=lambda: here["contact"], URL_PREFIX="/inbox")
    tags: dict[tuple[str, str | None], set[str | None]] = {}
    for _ in range(2):
        for app, prefix, language in (
            (first, "/app-inbox", "uk"),
            (other, "/inbox", "en"),
        ):
            for root in ("", "/shop"):
                for nonce in (None, "abc", "def"):
                    for here["contact"] in people:
                        html = render(
                            app,
                            "{{ app_inbox(nonce) }}",
                            values={"nonce": nonce},
                            environ_overrides={"SCRIPT_NAME": root},
                        )
                        script = Elements(html)["script"]
                        assert script["data-token-url"] == f"{root}{prefix}/token"
                        assert script["data-language"] == language
                        assert script.get("nonce") == nonce
                        assert "\0" not in html
                        person = (
                            app.config["APP_INBOX_API_KEY"],
                            here["contact"].email,
                        )
                        tags.setdefault(person, set()).add(script["data-user"])
    # One tag for each person, whatever else the page has; another for each.
    assert [len(of_person) for of_person in tags.values()] == [1, 1]
    assert len(set.union(*tags.values())) == 2


def test_an_anonymous_page_is_not_that_of_a_customer(make_app: MakeApp) -> None:
    here: dict[str, Contact | None] = {}
    app = make_app(loader=lambda: here["contact"], ANONYMOUS="tracking")
    for contact in (None, CONTACT, None):
        here["contact"] = contact
        html = render(app)
        assert ("data-token-url" in html) is (contact is not None)
        assert ("data-user" in html) is (contact is not None)
        assert "\0" not in html
