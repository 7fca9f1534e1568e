"""What changes pages on their way: Flask-Babel, Flask-Caching, Flask-Compress."""

from __future__ import annotations

import gzip

from flask import Flask, render_template_string, request, session
from flask_babel import Babel
from flask_caching import Cache
from flask_compress import Compress

from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, MakeSite, ask, client_of, shown


def test_each_request_has_the_language_that_babel_chose(make_site: MakeSite) -> None:
    def prepare(app: Flask) -> None:
        Babel(app, locale_selector=lambda: request.args.get("lang", "en"))

    client = client_of(make_site(prepare=prepare))
    for asked, told in (("uk", "uk"), ("pt_BR", "pt"), ("en", "en")):
        page = shown(client.get("/", query_string={"lang": asked}))
        assert page.attribute("data-language") == told


def cached_site(make_site: MakeSite) -> tuple[Flask, list[str]]:
    rendered: list[str] = []

    def finish(app: Flask) -> None:
        cache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})

        @app.get("/cached")
        @cache.cached(make_cache_key=lambda *_, **__: session.get("email", ""))
        def cached() -> str:
            rendered.append(session.get("email", ""))
            return render_template_string(LAYOUT)

    return make_site(finish=finish), rendered


def test_a_page_out_of_a_users_own_cache_gets_tokens(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app, rendered = cached_site(make_site)
    client = client_of(app)
    first, second = shown(client.get("/cached")), shown(client.get("/cached"))
    assert rendered == ["ann@example.com"]
    assert first == second
    assert ask(client, second).json == {"token": "token-1"}
    assert "ann@example.com" not in second.html
    assert "token-1" not in shown(client.get("/cached")).html


def test_a_page_out_of_somebody_elses_cache_gets_none(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app, _ = cached_site(make_site)
    anns = shown(client_of(app).get("/cached"))
    bob = client_of(app, "bob@example.com")
    assert ask(bob, anns).status_code == 409
    assert ask(bob, shown(bob.get("/cached"))).status_code == 200


def test_compressed_pages_script_and_tokens_are_whole(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app = make_site(finish=Compress, config={"COMPRESS_MIN_SIZE": 1})
    client = client_of(app)
    page = shown(client.get("/"))
    packed = {"Accept-Encoding": "gzip"}
    script = client.get(page.address("src"), headers=packed)
    assert script.headers["Content-Encoding"] == "gzip"
    assert b"getAuthTokenCallback" in gzip.decompress(script.data)
    token = ask(client, page, **packed)
    data = token.data
    if token.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    assert data.strip() == b'{"token":"token-1"}'
    assert {"Cookie", "Accept-Encoding"} >= set(token.vary)
    assert "no-store" in token.headers["Cache-Control"]
