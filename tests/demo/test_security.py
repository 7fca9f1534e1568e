"""What the demo shop's answers carry, and what its pages never hold."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from flask_app_inbox import ConfigError

from .conftest import MakeShop, SandboxView, Visitor

PAGES = ("/", "/things/teapot", "/basket", "/checkout", "/account", "/nowhere")


def _policy(visitor: Visitor) -> dict[str, list[str]]:
    header = visitor.get("/").headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split("; "))
    return {name: sources for name, *sources in parts}


def test_the_policy_lets_in_the_sandbox_and_nothing_inline(
    visitor: Visitor, sandbox: SandboxView
) -> None:
    policy = _policy(visitor)
    assert policy["script-src"] == ["'self'", sandbox.url]
    assert policy["connect-src"] == ["'self'", sandbox.url]
    assert policy["style-src"] == ["'self'"]
    assert "unsafe" not in str(policy)


def test_the_policy_lets_in_the_real_vendor(real_shop: Flask) -> None:
    policy = _policy(Visitor(real_shop))
    assert "https://statics.esputnik.com" in policy["script-src"]
    assert "https://*.esputnik.com" in policy["connect-src"]
    assert "unsafe" not in str(policy["script-src"])


def test_pages_hold_no_inline_script_style_or_handler(visitor: Visitor) -> None:
    visitor.log_in().take("teapot")
    for path in (*PAGES, visitor.order()):
        page = visitor.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path
        assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)', page), path


def test_pages_hold_no_token_and_no_key(visitor: Visitor) -> None:
    page = visitor.log_in().text("/")
    token = visitor.client.post("/app-inbox/token").json
    assert token
    assert token["token"]
    assert token["token"] not in page
    assert "sandbox-key" not in page


def test_personal_pages_are_stored_nowhere(visitor: Visitor) -> None:
    for path in ("/", "/account", "/basket"):
        response = visitor.log_in().get(path)
        assert response.cache_control.no_store, path
        assert response.cache_control.private, path


def test_an_answer_without_a_session_is_not_shared(visitor: Visitor) -> None:
    control = visitor.get("/flow/calls").cache_control
    assert control.private
    assert control.no_cache


def test_static_files_may_be_cached(visitor: Visitor) -> None:
    with visitor.get("/static/shop.css") as response:
        assert not response.cache_control.no_store
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_other_headers_are_there(visitor: Visitor) -> None:
    headers = visitor.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_token_endpoint_keeps_its_own_answers(visitor: Visitor) -> None:
    response = visitor.client.post("/app-inbox/token")
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/logout", 405), ("POST", "/basket/x", 400)],
)
def test_a_failure_is_a_page_of_the_shop(
    visitor: Visitor, method: str, path: str, status: int
) -> None:
    response = visitor.client.open(path, method=method)
    assert response.status_code == status
    assert "Back to the shelf" in response.text


def test_an_error_of_ours_shows_nothing_of_itself(make_shop: MakeShop) -> None:
    shop = make_shop(APP_INBOX_API_KEY="key", PROPAGATE_EXCEPTIONS=False)

    @shop.get("/broken")
    def broken() -> str:
        raise RuntimeError("a secret detail")

    response = shop.test_client().get("/broken")
    assert response.status_code == 500
    assert "Something broke" in response.text
    assert "secret detail" not in response.text


def test_a_shop_without_a_vendor_says_what_is_missing(make_shop: MakeShop) -> None:
    with pytest.raises(ConfigError, match="API_KEY"):
        make_shop()


def test_settings_come_from_the_environment(
    make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SANDBOX_URL", "http://127.0.0.1:5999/")
    monkeypatch.setenv("FLASK_APP_INBOX_SCRIPT_ID", "chosen")
    config = make_shop().config
    assert config["APP_INBOX_API_URL"] == "http://127.0.0.1:5999/api"
    assert config["APP_INBOX_SCRIPT_URL"] == "http://127.0.0.1:5999"
    assert config["APP_INBOX_SCRIPT_ID"] == "chosen"


def test_there_is_a_bell_for_customers_alone(visitor: Visitor) -> None:
    assert "data-token-url" not in visitor.text("/")
    assert "data-token-url" in visitor.log_in().text("/")
