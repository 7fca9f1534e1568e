"""Logging in and out of the demo shop."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from flask import Flask

from demo.shop import create_app
from demo.shop.accounts import DEMO_ACCOUNTS

from .conftest import MakeShop, Visitor


@pytest.mark.parametrize("account", DEMO_ACCOUNTS, ids=lambda a: a.email)
def test_every_printed_account_can_log_in(shop: Flask, account: object) -> None:
    email = str(getattr(account, "email"))  # noqa: B009 - parametrize hides the type
    page = Visitor(shop).log_in(email).text("/account")
    assert email in page


def test_the_login_page_offers_the_accounts(visitor: Visitor) -> None:
    page = visitor.text("/login")
    offered = re.findall(r'data-email="([^"]+)" data-password="demo"', page)
    assert offered == [account.email for account in DEMO_ACCOUNTS]


def test_with_the_real_vendor_the_login_page_knows_of_no_messages(
    real_shop: Flask,
) -> None:
    page = Visitor(real_shop).text("/login")
    assert "olena@example.com" in page
    assert "messages waiting" not in page
    assert "Not known to the vendor" not in page


def test_capitals_and_spaces_in_the_email_do_not_matter(visitor: Visitor) -> None:
    assert visitor.log_in("  Olena@Example.com ").text("/account")


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(
    visitor: Visitor,
) -> None:
    for email in ("olena@example.com", "nobody@example.com"):
        response = visitor.post("/login", email=email, password="wrong")
        assert response.status_code == 200
        assert "Email and password do not go together." in response.text
    assert visitor.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"email": "", "password": "demo"}, "Please enter an email address."),
        ({"email": "olena", "password": "demo"}, "Please enter an email address."),
        ({"email": "o@example.com", "password": ""}, "Please enter the password."),
    ],
)
def test_an_incomplete_login_form_says_what_is_missing(
    visitor: Visitor, fields: dict[str, str], problem: str
) -> None:
    page = visitor.post("/login", **fields).text
    assert problem in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/checkout", "/checkout"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/orders/ZV-1001", "/orders/ZV-1001"),
        ("/%09/evil.example", "/"),
        ("/%0a/evil.example", "/"),
        ("/%0d%0aX-Y:1", "/"),
        ("/account%0a", "/"),
        ("/%00", "/"),
        ("/account\\..", "/"),
        ("/account//evil.example", "/"),
        ("/.//evil.example", "/"),
        ("/@evil.example", "/"),
        ("", "/"),
    ],
)
def test_the_login_leads_only_to_pages_of_the_shop(
    visitor: Visitor, wanted: str, reached: str
) -> None:
    fields = {"email": "olena@example.com", "password": "demo"}
    assert visitor.post(f"/login?next={wanted}", **fields).location == reached


def test_a_protected_page_leads_to_the_login_and_back(visitor: Visitor) -> None:
    assert visitor.get("/checkout").location == "/login?next=/checkout"


def test_whoever_is_logged_in_needs_no_login_page(visitor: Visitor) -> None:
    assert visitor.log_in().get("/login").location == "/account"


def test_after_logout_nothing_of_the_customer_is_left(visitor: Visitor) -> None:
    visitor.log_in().take("teapot").post("/logout", page="/account")
    assert visitor.get("/account").status_code == 302
    assert "Moon teapot" not in visitor.text("/basket")
    assert visitor.get("/flow/calls").status_code == 401


def test_logout_needs_a_form_of_the_shop(visitor: Visitor) -> None:
    visitor.log_in()
    assert visitor.client.post("/logout").status_code == 400
    assert visitor.get("/account").status_code == 200


def test_the_session_of_a_deleted_account_is_no_login(
    visitor: Visitor, shop: Flask
) -> None:
    visitor.log_in()
    with sqlite3.connect(Path(shop.instance_path, "shop.sqlite")) as database:
        database.execute("DELETE FROM account")
    database.close()
    assert visitor.get("/account").status_code == 302


def test_passwords_are_stored_hashed(seeded: Path) -> None:
    content = (seeded / "shop.sqlite").read_bytes()
    assert b"scrypt:" in content
    database = sqlite3.connect(seeded / "shop.sqlite")
    hashes = {row[0] for row in database.execute("SELECT password FROM account")}
    database.close()
    assert len(hashes) == len(DEMO_ACCOUNTS)
    assert "demo" not in hashes


def test_a_second_start_keeps_accounts_and_sessions(make_shop: MakeShop) -> None:
    first, second = (make_shop(APP_INBOX_API_KEY="key") for _ in range(2))
    assert first.secret_key == second.secret_key
    database = sqlite3.connect(Path(first.instance_path, "shop.sqlite"))
    count = database.execute("SELECT count(*) FROM account").fetchone()[0]
    database.close()
    assert count == len(DEMO_ACCOUNTS)


def test_the_secret_key_is_for_its_owner_alone(seeded: Path) -> None:
    path = seeded / "secret_key"
    assert len(path.read_text()) == 64
    assert path.stat().st_mode & 0o077 == 0


def test_a_configured_secret_key_is_kept(make_shop: MakeShop) -> None:
    shop = make_shop(APP_INBOX_API_KEY="key", SECRET_KEY="given")
    assert shop.secret_key == "given"


def test_the_instance_folder_can_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_INSTANCE", str(tmp_path / "deep" / "folder"))
    create_app({"APP_INBOX_API_KEY": "key"})
    assert (tmp_path / "deep" / "folder" / "shop.sqlite").exists()


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    visitor: Visitor,
) -> None:
    cookie = visitor.get("/").headers["Set-Cookie"]
    assert cookie.startswith("zavarka=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
