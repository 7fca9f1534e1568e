"""What {{ chathub() }} puts into a page, and for whom."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask, g, render_template_string
from flask_login import LoginManager

from flask_app_inbox import ChatHub
from flask_app_inbox.chathub.texts import TEXTS
from tests.chathub.site import make_app


def make_plain_app(operators: Any, **settings: Any) -> Flask:
    """Return an app without Flask-Login whose user is these operators."""
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key", **settings)
    chathub = ChatHub(app)
    chathub.operator_loader(lambda: operators)
    return app


def render(app: Flask, template: str = "{{ chathub() }}") -> str:
    with app.test_request_context("/"):
        return render_template_string(template)


def attributes(page: str) -> dict[str, str]:
    """Return the element's data attributes as a browser reads them."""
    [element] = re.findall(r"<chathub-panel(.*?)></chathub-panel>", page, re.DOTALL)
    found = re.findall(r"""data-([a-z-]+)=(?:"([^"]*)"|'([^']*)')""", element)
    return {name: html.unescape(one or other) for name, one, other in found}


def test_an_operator_gets_an_element_and_one_script() -> None:
    page = render(make_plain_app({"sales": 101}))
    found = attributes(page)
    assert found["token-url"] == "/chathub/token"
    assert found["user-url"] == "/chathub/user"
    assert found["frame-url"] == "/chathub/panel"
    [[alias, tag]] = json.loads(found["organizations"])
    assert alias == "sales"
    assert re.fullmatch("[0-9a-f]{32}", tag)
    assert page.count("<script") == 1
    assert re.search(r'src="/chathub/chathub\.[0-9a-f]{16}\.js"', page)


@pytest.mark.parametrize("operators", [{}, None])
def test_who_is_no_operator_gets_nothing(operators: Mapping[str, int] | None) -> None:
    assert render(make_plain_app(operators)) == ""


def test_without_a_loader_nobody_gets_anything(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    ChatHub(app)
    assert render(app) == ""
    assert app.test_client().post("/chathub/token").status_code == 403
    assert "operator_loader" in caplog.text


@pytest.mark.parametrize(
    "operators",
    [
        101,
        ["sales"],
        {"sales": "101"},
        {"sales": True},
        {"sales": 0},
        {"sales": None},
        {5: 101},
        {"": 101},
        {"a\nb": 101},
        {"x" * 101: 101},
    ],
)
def test_a_loader_that_returns_nonsense_gives_nobody_anything(
    operators: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_plain_app(operators)
    assert render(app) == ""
    answer: Any = app.test_client().post("/chathub/token")
    assert (answer.status_code, answer.json["code"]) == (500, "loader_failed")
    assert "operator_loader must return" in caplog.text


def test_one_organization_is_rendered_alone() -> None:
    app = make_plain_app({"sales": 101, "support": 102})
    page = render(app, "{{ chathub('support') }}")
    assert [alias for alias, _ in json.loads(attributes(page)["organizations"])] == [
        "support"
    ]


def test_an_organization_that_is_not_the_users_renders_nothing() -> None:
    assert render(make_plain_app({"sales": 101}), "{{ chathub('support') }}") == ""


def test_two_panels_share_one_script_and_none_comes_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_plain_app({"sales": 101, "support": 102})
    page = render(
        app, "{{ chathub('sales') }}{{ chathub('support') }}{{ chathub('sales') }}"
    )
    assert page.count("<chathub-panel") == 2
    assert page.count("<script") == 1
    assert "called twice for 'sales'" in caplog.text


def test_outside_a_request_nothing_is_rendered() -> None:
    app = make_plain_app({"sales": 101})
    with app.app_context():
        assert app.jinja_env.from_string("{{ chathub() }}").render() == ""


def test_no_page_holds_a_token_or_an_operators_id() -> None:
    page = render(make_plain_app({"sales": 987654}))
    assert "987654" not in page
    assert "a-key" not in page


EVIL = "\"'></script><script>alert(1)</script><img src=x onerror=alert(2)>&{{ 7*7 }}"


def test_hostile_names_and_texts_stay_text() -> None:
    app = make_plain_app(
        {EVIL: 101}, CHATHUB_FALLBACK={"text": EVIL, "link": "/help?a=1&b='<"}
    )
    page = render(app)
    assert page.count("<script") == 1
    assert "<img" not in page
    found = attributes(page)
    [[alias, _]] = json.loads(found["organizations"])
    assert alias == EVIL
    assert found["fallback-text"] == EVIL
    assert found["fallback-link"] == "/help?a=1&b='<"


@pytest.mark.parametrize(
    ("nonce", "shown"),
    [("abc123==", 'nonce="abc123=="'), ('"><script>', None), ("", None), (5, None)],
)
def test_only_a_nonce_that_is_one_is_rendered(nonce: Any, shown: str | None) -> None:
    app = make_plain_app({"sales": 101})
    app.jinja_env.globals["csp_nonce"] = lambda: nonce
    page = render(app)
    assert (shown in page) if shown else ("nonce" not in page)
    frame = app.test_client().get("/chathub/panel").text
    assert (shown in frame) if shown else ("nonce" not in frame)


def test_the_nonce_of_the_call_goes_first() -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    chathub = ChatHub(app, csp_nonce=lambda: "fromextension")
    chathub.operator_loader(lambda: {"sales": 101})
    assert 'nonce="fromextension"' in render(app)
    assert 'nonce="fromcall"' in render(app, "{{ chathub(nonce='fromcall') }}")


@pytest.mark.parametrize(
    ("language", "text", "fallback"),
    [
        ("uk", "Спробувати ще раз", "Телефонуйте"),
        ("de", "Erneut versuchen", "Call us"),
    ],
)
def test_texts_come_in_the_pages_language(
    language: str, text: str, fallback: str
) -> None:
    app = make_plain_app(
        {"sales": 101},
        CHATHUB_FALLBACK={"text": {"en": "Call us", "uk-UA": "Телефонуйте"}},
    )
    app.extensions["chathub"].loaders.language = lambda: language
    found = attributes(render(app))
    assert json.loads(found["texts"])["retry"] == text
    assert found["fallback-text"] == fallback
    assert f'lang="{language}"' in app.test_client().get("/chathub/panel").text


def test_a_page_in_a_language_without_texts_has_the_english_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(TEXTS, "de")
    app = make_plain_app({"sales": 101})
    app.extensions["chathub"].loaders.language = lambda: "de"
    assert json.loads(attributes(render(app))["texts"])["retry"] == "Try again"


def test_the_language_loader_is_registered_by_its_decorator() -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    chathub = ChatHub(app)
    chathub.operator_loader(lambda: {"sales": 101})

    @chathub.language_loader
    def language() -> str:
        return "pl-PL"

    assert "Organizacje" in json.loads(attributes(render(app))["texts"]).values()


def test_a_link_without_a_text_is_its_own_text() -> None:
    app = make_plain_app(
        {"sales": 101}, CHATHUB_FALLBACK={"link": "https://help.example/"}
    )
    found = attributes(render(app))
    assert found["fallback-text"] == found["fallback-link"] == "https://help.example/"


def test_an_anonymous_visitor_is_refused_whatever_the_loader_says() -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    LoginManager(app).user_loader(lambda _: None)
    ChatHub(app).operator_loader(lambda: {"sales": 101})
    assert render(app) == ""
    answer: Any = app.test_client().post("/chathub/token")
    assert (answer.status_code, answer.json["code"]) == (401, "login_required")


def test_staff_who_log_in_by_other_means_than_flask_login_are_let_in() -> None:
    app = Flask("site")
    app.config.update(
        SECRET_KEY="a key", CHATHUB_KEY="a-key", CHATHUB_REQUIRE_LOGIN=False
    )
    LoginManager(app).user_loader(lambda _: None)

    @app.before_request
    def find_staff() -> None:
        g.staff = {"sales": 101}

    ChatHub(app).operator_loader(lambda: g.staff)
    with app.test_request_context("/"):
        app.preprocess_request()
        assert "chathub-panel" in render_template_string("{{ chathub() }}")


def test_an_async_loader_is_awaited() -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    chathub = ChatHub(app)

    @chathub.operator_loader
    async def operators() -> dict[str, int]:
        return {"sales": 101}

    assert "chathub-panel" in render(app)


def test_the_policy_names_only_what_the_panel_needs() -> None:
    app = Flask("site")
    app.config.update(SECRET_KEY="a key", CHATHUB_KEY="a-key")
    chathub = ChatHub()
    with pytest.raises(RuntimeError, match=r"init_app\(app\) before csp_sources\(\)"):
        chathub.csp_sources()
    chathub.init_app(app)
    with app.app_context():
        assert chathub.csp_sources() == ChatHub().csp_sources(app=app)
    with pytest.raises(RuntimeError, match=r"no ChatHub. Call init_app\(app\)"):
        chathub.csp_sources(app=Flask("other"))
    sources = chathub.csp_sources()
    assert sources["script-src"] == ["'self'", "https://widget.smsbat.com"]
    assert "wss://chatapi.smsbat.com" in sources["connect-src"]
    assert sources["frame-src"] == ["'self'"]


def test_two_apps_in_a_process_know_nothing_of_each_other() -> None:
    one = make_plain_app({"sales": 101}, CHATHUB_URL_PREFIX="/one")
    other = make_app(CHATHUB_URL_PREFIX="/other")
    assert "/one/token" in render(one)
    assert render(other) == ""
