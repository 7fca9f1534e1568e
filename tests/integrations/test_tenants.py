"""A tenant in the path: each one's pages ask at the addresses of their own."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask, g, render_template_string, request
from itsdangerous import URLSafeSerializer

from flask_app_inbox import AppInbox, ChatHub, ConfigError, Contact
from flask_app_inbox.oauth.pages import COOKIE
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, ask, shown

PAGE = LAYOUT.replace("</body>", "{{ chathub() }}</body>")
OAUTH = {
    "APP_INBOX_API_KEY": None,
    "APP_INBOX_OAUTH_CLIENT_ID": "id",
    "APP_INBOX_OAUTH_CLIENT_SECRET": "secret",
    "APP_INBOX_OAUTH_REDIRECT_URI": "https://shop.example/a/app-inbox/oauth/callback",
}


def page(**_: Any) -> str:
    return render_template_string(PAGE)


# How sites deal with their tenants


def as_an_argument(app: Flask, **rule: Any) -> None:
    def view(tenant: str, **_: Any) -> str:
        return page(tenant=tenant)

    app.add_url_rule("/<tenant>/", view_func=view, **rule)


def by_defaults(app: Flask, **rule: Any) -> None:
    @app.url_value_preprocessor
    def take(_: str | None, values: dict[str, Any] | None) -> None:
        g.tenant = (values or {}).pop("tenant", None)

    @app.url_defaults
    def give(endpoint: str, values: dict[str, Any]) -> None:
        if g.tenant and app.url_map.is_endpoint_expecting(endpoint, "tenant"):
            values.setdefault("tenant", g.tenant)

    app.add_url_rule("/<tenant>/", view_func=page, **rule)


def without_defaults(app: Flask, **rule: Any) -> None:
    @app.url_value_preprocessor
    def take(_: str | None, values: dict[str, Any] | None) -> None:
        g.tenant = (values or {}).pop("tenant", None)

    app.add_url_rule("/<tenant>/", view_func=page, **rule)


def as_an_object(app: Flask, **rule: Any) -> None:
    @app.url_value_preprocessor
    def look_up(_: str | None, values: dict[str, Any] | None) -> None:
        if values and "tenant" in values:
            values["tenant"] = SimpleNamespace(name=values["tenant"])

    app.add_url_rule("/<tenant>/", view_func=page, **rule)


def in_a_blueprint(app: Flask, **rule: Any) -> None:
    tenants = Blueprint("tenants", __name__, url_prefix="/<tenant>")

    @tenants.url_value_preprocessor
    def take(_: str | None, values: dict[str, Any] | None) -> None:
        g.tenant = (values or {}).pop("tenant")

    tenants.add_url_rule("/", view_func=page, **rule)
    app.register_blueprint(tenants)


Way = Callable[..., None]
WAYS: list[Way] = [
    as_an_argument,
    by_defaults,
    without_defaults,
    as_an_object,
    in_a_blueprint,
]


def make_app(
    way: Way, config: dict[str, Any] | None = None, rule: Any = None, **options: Any
) -> Flask:
    app = Flask("shop", **options)
    app.config.update(
        SECRET_KEY="a key",
        APP_INBOX_API_KEY="key",
        CHATHUB_KEY="key",
        APP_INBOX_URL_PREFIX="/<tenant>/app-inbox",
        CHATHUB_URL_PREFIX="/<string(maxlength=9):tenant>/staff",
    )
    app.config.update(config or {})
    inbox = AppInbox(app)
    inbox.contact_loader(lambda: Contact(email="ann@example.com"))
    inbox.owner_loader(lambda: True)
    ChatHub(app).operator_loader(lambda: {"sales": 101})
    way(app, **(rule or {}))
    return app


def check_tenants(app: Flask, base_url: str, root: str = "") -> None:
    """Check what the pages of two tenants have, and that it works."""
    client = app.test_client()
    for tenant in ("acme", "b"):
        found = shown(client.get(f"/{tenant}/", base_url=base_url))
        assert found.attribute("data-token-url") == f"{root}/{tenant}/app-inbox/token"
        assert found.attribute("data-user-url") == f"{root}/{tenant}/app-inbox/user"
        sources = re.findall('async src="([^"]*)"', found.html)
        assert [source.rpartition("/")[0] for source in sources] == [
            f"{root}/{tenant}/app-inbox",
            f"{root}/{tenant}/staff",
        ]
        for source in sources:
            path = source.removeprefix(root)
            assert client.get(path, base_url=base_url).status_code == 200
        for name in ("token", "user", "panel"):
            assert f'="{root}/{tenant}/staff/{name}"' in found.html
        assert client.get(f"/{tenant}/staff/user", base_url=base_url).json
        frame = client.get(f"/{tenant}/staff/panel", base_url=base_url)
        assert f'src="{root}/{tenant}/staff/frame.' in frame.text
        embed = client.get(f"/{tenant}/app-inbox/embed", base_url=base_url)
        script = json.loads(embed.text)["script"]["attributes"]
        assert script["data-token-url"] == f"{root}/{tenant}/app-inbox/token"


@pytest.mark.parametrize("way", WAYS)
def test_pages_ask_at_the_addresses_of_their_tenant(
    way: Way, app_inbox_vendor: VendorDouble
) -> None:
    app = make_app(way)
    check_tenants(app, "http://localhost/")
    client = app.test_client()
    assert ask(client, shown(client.get("/acme/"))).json == {"token": "token-1"}


@pytest.mark.parametrize("way", WAYS)
def test_tenants_below_another_app(way: Way) -> None:
    app = make_app(way, {"APPLICATION_ROOT": "/shop"})
    check_tenants(app, "http://localhost/shop/", "/shop")


@pytest.mark.parametrize("way", WAYS)
def test_tenants_on_any_host(way: Way) -> None:
    options: dict[str, Any] = {"host_matching": True, "static_host": "static.example"}
    app = make_app(way, rule={"host": "<host>"}, **options)
    for host in ("shop.example", "other.example:8080"):
        check_tenants(app, f"http://{host}/")


@pytest.mark.parametrize("way", WAYS)
def test_tenants_on_subdomains(way: Way) -> None:
    app = make_app(
        way,
        {"SERVER_NAME": "shop.example"},
        {"subdomain": "<where>"},
        subdomain_matching=True,
    )
    check_tenants(app, "http://uk.shop.example/")


def test_a_loader_sees_the_tenant_that_asks(app_inbox_vendor: VendorDouble) -> None:
    app = make_app(as_an_argument)

    def contact() -> Contact:
        assert request.view_args
        return Contact(email=f"ann@{request.view_args['tenant']}.example")

    app.extensions["app_inbox"].loaders.contact = contact
    client = app.test_client()
    ask(client, shown(client.get("/acme/")))
    assert app_inbox_vendor.requests[0].body == {"email": "ann@acme.example"}


@pytest.mark.parametrize("way", WAYS)
def test_a_page_of_no_tenant_stands_without_a_bell(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(way)
    app.add_url_rule("/", view_func=page)
    app.register_error_handler(404, lambda _: (page(), 404))
    for path, status in (("/", 200), ("/acme/nothing", 404)):
        answer = app.test_client().get(path)
        assert (answer.status_code, "<html>" in answer.text) == (status, True)
        assert "<script" not in answer.text
    assert [r for r in caplog.records if r.levelno > logging.INFO] == []


@pytest.mark.parametrize("prefix", ["/<tenant>/app-inbox", "/app-inbox"])
def test_url_defaults_that_raise_cost_the_bell_and_not_the_page(
    prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(as_an_argument, {"APP_INBOX_URL_PREFIX": prefix})

    @app.url_defaults
    def give(_: str, values: dict[str, Any]) -> None:
        values["tenant"] = g.tenant  # nobody has set it

    answer = app.test_client().get("/acme/")
    assert answer.status_code == 200
    assert "token-url" not in answer.text
    assert "url_defaults of the site raised AttributeError" in caplog.text


def test_the_owners_pages_link_to_those_of_their_tenant(tmp_path: Path) -> None:
    app = make_app(without_defaults, OAUTH, instance_path=str(tmp_path))
    client = app.test_client()
    html = client.get("/acme/app-inbox/oauth/").text
    assert 'href="/acme/app-inbox/oauth/connect"' in html
    assert client.get("/acme/app-inbox/oauth/oauth.css").status_code == 200
    # Whoever begins here comes back here, from the one address of the callback.
    assert client.get("/b/app-inbox/oauth/connect").status_code == 302
    cookie = client.get_cookie(COOKIE, path="/a/app-inbox/oauth/callback")
    assert cookie is not None
    [visit, *_] = cookie.value.split(".")
    assert URLSafeSerializer("").load_payload(visit.encode())["next"] == (
        "/b/app-inbox/oauth/"
    )


def test_an_extension_that_is_switched_off_has_tenants_too() -> None:
    app = make_app(
        without_defaults,
        {"APP_INBOX_ENABLED": False, "CHATHUB_ENABLED": False},
    )
    found = shown(app.test_client().get("/acme/"))
    script = found.attribute("src")
    assert script is not None
    assert script.startswith("/acme/app-inbox/app_inbox.")
    assert app.test_client().get(script).status_code == 200


def test_check_asks_at_the_addresses_of_the_page(
    app_inbox_vendor: VendorDouble,
) -> None:
    app = make_app(without_defaults)
    arguments = ["app-inbox", "check", "--offline", "--url", "/acme/"]
    output = app.test_cli_runner().invoke(args=arguments).output
    assert "Our script is in the page, once." in output
    assert "Our script is served." in output


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("/<colour:tenant>/app-inbox", "colour"),
        ("/<fingerprint>/app-inbox", "fingerprint"),
        ("/<whose>/staff", "must differ"),
    ],
)
def test_a_prefix_that_no_route_can_have_is_refused(prefix: str, words: str) -> None:
    config = {"APP_INBOX_URL_PREFIX": prefix, "CHATHUB_URL_PREFIX": "/<t>/staff"}
    with pytest.raises(ConfigError, match=words):
        make_app(as_an_argument, config)
