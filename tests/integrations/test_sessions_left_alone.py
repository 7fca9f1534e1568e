"""No endpoint of ours saves, prolongs or ends a session, whatever keeps sessions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from cachelib import FileSystemCache
from flask import Flask, Request, Response, redirect, session
from flask.sessions import SessionInterface, SessionMixin
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_session import Session
from redis import Redis
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response as AnyResponse

from flask_app_inbox import AppInbox, ChatHub, Contact
from flask_app_inbox.testing import VendorDouble

ANN = "ann@example.com"


class Store(Protocol):
    """Where a site keeps sessions."""

    def prepare(self, app: Flask) -> None: ...

    def content(self) -> object:
        """Return all that is kept, with what tells how long it is."""


class InCookies:
    """Flask's own: nothing is kept on the server."""

    def prepare(self, app: Flask) -> None: ...

    def content(self) -> object:
        return None


class InFiles:
    """Flask-Session on a file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, app: Flask) -> None:
        cache = FileSystemCache(str(self._folder))
        app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=cache)
        Session(app)

    def content(self) -> object:
        files = self._folder.iterdir()
        return {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in files}


class InRedis:
    """Flask-Session in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def prepare(self, app: Flask) -> None:
        app.config.update(SESSION_TYPE="redis", SESSION_REDIS=self._redis)
        Session(app)

    def content(self) -> object:
        keys: Any = self._redis.keys("session:*")
        return {
            key: (self._redis.get(key), self._redis.expiretime(key)) for key in keys
        }


class LiveSession(dict[str, Any], SessionMixin):
    """A session that its store holds itself, so that each write is kept at once."""

    sid: str


class Foreign(SessionInterface):
    """An interface of somebody's own, which saves with each answer."""

    def __init__(self) -> None:
        self.sessions: dict[str, LiveSession] = {}
        self.saved = 0

    def prepare(self, app: Flask) -> None:
        app.session_interface = self

    def content(self) -> object:
        return self.saved, {sid: dict(kept) for sid, kept in self.sessions.items()}

    def open_session(self, app: Flask, request: Request) -> LiveSession:
        sid = request.cookies.get("sid", "")
        if sid not in self.sessions:
            sid = secrets.token_hex()
            self.sessions[sid] = LiveSession()
            self.sessions[sid].sid = sid
        return self.sessions[sid]

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        self.saved += 1
        response.set_cookie("sid", session.sid)  # type: ignore[attr-defined] # it has


class Nothing(dict[str, Any], SessionMixin):
    """What the next interface need not save."""


class ForeignNull(Foreign):
    """An interface that has null sessions of its own and knows no others."""

    def make_null_session(self, app: Flask) -> Nothing:  # type: ignore[override]
        return Nothing()

    def is_null_session(self, obj: object) -> bool:
        return isinstance(obj, Nothing)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(params=[InCookies, InFiles, InRedis, Foreign, ForeignNull])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param is InFiles:
        return InFiles(tmp_path)
    if request.param is InRedis:
        return InRedis(request.getfixturevalue("redis"))
    made: Store = request.param()
    return made


class User(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    def __init__(self, email: str) -> None:
        self.id = email


class Site:
    """A site that touches the session wherever it can; ``meanwhile`` runs in a loader.

    /login, /logout and /home, which shows who is logged in.
    """

    def __init__(self, store: Store) -> None:
        self.meanwhile: Callable[[], object] = lambda: None
        self.seen_after: list[Any] = []
        self.app = app = Flask("shop")
        app.config.update(
            SECRET_KEY="a key",
            PERMANENT_SESSION_LIFETIME=timedelta(hours=1),
            REMEMBER_COOKIE_REFRESH_EACH_REQUEST=True,
            APP_INBOX_API_KEY="key",
            APP_INBOX_SCRIPT_ID="SITE",
            CHATHUB_KEY="key",
        )
        store.prepare(app)
        LoginManager(app).user_loader(User)
        inbox, chathub = AppInbox(app), ChatHub(app)
        inbox.contact_loader(self._contact)
        chathub.operator_loader(lambda: {"sales": 101} if self._contact() else None)
        app.before_request(self._touch)
        app.after_request(self._touch_again)
        app.add_url_rule("/login", view_func=self._log_in)
        app.add_url_rule("/logout", view_func=self._log_out)
        app.add_url_rule("/home", view_func=lambda: str(current_user.get_id()))

    def _contact(self) -> Contact | None:
        email = current_user.get_id()
        session["seen by a loader"] = session.get("seen by a loader", 0) + 1
        self.meanwhile()
        return Contact(email=email) if email else None

    def _touch(self) -> None:
        session.permanent = True
        session["requests"] = session.get("requests", 0) + 1

    def _touch_again(self, response: Response) -> Response:
        session["answers"] = session.get("answers", 0) + 1
        self.seen_after.append(session.get("_user_id"))
        response.set_cookie("mark", "of the site")
        return response

    def _log_in(self) -> AnyResponse:
        login_user(User(ANN), remember=True)
        return redirect("/home")

    def _log_out(self) -> AnyResponse:
        logout_user()
        return redirect("/home")

    def browser(self) -> FlaskClient:
        """Return a browser in which Ann is logged in."""
        browser = self.app.test_client()
        assert browser.get("/login", follow_redirects=True).text == ANN
        return browser

    def calls(self) -> Iterator[tuple[str, str]]:
        """Yield method and path of each of our endpoints."""
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] in ("app_inbox", "chathub"):
                path = rule.rule.replace("<fingerprint>", self._fingerprint(rule.rule))
                for method in sorted(rule.methods or ()):
                    yield method, path

    def _fingerprint(self, rule: str) -> str:
        if "app_inbox." in rule:
            return str(self.app.extensions["app_inbox"].script.fingerprint)
        scripts = self.app.extensions["chathub"].scripts
        return str((scripts.frame if "frame" in rule else scripts.page).fingerprint)


@pytest.fixture
def site(store: Store) -> Site:
    return Site(store)


def call(browser: FlaskClient, method: str, path: str) -> TestResponse:
    answer = browser.open(path, method=method)
    # The vendor of these tests knows nothing of ChatHub.
    expected = (503,) if (method, path) == ("POST", "/chathub/token") else (200, 204)
    assert answer.status_code in expected, (method, path, answer.text)
    return answer


def test_no_endpoint_touches_a_session_or_sets_a_cookie(
    site: Site, store: Store, app_inbox_vendor: VendorDouble
) -> None:
    browser = site.browser()
    before = store.content()
    calls = list(site.calls())
    assert len(calls) > 15
    site.seen_after.clear()
    for method, path in calls:
        answer = call(browser, method, path)
        assert answer.headers.getlist("Set-Cookie") == [], (method, path)
        assert store.content() == before, (method, path)
    # A page of the site does all of that.
    assert len(browser.get("/home").headers.getlist("Set-Cookie")) >= 2
    assert isinstance(store, InCookies) or store.content() != before


def test_the_functions_of_the_site_see_the_session_as_it_is(
    site: Site, app_inbox_vendor: VendorDouble
) -> None:
    browser = site.browser()
    site.seen_after.clear()
    for method, path in site.calls():
        call(browser, method, path)
    assert set(site.seen_after) == {ANN}


@pytest.mark.parametrize("path", ["/app-inbox/token", "/chathub/token"])
def test_who_logs_out_during_a_slow_request_stays_logged_out(
    site: Site, app_inbox_vendor: VendorDouble, path: str
) -> None:
    browser = site.browser()

    def log_out() -> None:
        site.meanwhile = lambda: None
        assert browser.get("/logout", follow_redirects=True).text == "None"

    site.meanwhile = log_out
    call(browser, "POST", path)
    assert browser.get("/home").text == "None"


def test_scripts_are_public_and_never_look_at_the_session(
    app_inbox_vendor: VendorDouble,
) -> None:
    class Closed(LiveSession):
        def __getitem__(self, key: str) -> Any:
            raise AssertionError("somebody looks")

        get = __iter__ = __contains__ = keys = __len__ = __getitem__  # type: ignore[assignment]

    class Interface(Foreign):
        def open_session(self, app: Flask, request: Request) -> LiveSession:
            return Closed()

    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key", CHATHUB_KEY="key")
    app.config["APP_INBOX_SCRIPT_ID"] = "SITE"
    AppInbox(app)
    ChatHub(app)
    app.session_interface = interface = Interface()
    browser = app.test_client()
    scripts = app.extensions["chathub"].scripts
    for path in (
        f"/app-inbox/app_inbox.{app.extensions['app_inbox'].script.fingerprint}.js",
        f"/chathub/chathub.{scripts.page.fingerprint}.js",
        f"/chathub/frame.{scripts.frame.fingerprint}.js",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Vary" not in answer.headers
    assert interface.saved == 0
