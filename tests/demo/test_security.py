"""What must not happen: foreign scripts, forms and redirects, leaks, other orders."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from demo.shop.accounts import DEMO_ACCOUNTS
from flask_app_inbox import ConfigError
from flask_app_inbox.sandbox import SandboxServer

from .conftest import VENDORS_BELL, MakeShop, Visitor, drawn_by_vendor

PAGES = ("/", "/things/teapot", "/basket", "/checkout", "/account", "/nowhere")


def policy_of(visitor: Visitor, path: str = "/") -> dict[str, list[str]]:
    """Return a page's Content-Security-Policy by directive."""
    header = visitor.get(path).headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split("; "))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", ["/", "/account"])
def test_the_policy_of_the_shops_own_bell_lets_in_the_shop_alone(
    visitor: Visitor, real_shop: Flask, path: str
) -> None:
    for shopper in (visitor, Visitor(real_shop)):
        policy = policy_of(shopper.log_in(), path)
        for kind in ("script", "style", "connect"):
            assert policy[f"{kind}-src"] == ["'self'"]


@drawn_by_vendor
def test_the_policy_lets_in_the_sandbox_and_nothing_inline(
    visitor: Visitor, sandbox: SandboxServer
) -> None:
    policy = policy_of(visitor)
    assert policy["script-src"] == ["'self'", sandbox.url]
    assert policy["connect-src"] == ["'self'", sandbox.url]
    assert policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in str(policy)


@pytest.mark.parametrize("platform", ["esputnik", "yespo", "reteno"])
def test_the_policy_lets_in_the_platform(make_shop: MakeShop, platform: str) -> None:
    shop = make_shop(
        APP_INBOX_PLATFORM=platform, APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="id"
    )
    policy = policy_of(Visitor(shop))
    assert any(platform in source for source in policy["connect-src"])
    assert "unsafe" not in str(policy["script-src"])


def test_only_the_panels_frame_runs_its_script_and_may_be_framed(
    visitor: Visitor, sandbox: SandboxServer, make_shop: MakeShop
) -> None:
    visitor.log_in("staff@example.com")
    policy = policy_of(visitor, "/chathub/panel")
    assert policy["script-src"] == ["'self'", sandbox.url]
    assert policy["frame-ancestors"] == ["'self'"]
    assert "unsafe" not in str(policy)
    real = make_shop(
        APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="id", CHATHUB_KEY="another-key"
    )
    staff = Visitor(real).log_in("staff@example.com")
    panel, page = policy_of(staff, "/chathub/panel"), policy_of(staff)
    assert len(panel["script-src"]) == 2
    assert not set(panel["script-src"][1:]) & set(page["script-src"])


def test_pages_hold_no_inline_script_style_or_handler(visitor: Visitor) -> None:
    visitor.log_in().take("teapot")
    for path in (*PAGES, visitor.order()):
        page = visitor.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path
        assert not re.search(r'(?:src|href)="https?://(?!127\.0\.0\.1)', page), path


def test_pages_and_drawer_hold_no_token_and_no_key(visitor: Visitor) -> None:
    page = visitor.log_in().text("/")
    token = (visitor.token().json or {})["token"]
    assert token
    drawer = visitor.text("/flow/calls")
    for secret in (token, "sandbox-key"):
        assert secret not in page
        assert secret not in drawer
    assert "olena@example.com" not in drawer


@pytest.mark.parametrize(
    ("settings", "sign"), [({}, "<app-inbox-bell"), (VENDORS_BELL, "data-token-url")]
)
def test_there_is_a_bell_for_customers_alone(visitor: Visitor, sign: str) -> None:
    assert sign not in visitor.text("/")
    assert visitor.token().status_code == 401
    assert sign in visitor.log_in().text("/")


def test_personal_pages_are_stored_nowhere_and_static_files_are(
    visitor: Visitor,
) -> None:
    assert visitor.get("/flow/calls").cache_control.private
    for path in ("/", "/account", "/basket"):
        response = visitor.log_in().get(path)
        assert response.cache_control.no_store, path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
    with visitor.get("/static/shop.js") as file:
        assert not file.cache_control.no_store


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    visitor: Visitor,
) -> None:
    cookie = visitor.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_from_elsewhere_changes_nothing(visitor: Visitor) -> None:
    visitor.log_in()
    for path in (
        *("/basket/honey/add", "/logout", "/language"),
        *("/flow/message", "/flow/tokens"),
    ):
        answer = visitor.client.post(path, data={"quantity": "1"})
        assert answer.status_code == 400, path
    assert "Nothing in here yet" in visitor.text("/basket")
    assert visitor.get("/account").status_code == 200


OURS = ("/checkout", "/orders/ZV-1001")
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/%09/evil.example",
    "/%0d%0aX-Y:1",
    "/account%0a",
    "/account\\..",
    "/account//evil.example",
    "/.//evil.example",
    "/@evil.example",
)


def test_the_login_leads_only_to_pages_of_the_shop(shop: Flask) -> None:
    for wanted in (*OURS, *ELSEWHERE):
        answer = Visitor(shop).post(
            f"/login?next={wanted}", email="olena@example.com", password="demo"
        )
        assert answer.location == (wanted if wanted in OURS else "/"), wanted


@pytest.mark.parametrize(
    "referer", ["https://evil.example/page", "http://localhost//evil.example/"]
)
def test_the_language_switch_leads_only_to_pages_of_the_shop(
    visitor: Visitor, referer: str
) -> None:
    response = visitor.post("/language", language="de", headers={"Referer": referer})
    assert not re.match(r"//|https?:", response.location)


def test_after_logout_nothing_of_the_customer_is_left(visitor: Visitor) -> None:
    visitor.log_in().take("teapot").post("/logout", page="/account")
    assert visitor.get("/account").location == "/login?next=/account"
    assert "Moon teapot" not in visitor.text("/basket")
    assert visitor.get("/flow/calls").status_code == 401


def test_nobody_sees_the_orders_of_others(shop: Flask) -> None:
    path = Visitor(shop).log_in().take("bowl").order()
    other = Visitor(shop).log_in("jonas@example.com")
    assert other.get(path).status_code == 404
    assert path not in other.text("/account")
    for number in ("ZV-x", "1001x", "ZV-" + "9" * 40):
        assert other.get(f"/orders/{number}").status_code == 404


def test_passwords_are_stored_hashed(seeded: Path) -> None:
    database = sqlite3.connect(seeded / "shop.sqlite")
    hashes = {row[0] for row in database.execute("SELECT password FROM account")}
    database.close()
    assert len(hashes) == len(DEMO_ACCOUNTS)
    assert all(text.startswith("scrypt:") for text in hashes)


def test_the_secret_key_is_for_its_owner_alone(seeded: Path) -> None:
    path = seeded / "secret_key"
    assert len(path.read_text()) == 64
    assert path.stat().st_mode & 0o077 == 0


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
