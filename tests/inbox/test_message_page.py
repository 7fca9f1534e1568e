"""The page of messages for browsers without JavaScript."""

from __future__ import annotations

import re
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask, abort, redirect, request
from flask import session as flask_session
from flask_babel import Babel
from flask_login import LoginManager, UserMixin
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from flask_app_inbox.testing import VendorDouble
from tests.conftest import CONTACT, SECRETS, MakeApp, load_nobody, state_of

pytestmark = pytest.mark.usefixtures("no_secret_logged")

PAGE, READ = "/app-inbox/", "/app-inbox/messages/read"


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app(WIDGET="site", SCRIPT_ID=None)


def get(app: Flask, path: str = PAGE, **options: Any) -> TestResponse:
    return app.test_client().get(path, **options)


def fields_of(response: TestResponse, button: str) -> dict[str, str]:
    """Return what the form with a button sends."""
    for form in re.findall("<form.*?</form>", response.text, re.DOTALL):
        if f'name="{button}"' in form:
            pairs = re.findall('name="([^"]+)" value="([^"]*)"', form)
            return {name: unescape(value) for name, value in pairs}
    raise AssertionError(f"no form has a button {button}")


def send(app: Flask, data: dict[str, str], **options: Any) -> TestResponse:
    return app.test_client().post(READ, data=data, **options)


def check_page(response: TestResponse, status: int = 200) -> None:
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]
    assert "Set-Cookie" not in response.headers
    assert "<script" not in response.text
    assert "style=" not in response.text
    assert not any(secret in response.text for secret in SECRETS)


def test_messages_are_shown_with_their_clean_html(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(
        [
            {
                "title": "Order <1>",
                "html": "<b>on its way</b><script>alert(1)</script>",
                "image": "https://cdn.example/a.png",
                "link": "/orders/1",
            },
            {"title": "Old", "read": True},
        ]
    )
    response = get(app)
    check_page(response)
    assert "Order &lt;1&gt;" in response.text
    assert "<b>on its way</b>" in response.text
    assert 'src="https://cdn.example/a.png"' in response.text
    assert 'href="/orders/1"' in response.text
    assert response.text.count('class="message unread"') == 1
    assert "(1)</title>" in response.text


@pytest.mark.skipif(
    version("flask").startswith("3.0."), reason="it answers its SERVER_NAME alone"
)
@pytest.mark.parametrize(
    "address",
    [
        *("/logout", "?logout", "https:/logout"),
        *("http://localhost/logout", "https://shop.test/logout"),
        "https://accounts.shop.example/logout",
    ],
)
def test_a_picture_calls_no_address_of_the_site(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, address: str
) -> None:
    config = {"SERVER_NAME": "shop.test", "SESSION_COOKIE_DOMAIN": "shop.example"}
    app = make_app(WIDGET="site", config=config)
    app_inbox_vendor.has_messages([{"title": "One", "image": address}])
    response = get(app, base_url="http://localhost")
    assert "One" in response.text
    assert "<img" not in response.text


def test_its_policy_lets_nothing_in_but_style_and_pictures(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    policy = get(app).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'")
    assert "unsafe" not in policy
    style = get(app, "/app-inbox/messages.css")
    assert (style.status_code, style.mimetype) == (200, "text/css")


def test_one_message_is_marked_by_its_button(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([{"id": 'm"1'}, {"id": "m2"}])
    form = fields_of(get(app), "id")
    response = send(app, form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (response.status_code, response.location) == (303, f"{PAGE}?marked=1")
    assert get(app).text.count('class="message unread"') == 1
    (marked,) = (one for one in app_inbox_vendor.requests if "status" in one.path)
    assert marked.body["ids"] == ['m"1']


def test_all_messages_are_marked_by_one_button(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([f"{number}" for number in range(30)])
    form = fields_of(get(app, f"{PAGE}?page=1"), "all")
    response = send(app, form)
    assert response.status_code == 303
    page = get(app, response.location).text
    assert 'role="status">Marked as read.<' in page
    assert 'class="message unread"' not in page
    assert "Page 2 of 2" in page
    assert "Marked as read." not in get(app).text


def test_older_and_newer_pages_are_linked(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([f"{number}" for number in range(45)])
    links = [
        re.findall('rel="(prev|next)" href="([^"]+)"', get(app, f"{PAGE}{query}").text)
        for query in ("", "?page=1", "?page=2", "?page=9")
    ]
    assert links == [
        [("next", f"{PAGE}?page=1")],
        [("prev", PAGE), ("next", f"{PAGE}?page=2")],
        [("prev", f"{PAGE}?page=1")],
        [("prev", f"{PAGE}?page=8")],
    ]
    assert get(app, f"{PAGE}?page=x").status_code == 404


def test_it_speaks_the_language_of_the_page(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    pages = [
        get(make_app(WIDGET="site", LANGUAGE=language)).text
        for language in ("en", "uk", "fr")
    ]
    assert [re.findall('<html lang="(..)"', page) for page in pages] == [
        ["en"],
        ["uk"],
        ["en"],  # there are no texts in French
    ]
    assert pages[0] != pages[1]


def test_a_vendor_that_gives_nothing_is_told_in_the_page(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["one"])
    form = fields_of(get(app), "all")
    app_inbox_vendor.is_down()
    for response in (get(app), send(app, form)):
        check_page(response, 503)
        assert 'role="alert"' in response.text
        assert response.headers["Retry-After"]
    app_inbox_vendor.limits_rate(retry_after=9)
    assert get(app).headers["Retry-After"] == "9"


def test_a_form_of_another_site_marks_nothing(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
        assert send(app, {"all": "1"}, headers=headers).status_code == 403
    assert app_inbox_vendor.requests == []


def test_a_link_from_elsewhere_leads_to_the_page(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    for site in ("cross-site", "same-site", "none"):
        visit = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        check_page(get(app, headers={"Sec-Fetch-Site": site} | visit))


@pytest.mark.parametrize(
    ("mode", "target"),
    [
        *(("no-cors", "image"), ("no-cors", "script"), ("cors", "empty")),
        *(("navigate", "iframe"), ("navigate", "object")),
    ],
)
def test_what_a_page_of_another_site_loads_costs_the_user_nothing(
    app: Flask, app_inbox_vendor: VendorDouble, mode: str, target: str
) -> None:
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
        asked = {"Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": target}
        response = get(app, headers={"Sec-Fetch-Site": site} | asked)
        assert response.status_code == status
        assert bool(app_inbox_vendor.requests) is (status == 200)


def test_a_page_of_somebody_who_has_left_marks_nothing_of_the_next_user(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    response = send(app, {"all": "1", "user": "0" * 32})
    assert (response.status_code, response.location) == (303, PAGE)
    assert app_inbox_vendor.requests == []


@pytest.mark.parametrize(
    "data", [{"id": ""}, {"id": "a\nb"}, {"page": "x"}, {"id": "x" * 300_000}]
)
def test_a_form_that_is_not_ours_is_refused(app: Flask, data: dict[str, str]) -> None:
    assert send(app, data).status_code == 400


def test_a_form_without_anything_marks_nothing(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    assert send(app, {"page": "0"}).location == PAGE
    assert app_inbox_vendor.requests == []


def test_a_site_can_have_a_template_of_its_own(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, tmp_path: Path
) -> None:
    app_inbox_vendor.has_messages([{"title": "One", "html": "<i>x</i>"}])
    (tmp_path / "app_inbox").mkdir()
    (tmp_path / "app_inbox" / "messages.html").write_text(
        "{{ messages[0].title }} {{ messages[0].html|safe }} {{ page }}/{{ pages }} "
        "{{ unread }} {{ failed }} {{ texts.title }} {{ language }}"
    )

    def prepare(app: Flask) -> None:
        app.template_folder = str(tmp_path)

    response = get(make_app(WIDGET="site", prepare=prepare))
    assert response.text == "One <i>x</i> 0/1 1 False Notifications en"
    # What the site's layout needs, the site knows.
    assert "Content-Security-Policy" not in response.headers


def test_our_own_template_does_not_mind_what_sites_make_of_theirs(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    def prepare(app: Flask) -> None:
        app.jinja_options = {"variable_start_string": "[[", "autoescape": False}

    app_inbox_vendor.has_messages(["<1>"])
    response = get(make_app(WIDGET="site", prepare=prepare))
    check_page(response)
    assert "&lt;1&gt;" in response.text


# Nobody is logged in


class _User(UserMixin):  # type: ignore[misc] # it has no types
    id = "1"
    email = ""


def with_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "login"
    manager.user_loader(lambda _: _User())
    app.add_url_rule("/login", "login", lambda: "log in here")


def test_visitors_are_sent_to_the_sites_login(make_app: MakeApp) -> None:
    app = make_app(WIDGET="site", loader=None, prepare=with_login)
    response = get(app)
    assert response.status_code == 302
    assert response.location == f"/login?next={quote(PAGE, safe='')}"


def test_a_site_may_keep_in_its_session_where_a_login_leads_back_to(
    make_app: MakeApp,
) -> None:
    config = {"USE_SESSION_FOR_NEXT": True}
    app = make_app(WIDGET="site", loader=None, prepare=with_login, config=config)
    client = app.test_client()
    assert client.get(f"{PAGE}?page=2").location == "/login"
    with client.session_transaction() as session:
        assert session["next"] == f"{PAGE}?page=2"
        assert "Please log in" in str(session["_flashes"])


def test_what_the_login_of_a_site_sets_reaches_the_browser(make_app: MakeApp) -> None:
    app = make_app(WIDGET="site", loader=None, prepare=with_login)

    def handle() -> Response:
        flask_session["back"] = request.path
        response = redirect("/sso")
        response.set_cookie("back", "cookie")
        return response

    app.login_manager.unauthorized_handler(handle)  # type: ignore[attr-defined]
    client = app.test_client()
    assert client.get(PAGE).location == "/sso"
    assert client.get_cookie("back") is not None
    with client.session_transaction() as session:
        assert session["back"] == PAGE


def test_whoever_sends_a_form_after_their_session_comes_back_to_the_page(
    make_app: MakeApp,
) -> None:
    app = make_app(WIDGET="site", loader=None, prepare=with_login)
    response = send(app, {"all": "1", "page": "2"})
    check_page(response)
    # No redirect: after a form, browsers follow none to a login at another host.
    assert f'content="0; url={PAGE}?page=2"' in response.text
    assert f'<a href="{PAGE}?page=2">Notifications</a>' in response.text
    login = get(app, f"{PAGE}?page=2")
    assert (login.status_code, login.location[:12]) == (302, "/login?next=")
    (back,) = parse_qs(urlsplit(login.location).query)["next"]
    assert back == f"{PAGE}?page=2"


def test_a_user_without_an_email_is_not_sent_to_log_in_again(
    make_app: MakeApp,
) -> None:
    app = make_app(WIDGET="site", loader=None, prepare=with_login)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    check_page(client.get(PAGE))


def test_without_flask_login_visitors_get_a_401(make_app: MakeApp) -> None:
    app = make_app(WIDGET="site", loader=load_nobody)
    assert get(app).status_code == 401


def test_a_loader_that_fails_is_told_in_the_page(make_app: MakeApp) -> None:
    def fail() -> None:
        raise KeyError

    for loader in (fail, lambda: abort(418)):
        check_page(get(make_app(WIDGET="site", loader=loader)), 500)


@pytest.mark.parametrize("loader", ["language", "texts"])
def test_words_that_fail_cost_the_words_alone(
    loader: str, app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor

    def fail(*_: object) -> str:
        raise KeyError

    setattr(state_of(app).loaders, loader, fail)
    check_page(get(app))


def test_the_page_is_there_without_its_slash_too(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    check_page(get(app, "/app-inbox"))


def test_the_page_counts_as_a_list(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    app = make_app(WIDGET="site", RATE_LIMIT="1/minute", loader=lambda: CONTACT)
    check_page(get(app))
    check_page(get(app), 429)


def test_a_tenant_in_the_path_stays_there(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages([f"{number}" for number in range(30)])
    app = make_app(WIDGET="site", URL_PREFIX="/<tenant>/app-inbox")
    page = get(app, "/north/app-inbox/")
    check_page(page)
    assert 'href="/north/app-inbox/?page=1"' in page.text
    assert 'action="/north/app-inbox/messages/read"' in page.text
    form = fields_of(page, "all")
    done = app.test_client().post("/north/app-inbox/messages/read", data=form)
    assert (done.status_code, done.location) == (303, "/north/app-inbox/?marked=1")
    told = app.test_client().get("/north/app-inbox/unread")
    assert told.json == {"unread": 0}


# The way back


def home_link(response: TestResponse) -> str:
    (link,) = re.findall('<header><a href="([^"]+)"', response.text)
    return str(link)


@pytest.mark.parametrize("environ", [{}, {"SCRIPT_NAME": "/shop"}])
def test_the_page_leads_back_to_the_site(
    app: Flask, app_inbox_vendor: VendorDouble, environ: dict[str, str]
) -> None:
    del app_inbox_vendor
    response = get(app, environ_overrides=environ)
    assert home_link(response) == f"{environ.get('SCRIPT_NAME', '')}/"


@pytest.mark.parametrize(
    ("prefix", "rule", "home"),
    [
        ("/<tenant>/app-inbox", "/<tenant>/", "/shop/north/"),
        ("/<tenant>/app-inbox", "/<tenant>", "/shop/north"),
        ("/<tenant>/my/app-inbox", "/<tenant>/", "/shop/north/"),
        # The site has no page for a tenant alone.
        ("/<tenant>/app-inbox", "/<tenant>/basket", "/shop/"),
        ("/inbox-of-<tenant>", "/<tenant>/", "/shop/"),
    ],
)
def test_the_page_of_a_tenant_leads_back_to_theirs(
    make_app: MakeApp,
    app_inbox_vendor: VendorDouble,
    prefix: str,
    rule: str,
    home: str,
) -> None:
    del app_inbox_vendor

    def prepare(app: Flask) -> None:
        app.add_url_rule(rule, "shop", lambda tenant: tenant)

    app = make_app(WIDGET="site", URL_PREFIX=prefix, prepare=prepare)
    path = f"{prefix.replace('<tenant>', 'north')}/"
    response = get(app, path, environ_overrides={"SCRIPT_NAME": "/shop"})
    assert home_link(response) == home


def test_a_page_that_could_not_be_had_leads_back_too(
    app: Flask, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.is_down()
    response = get(app, f"{PAGE}?marked=1")
    assert home_link(response) == "/"
    assert "Marked as read." not in response.text


# Times


def time_in(response: TestResponse) -> str:
    (time,) = re.findall("<time [^>]+>([^<]+)</time>", response.text)
    return " ".join(time.split())  # some languages have spaces of their own


def test_a_time_says_its_zone(app: Flask, app_inbox_vendor: VendorDouble) -> None:
    app_inbox_vendor.has_messages(["sent at 14:13 UTC"])
    assert time_in(get(app)) == "2026-09-21 14:13 UTC"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "September 21, 2026, 5:13 PM GMT+03:00"),
        ("de", "21. September 2026, 17:13 GMT+03:00"),
    ],
)
def test_a_time_is_written_in_the_zone_that_flask_babel_knows(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, language: str, written: str
) -> None:
    app_inbox_vendor.has_messages(["sent at 14:13 UTC"])

    def prepare(app: Flask) -> None:
        Babel(app, timezone_selector=lambda: "Europe/Kyiv")

    app = make_app(WIDGET="site", LANGUAGE=language, prepare=prepare)
    assert time_in(get(app)) == written


def test_a_zone_that_fails_costs_the_zone_alone(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["sent at 14:13 UTC"])

    def fail() -> str:
        raise KeyError

    def prepare(app: Flask) -> None:
        Babel(app, timezone_selector=fail)

    app = make_app(WIDGET="site", prepare=prepare)
    assert time_in(get(app)) == "2026-09-21 14:13 UTC"
