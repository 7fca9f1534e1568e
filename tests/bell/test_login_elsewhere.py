"""The page without JavaScript of a site whose login is at another host."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, redirect
from flask_login import LoginManager, UserMixin, login_user
from playwright.sync_api import BrowserContext, expect
from werkzeug.wrappers import Response

from flask_app_inbox import AppInbox
from flask_app_inbox.testing import VendorDouble


class _Ann(UserMixin):  # type: ignore[misc] # it has no types
    id = "1"
    email = "ann@example.com"


def test_a_form_that_is_sent_after_the_session_leads_to_the_login(
    new_context: Callable[..., BrowserContext],
    serve: Callable[[Flask], str],
    app_inbox_vendor: VendorDouble,
) -> None:
    app_inbox_vendor.has_messages(["Hello"])
    sso = Flask("sso")
    sso.add_url_rule("/", "login", lambda: "<h1>Log in here</h1>")
    login = serve(sso).replace("127.0.0.1", "localhost")

    shop = Flask("shop")
    shop.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_WIDGET="site"
    )
    AppInbox(shop)
    manager = LoginManager(shop)
    manager.user_loader(lambda _: _Ann())
    manager.unauthorized_handler(lambda: redirect(login))

    @shop.get("/in")
    def log_in() -> Response:
        login_user(_Ann())
        return redirect("/app-inbox/")

    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serve(shop) + "/in")
    button = page.get_by_role("button", name="Mark all as read")
    expect(button).to_be_visible()
    context.clear_cookies()
    button.click()
    expect(page.get_by_role("heading", name="Log in here")).to_be_visible()
