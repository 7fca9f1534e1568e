"""The owner's pages: connect, come back, see the connection, disconnect."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import session
from flask_wtf import CSRFProtect
from itsdangerous import TimestampSigner, URLSafeSerializer

from flask_app_inbox.oauth.client import Tokens
from flask_app_inbox.oauth.pages import COOKIE, path_of_this_site
from flask_app_inbox.web.encryption import Encryptor
from tests.oauth.conftest import MakeSite
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor, plain_address

PAGES = "/app-inbox/oauth"
CALLBACK = f"{PAGES}/callback"


def begin(site: Site, query: str = "") -> str:
    """Open the connect page; return where it leads."""
    answer = site.browser.get(f"{PAGES}/connect{query}")
    assert answer.status_code == 302
    assert answer.location is not None
    return answer.location


def come_back(site: Site, location: str) -> tuple[int, str | None, str]:
    answer = site.browser.get(f"{PAGES}/callback?{urlsplit(location).query}")
    return answer.status_code, answer.location, answer.text


def visit_cookie(site: Site) -> str:
    """Return the cookie of a visit that has begun."""
    cookie = site.browser.get_cookie(COOKIE, path=CALLBACK)
    assert cookie is not None
    return cookie.value


def read_cookie(cookie: str) -> Any:
    """Return what anybody can read in a cookie without its key."""
    return URLSafeSerializer("").loads_unsafe(cookie.rpartition(".")[0])[1]


def is_connected(site: Site) -> bool:
    return site.oauth.store.read("default") is not None


def test_an_owner_connects_and_sees_account_and_expiry(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    assert "Not connected" in site.browser.get(f"{PAGES}/").text
    location = vendor.consent(begin(site), account="Ann's shop")
    assert come_back(site, location)[:2] == (303, f"{PAGES}/")
    page = site.browser.get(f"{PAGES}/").text
    assert "Connected to the vendor" in page
    assert "Ann&#39;s shop" in page
    row = site.row()
    day = time.strftime("%Y-%m-%d", time.gmtime(row.expires_at))
    assert f'<time datetime="{day}' in page
    assert site.token() == (200, "")
    assert {"/api/v2/version", "/api/v1/account/info"} <= set(vendor.paths())


def without_escaping(site: Site) -> None:
    site.app.jinja_options = {"autoescape": False}


def with_own_signs(site: Site) -> None:
    site.app.jinja_options = {
        "block_start_string": "<%",
        "block_end_string": "%>",
        "variable_start_string": "[[",
        "variable_end_string": "]]",
    }


@pytest.mark.parametrize("change", [without_escaping, with_own_signs])
def test_how_the_site_renders_its_pages_changes_nothing_in_ours(
    make_site: MakeSite, change: Callable[[Site], None]
) -> None:
    site = make_site()
    change(site)
    tokens = Tokens("access", "refresh", "code", 100.0)
    site.oauth.store.connect("default", tokens, {"name": "<b>Ann & sons</b>"})
    page = site.browser.get(f"{PAGES}/").text
    assert "&lt;b&gt;Ann &amp; sons&lt;/b&gt;" in page
    assert "{" not in page
    assert page.count('<link rel="stylesheet" href="/app-inbox/oauth/oauth.css">') == 1
    assert 'href="/app-inbox/oauth/connect"' in page
    told = site.browser.get(f"{PAGES}/callback?state=x").text
    assert "This visit did not begin here" in told


def test_the_consent_address_is_the_short_one_with_state_and_a_challenge(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    first, second = begin(site), begin(site)
    assert first.startswith(f"{vendor.url}/uaa/oauth/authorize?")
    query = {name: value for name, [value] in parse_qs(urlsplit(first).query).items()}
    assert query.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert query["state"] not in second
    assert query["code_challenge"] not in second


@pytest.mark.parametrize("path", ["", "/", "/connect", "/callback", "/oauth.css"])
def test_the_pages_are_for_owners_alone(make_site: MakeSite, path: str) -> None:
    site = make_site()
    site.owner = False
    answer = site.browser.get(
        PAGES + path,
    )
    assert answer.status_code == 404
    assert site.browser.post(f"{PAGES}/disconnect").status_code == 404


def test_without_an_owner_loader_there_are_no_pages(make_site: MakeSite) -> None:
    site = make_site()
    site.inbox._loaders.owner = None
    assert site.browser.get(f"{PAGES}/").status_code == 404
    assert site.browser.get(f"{PAGES}/connect").status_code == 404


def test_an_owner_may_refuse_at_the_vendor(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site()
    location = vendor.consent(begin(site), "deny")
    status, _, text = come_back(site, location)
    assert status == 400
    assert "You did not allow the access" in text
    assert not is_connected(site)


@pytest.mark.parametrize("error", ["server_error", "<script>alert(1)</script>"])
def test_an_error_of_the_consent_page_is_told(make_site: MakeSite, error: str) -> None:
    site = make_site()
    state = parse_qs(urlsplit(begin(site)).query)["state"][0]
    answer = site.browser.get(
        f"{PAGES}/callback", query_string={"state": state, "error": error}
    )
    assert answer.status_code == 400
    assert "The vendor answered an error" in answer.text
    assert "<script>" not in answer.text
    assert not is_connected(site)


def test_a_callback_works_once(vendor: Vendor, make_site: MakeSite) -> None:
    site = make_site()
    location = vendor.consent(begin(site))
    assert come_back(site, location)[0] == 303
    status, _, text = come_back(site, location)
    assert status == 400
    assert "it is over already" in text
    assert is_connected(site)


def test_a_replayed_cookie_does_not_make_a_code_work_twice(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    location = vendor.consent(begin(site))
    cookie = visit_cookie(site)
    assert come_back(site, location)[0] == 303
    assert site.browser.get_cookie(COOKIE, path=CALLBACK) is None
    site.browser.set_cookie(COOKIE, cookie, path=CALLBACK)
    status, _, text = come_back(site, location)
    assert status == 400
    assert "The vendor did not accept the code" in text
    assert site.token() == (200, "")


def test_a_state_of_somebody_else_is_refused(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    other = site.app.test_client()
    answer = other.get(f"{PAGES}/connect")
    location = vendor.consent(str(answer.location))
    assert come_back(site, location)[0] == 400, "a visit that never began"
    begin(site)
    assert come_back(site, location)[0] == 400, "another visit's state"
    assert not is_connected(site)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=", "?code=x&state=%FF%00é"])
def test_a_callback_without_its_state_is_refused(
    make_site: MakeSite, query: str
) -> None:
    site = make_site()
    begin(site)
    assert site.browser.get(f"{PAGES}/callback{query}").status_code == 400


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize(
    ("name", "command"),
    [
        (None, "flask app-inbox oauth connect"),
        (
            "north side",
            "flask app-inbox oauth connect --connection &#39;north side&#39;",
        ),
    ],
)
def test_a_bare_code_is_not_exchanged_and_the_page_says_what_takes_it(
    vendor: Vendor,
    make_site: MakeSite,
    caplog: pytest.LogCaptureFixture,
    begun: bool,
    name: str | None,
    command: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    site = make_site()
    site.connection = name
    if begun:
        begin(site)
    code = vendor.code(plain_address(vendor))
    status, _, text = come_back(site, f"?code={code}")
    assert status == 400
    assert "cannot tell that this visit began here" in text
    assert f"<code>{command}</code>" in text
    assert f"<code>{command} --code</code>" in text
    assert f'href="{PAGES}/connect"' in text
    assert code not in text + caplog.text
    assert "/uaa/oauth/token" not in vendor.paths()
    assert site.oauth.store.names() == []


def test_a_callback_without_a_code_is_refused(make_site: MakeSite) -> None:
    site = make_site()
    state = parse_qs(urlsplit(begin(site)).query)["state"][0]
    answer = site.browser.get(f"{PAGES}/callback", query_string={"state": state})
    assert (answer.status_code, "sent no code" in answer.text) == (400, True)


def test_a_visit_that_took_too_long_has_to_begin_again(
    vendor: Vendor, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site()
    with monkeypatch.context() as patch:
        patch.setattr(
            TimestampSigner, "get_timestamp", lambda _: int(time.time()) - 4000
        )
        location = vendor.consent(begin(site))
    assert come_back(site, location)[0] == 400
    assert not is_connected(site)


def test_a_stale_code_is_refused_with_a_clear_page(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    vendor.configure(code_life=0.01)
    location = vendor.consent(begin(site))
    time.sleep(0.05)
    status, _, text = come_back(site, location)
    assert status == 400
    assert "it has expired" in text
    assert "Try again" in text
    assert not is_connected(site)


@pytest.mark.parametrize(
    ("route", "fault", "status"),
    [
        ("oauth_token", {"kind": "status", "status": 503}, 503),
        ("oauth_token", {"kind": "garbage"}, 502),
        ("oauth_token", {"kind": "types"}, 502),
        ("oauth_token", {"kind": "redirect"}, 502),
        ("oauth_token", {"kind": "status", "status": 418}, 502),
        ("version", {"kind": "status", "status": 500}, 503),
        ("version", {"kind": "status", "status": 404}, 502),
        ("version", {"kind": "html"}, 502),
        ("account", {"kind": "status", "status": 403}, 502),
        ("account", {"kind": "status", "status": 429}, 429),
    ],
)
def test_a_failure_of_the_vendor_leaves_nothing_stored(
    vendor: Vendor,
    make_site: MakeSite,
    route: str,
    fault: dict[str, object],
    status: int,
) -> None:
    site = make_site()
    location = vendor.consent(begin(site))
    vendor.fault(route=route, times=None, **fault)
    answered, _, text = come_back(site, location)
    assert answered == status
    assert "Not connected" in text
    assert not is_connected(site)


def test_a_failure_leaves_the_connection_that_is_there(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    location = vendor.consent(begin(site))
    vendor.fault(route="version", kind="status", status=500, times=None)
    assert come_back(site, location)[0] == 503
    vendor.clear_faults()
    assert site.token() == (200, "")


def test_wrong_client_credentials_are_named(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(OAUTH_CLIENT_SECRET="wrong")
    location = vendor.consent(begin(site))
    status, _, text = come_back(site, location)
    assert status == 502
    assert "APP_INBOX_OAUTH_CLIENT_SECRET" in text


def test_the_owner_returns_to_the_page_that_they_came_from(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    location = vendor.consent(begin(site, "?next=/admin%3Ftab%3D2"))
    assert come_back(site, location)[:2] == (303, "/admin?tab=2")


EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/a\\b",
    "/\t/evil.example/",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
    "http:evil.example",
    "/%0d%0aSet-Cookie: a=b",
]


@pytest.mark.parametrize("given", EVIL)
def test_no_address_leads_to_another_site(
    vendor: Vendor, make_site: MakeSite, given: str
) -> None:
    assert path_of_this_site(given) is None
    site = make_site()
    answer = site.browser.get(f"{PAGES}/connect", query_string={"next": given})
    location = vendor.consent(str(answer.location))
    assert come_back(site, location)[:2] == (303, f"{PAGES}/")


@pytest.mark.parametrize("given", ["/", "/admin", "/admin/?a=b&c=//d#e", "/кабінет"])
def test_a_path_of_this_site_is_taken(given: str) -> None:
    assert path_of_this_site(given) == given


def test_disconnecting_forgets_the_tokens_and_says_where_to_revoke(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    answer = site.browser.post(f"{PAGES}/disconnect")
    assert answer.status_code == 200
    assert "Connected apps" in answer.text
    assert not is_connected(site)
    assert site.token() == (503, "reconnect_needed")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_cannot_disconnect(
    make_site: MakeSite, headers: dict[str, str]
) -> None:
    site = make_site(connected=True)
    answer = site.browser.post(f"{PAGES}/disconnect", headers=headers)
    assert answer.status_code == 403
    assert is_connected(site)


def test_a_site_with_form_tokens_lets_the_pages_work(make_site: MakeSite) -> None:
    site = make_site(connected=True)
    CSRFProtect(site.app)
    assert site.browser.post(f"{PAGES}/disconnect").status_code == 200


def test_the_pages_work_under_a_strict_policy_and_stay_out_of_caches(
    make_site: MakeSite,
) -> None:
    site = make_site(connected=True)
    for path in ("/", "/callback", "/oauth.css"):
        answer = site.browser.get(PAGES + path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "<script" not in answer.text
        assert "style=" not in answer.text


def test_a_connection_that_is_lost_tells_the_owner_what_to_do(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site(connected=True)
    vendor.control("DELETE", "oauth/connections")
    assert site.token() == (503, "reconnect_needed")
    page = site.browser.get(f"{PAGES}/").text
    assert "<h1>Connect again</h1>" in page
    assert "disconnected at the vendor" in page
    assert come_back(site, vendor.consent(begin(site)))[0] == 303
    assert site.token() == (200, "")


def test_a_wrong_key_is_told_before_the_consent(make_site: MakeSite) -> None:
    site = make_site(connected=True)
    site.oauth.store._encryptor = Encryptor([b"A" * 43 + b"="])
    for path in ("/", "/connect"):
        answer = site.browser.get(PAGES + path)
        assert answer.status_code == 503
        assert "stored under another key. Nothing was deleted" in answer.text


def test_a_site_without_sessions_is_sent_to_the_command(make_site: MakeSite) -> None:
    site = make_site()
    site.app.secret_key = None
    answer = site.browser.get(f"{PAGES}/connect")
    assert answer.status_code == 503
    assert "flask app-inbox oauth connect" in answer.text


def test_each_tenant_has_a_connection_of_their_own(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    site.connection = "north"
    assert come_back(site, vendor.consent(begin(site), account="North"))[0] == 303
    assert site.token() == (200, "")
    assert site.row("north").account["name"] == "North"
    site.connection = "south"
    assert site.token() == (503, "reconnect_needed")
    assert "Not connected" in site.browser.get(f"{PAGES}/").text
    site.connection = None
    assert site.token() == (503, "reconnect_needed")


@pytest.mark.parametrize("name", [42, "", "x" * 201])
def test_a_name_that_is_none_is_a_failure_of_the_site(
    make_site: MakeSite, name: object
) -> None:
    site = make_site()
    site.connection = name
    assert site.token() == (500, "loader_failed")
    assert site.browser.get(f"{PAGES}/").status_code == 503


def test_no_secret_is_on_a_page_in_a_cookie_or_in_a_log(
    vendor: Vendor, make_site: MakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site = make_site()
    url = begin(site)
    in_cookie = repr(read_cookie(visit_cookie(site)))
    location = vendor.consent(url)
    code = parse_qs(urlsplit(location).query)["code"][0]
    shown = [in_cookie, come_back(site, location)[2]]
    first = site.row().tokens
    vendor.control("DELETE", "oauth/tokens")
    site.token()
    second = site.row().tokens
    shown.append(site.browser.get(f"{PAGES}/").text)
    shown.append(repr([site.oauth, site.row(), first, site.oauth.client]))
    vendor.control("DELETE", "oauth/connections")
    site.token()
    shown += [site.browser.get(f"{PAGES}/").text, caplog.text]
    everything = "\n".join(shown)
    for secret in (
        vendor.client_secret,
        code,
        first.access_token,
        first.refresh_token,
        second.access_token,
        second.refresh_token,
        "shop-secret",
    ):
        assert secret not in everything


def test_the_cookie_does_not_hold_the_verifier(make_site: MakeSite) -> None:
    site = make_site()
    begin(site)
    visit = read_cookie(visit_cookie(site))
    assert visit.keys() == {"state", "connection", "next"}


def test_the_cookie_is_for_the_callback_alone_and_for_no_script(
    make_site: MakeSite,
) -> None:
    site = make_site()
    header = site.browser.get(f"{PAGES}/connect").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", f"Path={CALLBACK}"} <= {*header.split("; ")}
    assert "Secure" not in header
    secure = site.browser.get(f"{PAGES}/connect", base_url="https://localhost")
    assert "; Secure" in secure.headers["Set-Cookie"]


def test_a_cookie_that_the_site_has_not_signed_is_none(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()
    location = vendor.consent(begin(site))
    site.browser.set_cookie(COOKIE, visit_cookie(site)[:-1], path=CALLBACK)
    assert come_back(site, location)[0] == 400
    assert not is_connected(site)


def test_no_page_saves_the_session_of_the_site(
    vendor: Vendor, make_site: MakeSite
) -> None:
    site = make_site()

    @site.app.before_request
    def visit() -> None:
        session.permanent = True
        session["visits"] = session.get("visits", 0) + 1

    site.app.add_url_rule("/home", view_func=lambda: str(session["visits"]))
    assert site.browser.get("/home").text == "1"
    assert come_back(site, vendor.consent(begin(site)))[0] == 303
    for path in ("/", "/oauth.css"):
        assert site.browser.get(PAGES + path).headers.getlist("Set-Cookie") == []
    site.browser.post(f"{PAGES}/disconnect")
    assert site.browser.get("/home").text == "2"
