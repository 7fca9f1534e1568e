"""Wherever a site lives, its pages ask their own origin."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, MakeSite, Shown, ask, client_of, shown

ANN = Contact(email="ann@example.com")


def test_behind_a_proxy_that_speaks_https_and_has_a_prefix(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    def prepare(app: Flask) -> None:
        fixed = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask's manual says

    app = make_site(prepare=prepare)
    client = app.test_client(use_cookies=False)
    forwarded = {
        "Cookie": f"session={signed_session(app)}",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.example",
        "X-Forwarded-Prefix": "/store",
    }
    page = Shown(client.get("/", headers=forwarded).text, "https://shop.example/store/")
    assert page.attribute("data-token-url") == "/store/app-inbox/token"
    assert str(page.attribute("src")).startswith("/store/app-inbox/app_inbox.")
    token = client.post(
        "/app-inbox/token",
        headers={**forwarded, "Origin": "https://shop.example"},
    )
    assert token.json == {"token": "token-1"}
    foreign = client.post(
        "/app-inbox/token", headers={**forwarded, "Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


def signed_session(app: Flask) -> str:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({"email": "ann@example.com"}))


def test_mounted_below_another_app(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app = make_site(config={"APPLICATION_ROOT": "/shop"})
    outer = Client(DispatcherMiddleware(Flask("outer"), {"/shop": app}))
    outer.set_cookie("session", signed_session(app))
    page = shown(outer.get("/shop/"))
    assert page.attribute("data-token-url") == "/shop/app-inbox/token"
    token = outer.post(
        page.address("data-token-url"),
        headers={"X-App-Inbox-User": page.attribute("data-user") or ""},
    )
    assert token.json == {"token": "token-1"}
    assert outer.get(page.address("src")).status_code == 200


def test_application_root_of_the_test_client(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app = make_site(config={"APPLICATION_ROOT": "/shop"})
    output = app.test_cli_runner().invoke(args=["app-inbox", "check", "--offline"])
    assert "Our script is served." in output.output
    assert "answers 401 to somebody" in output.output


def test_another_prefix(make_site: MakeSite, app_inbox_vendor: VendorDouble) -> None:
    app = make_site(config={"APP_INBOX_URL_PREFIX": "/my/bell"})
    client = client_of(app)
    page = shown(client.get("/"))
    assert page.attribute("data-token-url") == "/my/bell/token"
    assert ask(client, page).json == {"token": "token-1"}
    assert client.get(page.address("src")).status_code == 200
    assert client.post("/app-inbox/token").status_code == 404


def everywhere(app: Flask, **rule: Any) -> None:
    app.add_url_rule(
        "/", f"page {rule}", lambda **_: render_template_string(LAYOUT), **rule
    )


@pytest.mark.parametrize("host", ["shop.example", "shop.example:8080", "other.example"])
def test_host_matching(
    make_site: MakeSite, app_inbox_vendor: VendorDouble, host: str
) -> None:
    app = make_site(
        page=None,
        finish=lambda app: everywhere(app, host="<host>"),
        host_matching=True,
        static_host="static.example",
    )
    base = f"http://{host}/"
    client = client_of(app, base_url=base)
    page = shown(client.get("/", base_url=base))
    assert page.attribute("data-token-url") == "/app-inbox/token"
    assert ask(client, page).json == {"token": "token-1"}
    assert client.get(page.address("src")).status_code == 200


@pytest.mark.parametrize(
    "host", ["shop.example", "uk.shop.example", "a.b.shop.example"]
)
def test_subdomains(
    make_site: MakeSite, app_inbox_vendor: VendorDouble, host: str
) -> None:
    def finish(app: Flask) -> None:
        everywhere(app)
        everywhere(app, subdomain="<subdomain>")

    app = make_site(
        page=None,
        finish=finish,
        subdomain_matching=True,
        config={"SERVER_NAME": "shop.example"},
    )
    base = f"http://{host}/"
    client = client_of(app, base_url=base)
    page = shown(client.get("/", base_url=base))
    assert page.address("data-token-url") == f"{base}app-inbox/token"
    assert ask(client, page).json == {"token": "token-1"}
    assert client.get(page.address("src")).status_code == 200


def test_links_can_be_made_outside_of_requests(make_site: MakeSite) -> None:
    app = make_site(subdomain_matching=True, config={"SERVER_NAME": "shop.example"})
    with app.app_context():
        assert app.url_for("app_inbox.token") == "http://shop.example/app-inbox/token"


def test_check_looks_at_the_host_that_it_is_told(make_site: MakeSite) -> None:
    app = make_site(
        page=None,
        finish=lambda app: everywhere(app, host="shop.example"),
        host_matching=True,
        static_host="shop.example",
    )
    arguments = ["app-inbox", "check", "--offline", "--host", "shop.example"]
    output = app.test_cli_runner().invoke(args=arguments).output
    assert "Our script is in the page, once." in output
    assert "Our script is served." in output
    assert "answers 401 to somebody" in output


def test_several_apps_in_a_process_do_not_mix(app_inbox_vendor: VendorDouble) -> None:
    inbox = AppInbox()
    inbox.contact_loader(lambda: ANN)
    apps = []
    for number in range(2):
        app = Flask(f"shop {number}")
        app.config.update(
            APP_INBOX_API_KEY="key", APP_INBOX_URL_PREFIX=f"/bell-{number}"
        )
        inbox.init_app(app)
        apps.append(app)
    for number, app in enumerate(apps):
        client = app.test_client()
        assert client.post(f"/bell-{number}/token").status_code == 200
        assert client.post(f"/bell-{1 - number}/token").status_code == 404
