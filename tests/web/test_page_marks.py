"""Several pages in one request: each has its bell and its panel, and has it once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import (
    Flask,
    render_template,
    render_template_string,
    stream_template,
)
from jinja2 import DictLoader

from flask_app_inbox import AppInbox, ChatHub, Contact

#: ``CALL`` stands for one of our calls.
TEMPLATES = {
    "part": "CALL",
    "macros": "{% macro show() %}CALL{% endmacro %}",
    "base": "{% block head %}{% endblock %}{% block body %}{% endblock %}CALL",
    "plain": "<p>Thank you.",
    "mail": "<p>Thank you. CALL",
    "broken mail": "<p>Thank you. CALL {{ 1 // 0 }}",
    # Pages that call twice
    "twice": "CALL|CALL",
    "an include": "CALL|{% include 'part' %}",
    "an include after a variable": "{% set a = 1 %}{% include 'part' %}|CALL",
    "an include in a loop": "{% for one in 'ab' %}{% include 'part' %}|{% endfor %}",
    "a macro with the context": "{% from 'macros' import show with context %}"
    "CALL|{{ show() }}",
    "a macro without it": "{% from 'macros' import show %}{{ show() }}|CALL",
    "a macro of its own": "{% macro one() %}CALL{% endmacro %}{{ one() }}|{{ one() }}",
    "a base": "{% extends 'base' %}{% block body %}CALL|{% endblock %}",
    "a block twice": "{% block head %}CALL{% endblock %}|{{ self.head() }}",
    "a scoped block": "{% for one in 'ab' %}{% block b scoped %}CALL{% endblock %}|"
    "{% endfor %}",
    "a plain mail between": "CALL|{{ send('plain') }}CALL",
    "a mail between": "CALL|{{ send('mail') }}CALL",
    "a broken mail between": "CALL|{{ send('broken mail') }}CALL",
    # Pages that call once
    "a mail before": "{{ send('mail') }}CALL",
    "a broken mail before": "{{ send('broken mail') }}CALL",
    "a mail after": "CALL{{ send('mail') }}",
    "no mail": "CALL",
    "broken": "CALL{{ 1 // 0 }}",
}
CALLED_TWICE = [name for name, text in TEMPLATES.items() if "|" in text]
CALLED_ONCE = ["a mail before", "a broken mail before", "a mail after", "no mail"]

Render = Callable[[Flask, str], str]


def by_flask(_: Flask, name: str) -> str:
    return render_template(name)


def by_flask_from_text(_: Flask, name: str) -> str:
    return render_template_string(TEMPLATES[name].replace("CALL", "{{ call() }}"))


def by_jinja(app: Flask, name: str) -> str:
    return str(app.jinja_env.get_template(name).render())


def by_jinja_piece_by_piece(app: Flask, name: str) -> str:
    return "".join(app.jinja_env.get_template(name).generate())


def by_flask_as_a_stream(_: Flask, name: str) -> str:
    return "".join(stream_template(name))


@pytest.fixture(
    params=[
        by_flask,
        by_flask_from_text,
        by_jinja,
        by_jinja_piece_by_piece,
        by_flask_as_a_stream,
    ]
)
def render(request: pytest.FixtureRequest) -> Render:
    """A way to render a template."""
    way: Render = request.param
    return way


class AsyncFlask(Flask):
    jinja_options = {"enable_async": True}  # noqa: RUF012 - as Flask has it


@pytest.fixture(scope="module", params=[Flask, AsyncFlask])
def kind(request: pytest.FixtureRequest) -> type[Flask]:
    chosen: type[Flask] = request.param
    return chosen


@pytest.fixture(scope="module", params=["app_inbox", "chathub"])
def app(request: pytest.FixtureRequest, kind: type[Flask]) -> Flask:
    """A site whose templates have ``call()``, one of ours, and ``send()`` for mails.

    Its page breaks off, and then there is the error page.
    """
    app = kind("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key", CHATHUB_KEY="key")
    AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
    ChatHub(app).operator_loader(lambda: {"sales": 101})
    name = request.param
    templates = {
        key: text.replace("CALL", f"{{{{ {name}() }}}}")
        for key, text in TEMPLATES.items()
    }
    app.jinja_loader = DictLoader(templates)
    app.jinja_env.globals["call"] = app.jinja_env.globals[name]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/", view_func=lambda: app.extensions["render"](app, "broken"))
    app.register_error_handler(
        500, lambda _: (app.extensions["render"](app, "no mail"), 500)
    )
    return app


@pytest.fixture
def mails(app: Flask, render: Render) -> list[str]:
    """The mails that ``send()`` has rendered, in the same way as the page."""
    sent: list[str] = []

    def send(name: str) -> str:
        with suppress(ZeroDivisionError):
            sent.append(render(app, name))
        return ""

    async def send_within_a_loop(name: str) -> str:
        with suppress(ZeroDivisionError):
            sent.append(await app.jinja_env.get_template(name).render_async())
        return ""

    is_async = app.jinja_env.is_async
    app.jinja_env.globals["send"] = send_within_a_loop if is_async else send
    return sent


def calls_in(html: str) -> int:
    return html.count("<script")


@pytest.mark.parametrize("name", CALLED_TWICE)
def test_the_second_call_in_a_page_renders_nothing_and_warns(
    app: Flask,
    name: str,
    render: Render,
    mails: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with app.test_request_context():
        html = render(app, name)
    assert calls_in(html) == 1, html
    assert caplog.text.count("called twice") == 1


@pytest.mark.parametrize("name", CALLED_ONCE)
def test_a_mail_of_the_same_request_takes_nothing_from_the_page(
    app: Flask,
    name: str,
    render: Render,
    mails: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with app.test_request_context():
        before = render(app, "mail")
        html = render(app, name)
        after = render(app, "mail")
    assert [calls_in(before), calls_in(html), calls_in(after)] == [1, 1, 1]
    assert [calls_in(mail) for mail in mails] == [1] * len(mails)
    assert "called twice" not in caplog.text


def test_an_error_page_after_a_page_that_broke_off_has_its_own(
    app: Flask, render: Render, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["render"] = render
    assert calls_in(app.test_client().get("/").text) == 1
    assert "called twice" not in caplog.text
