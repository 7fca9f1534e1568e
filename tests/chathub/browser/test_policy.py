"""A strict Content-Security-Policy, on the page and in the frame."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from flask import Flask, g, request
from playwright.sync_api import Page, expect
from werkzeug.wrappers import Response

from flask_app_inbox import ChatHub
from tests.chathub.browser.chat import chat, reply, write
from tests.fixtures.control import Control

REST = "default-src 'none'; connect-src 'self'; frame-src 'self'; img-src data:"
TRUSTED = "; require-trusted-types-for 'script'; trusted-types chathub"


def nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


@pytest.mark.parametrize(
    ("scripts", "more"),
    [
        ("'self'", ""),
        ("'nonce-{nonce}'", TRUSTED),
        ("'strict-dynamic' 'nonce-{nonce}'", TRUSTED),
    ],
    ids=["hosts", "nonce", "strict-dynamic"],
)
def test_the_panel_needs_no_exception(
    page: Page,
    make_staff_app: Callable[..., Flask],
    serve: Callable[[Flask], str],
    control: Control,
    scripts: str,
    more: str,
) -> None:
    app = make_staff_app()
    app.jinja_env.globals["csp_nonce"] = nonce

    @app.after_request
    def set_policy(response: Response) -> Response:
        allowed = scripts.format(nonce=nonce())
        policy = f"{REST}; script-src {allowed}{more}"
        if request.path == "/chathub/panel":
            sources = {**ChatHub().csp_sources()}
            del sources["style-src"]  # the sandbox's panel needs none
            sources["script-src"] = [allowed, *sources["script-src"]]
            rules = [f"{name} {' '.join(each)}" for name, each in sources.items()]
            policy = "; ".join(["default-src 'none'", *rules]) + more
        response.headers["Content-Security-Policy"] = policy
        return response

    write(control, "Ann", "Hello?")
    page.goto(serve(app) + "/login?user=olha")
    reply(chat(page), "Ann", "Hello!")
    expect(chat(page).get_by_role("log")).to_contain_text("Hello?")
