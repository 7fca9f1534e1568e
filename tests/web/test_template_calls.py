"""Our calls in templates, however and whenever the site makes its environment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask, render_template
from flask.templating import Environment
from jinja2 import DictLoader, StrictUndefined

from flask_app_inbox import AppInbox, ChatHub, Contact

CALLS = "{{ app_inbox_anchor() }}{{ app_inbox() }}{{ chathub() }}"
TEMPLATES = {
    "page.html": f"{{% block body %}}{CALLS}{{% endblock %}}",
    "page.txt": CALLS,
    "imported.html": "{% from 'macros.html' import show %}{{ show() }}",
    "macros.html": f"{{% macro show() %}}{CALLS}{{% endmacro %}}",
}
OWN_SIGNS = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "[[",
    "variable_end_string": "]]",
}


class OwnEnvironment(Environment):
    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.undefined = StrictUndefined


def in_own_signs(app: Flask) -> None:
    app.jinja_options = OWN_SIGNS


def without_escaping(app: Flask) -> None:
    app.jinja_options = {"autoescape": False}


def by_another_rule(app: Flask) -> None:
    app.select_jinja_autoescape = lambda _: False  # type: ignore[method-assign, assignment] # in place of a subclass


def by_its_own_class(app: Flask) -> None:
    app.jinja_environment = OwnEnvironment  # type: ignore[assignment] # as Flask says


def by_a_function(app: Flask) -> None:
    app.jinja_environment = partial(OwnEnvironment, trim_blocks=True)  # type: ignore[assignment] # Flask only calls it


def at_once(app: Flask) -> None:
    assert app.jinja_env


def as_usual(_: Flask) -> None:
    pass


Prepare = Callable[[Flask], None]
LATE: list[Prepare] = [in_own_signs, without_escaping, by_another_rule, as_usual]
EARLY: list[Prepare] = [*LATE, by_its_own_class, by_a_function, at_once]


def make_app(before: Prepare = as_usual, after: Prepare = as_usual) -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key", CHATHUB_KEY="key")
    before(app)
    AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
    ChatHub(app).operator_loader(lambda: {"sales": 101})
    after(app)
    signs = {"{{": "[[", "}}": "]]", "{%": "<%", "%}": "%>"}
    templates = dict(TEMPLATES)
    if in_own_signs in (before, after):
        for usual, own in signs.items():
            templates = {
                name: text.replace(usual, own) for name, text in templates.items()
            }
    app.jinja_loader = DictLoader(templates)
    return app


def check_pages(app: Flask) -> None:
    for name in ("page.html", "page.txt", "imported.html"):
        with app.test_request_context():
            html = render_template(name)
        assert html.startswith('<div id="app-inbox"></div>')
        assert html.count("<script async src=") == 2
        assert "&lt;" not in html


@pytest.mark.parametrize("prepare", EARLY)
def test_a_site_may_change_its_environment_before(prepare: Prepare) -> None:
    check_pages(make_app(before=prepare))


@pytest.mark.parametrize("prepare", LATE)
def test_a_site_may_change_its_environment_afterwards(prepare: Prepare) -> None:
    check_pages(make_app(after=prepare))


def test_what_a_site_says_of_its_environment_counts() -> None:
    app = make_app(before=by_its_own_class)
    assert isinstance(app.jinja_env, OwnEnvironment)
    assert app.jinja_env.undefined is StrictUndefined
    assert make_app(after=without_escaping).jinja_env.autoescape is False


def test_another_app_knows_nothing_of_our_calls() -> None:
    make_app()
    assert "app_inbox" not in Flask("other").jinja_env.globals
