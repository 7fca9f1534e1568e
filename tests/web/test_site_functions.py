"""Whatever a site's function does, its pages stand and its endpoints speak JSON."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Protocol

import pytest
from flask import Flask, abort, redirect, render_template_string
from flask_babel import Babel
from flask_login import LoginManager, UserMixin
from werkzeug.test import TestResponse

from flask_app_inbox import AppInbox, ChatHub, Contact
from flask_app_inbox.signals import token_issued
from flask_app_inbox.testing import VendorDouble
from flask_app_inbox.testing.wire import forget_earlier_tests
from tests.fixtures.registration import OAUTH

Function = Callable[[], Any]

PAGE = "The page [{{ app_inbox() if app_inbox }}{{ chathub() if chathub }}]"


class Unprintable:
    """Nonsense of the worst kind: whoever looks at it is told off."""

    __hash__ = None  # type: ignore[assignment] # of the kind, too

    def __bool__(self) -> bool:
        raise RuntimeError("no database")

    __str__ = __len__ = __eq__ = __bool__  # type: ignore[assignment] # it lies


@pytest.fixture(autouse=True)
def _no_database_in_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the folder of an instance is made there


# What such a function may do


def raise_runtime_error() -> None:
    raise RuntimeError("no database")


def raise_attribute_error() -> None:
    SimpleNamespace().no_database  # noqa: B018 - it raises


def raise_recursion_error() -> None:
    raise RecursionError("no database")


def abort_with_401() -> None:
    abort(401, "no database")


def redirect_to_login() -> None:
    abort(redirect("/login"))


async def raise_later() -> None:
    await asyncio.sleep(0)
    raise RuntimeError("no database")


def returning(value: Any) -> Function:
    return lambda: value


RAISING: tuple[Function, ...] = (
    raise_runtime_error,
    raise_attribute_error,
    raise_recursion_error,
)
ABORTING: tuple[Function, ...] = (abort_with_401, redirect_to_login)

# Sites with such a function


def app_of(**config: Any) -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key")
    app.config.update(config)
    app.config.update(APP_INBOX_SCRIPT_ID="SITE", CHATHUB_KEY="a-key")
    app.add_url_rule("/", view_func=lambda: render_template_string(PAGE))

    @app.get("/fails")
    def fails() -> str:
        raise LookupError("the site's own")

    @app.errorhandler(LookupError)
    def sorry(_: Exception) -> tuple[str, int]:
        return render_template_string(PAGE), 500

    return app


def with_inbox(app: Flask, **options: Any) -> AppInbox:
    inbox = AppInbox(app, **options)
    inbox.contact_loader(lambda: Contact(email="ann@example.com"))
    return inbox


def with_panel(app: Flask, **options: Any) -> ChatHub:
    panel = ChatHub(app, **options)
    panel.operator_loader(lambda: {"sales": 101})
    return panel


def contact_loader(function: Function) -> Flask:
    app = app_of()
    with_inbox(app).contact_loader(function)
    return app


def language_loader(function: Function) -> Flask:
    app = app_of()
    with_inbox(app).language_loader(function)
    return app


def csp_nonce(function: Function) -> Flask:
    app = app_of()
    with_inbox(app, csp_nonce=function)
    return app


def global_nonce(function: Function) -> Flask:
    app = app_of()
    with_inbox(app)
    app.jinja_env.globals["csp_nonce"] = function
    return app


def connection_loader(function: Function) -> Flask:
    app = app_of(APP_INBOX_API_KEY=None, **OAUTH)
    with_inbox(app).connection_loader(function)
    return app


def operator_loader(function: Function) -> Flask:
    app = app_of()
    with_panel(app).operator_loader(function)
    return app


def language_of_the_panel(function: Function) -> Flask:
    app = app_of()
    with_panel(app).language_loader(function)
    return app


def nonce_of_the_panel(function: Function) -> Flask:
    app = app_of()
    with_panel(app, csp_nonce=function)
    return app


def fallback_of_the_panel(function: Function) -> Flask:
    class LazyString:  # as Flask-Babel's is called
        def __str__(self) -> str:
            return str(function())

    app = app_of(CHATHUB_FALLBACK={"text": LazyString()})
    with_panel(app)
    return app


class User(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    id: ClassVar[str] = "1"
    email: ClassVar[Any] = "ann@example.com"


def with_login(
    function: Function, kind: type[UserMixin] | None = None, **config: Any
) -> Flask:
    """Return an app whose users are of this kind; else the function loads them."""
    app = app_of(**config)
    manager = LoginManager(app, add_context_processor=False)
    manager.request_loader(lambda _: kind() if kind else function())
    AppInbox(app)
    return app


def user_loader(function: Function) -> Flask:
    return with_login(function)


def operator_of_flask_login(function: Function) -> Flask:
    app = app_of()
    LoginManager(app, add_context_processor=False).request_loader(lambda _: function())
    with_panel(app)
    return app


def property_of_the_user(function: Function) -> Flask:
    class Broken(User):
        email = property(lambda _: function())

    return with_login(function, Broken)


def verified_attribute(function: Function) -> Flask:
    class Broken(User):
        verified = property(lambda _: function())

    return with_login(function, Broken, APP_INBOX_VERIFIED_ATTRIBUTE="verified")


def is_authenticated(function: Function) -> Flask:
    class Broken(User):
        is_authenticated = property(lambda _: function())

    return with_login(function, Broken)


def get_id(function: Function) -> Flask:
    class Broken(User):
        def get_id(self) -> str:
            return str(function())

    return with_login(function, Broken)


@dataclass(frozen=True)
class Site:
    """A site with one function that fails.

    :param make: makes it of the function.
    :param calls: those of our endpoints that call the function.
    :param shows: what its page shows as long as the function works.
    :param is_awaited: whether the function may be async.
    :param refuses: what it must not return.
    """

    make: Callable[[Function], Flask]
    calls: tuple[tuple[str, str], ...] = ()
    shows: str = "token-url"
    is_awaited: bool = True
    refuses: tuple[Any, ...] = field(default=(Unprintable(),))

    @property
    def name(self) -> str:
        return self.make.__name__


INBOX = (("POST", "/app-inbox/token"), ("GET", "/app-inbox/user"))
PANEL = (("POST", "/chathub/token"), ("GET", "/chathub/user"))
FRAME = (("GET", "/chathub/panel"),)
SITES = (
    Site(contact_loader, INBOX, refuses=(Unprintable(), "ann@example.com", {})),
    Site(language_loader),
    Site(csp_nonce),
    Site(global_nonce),
    Site(connection_loader, INBOX[:1], refuses=(Unprintable(), "", 5, "x" * 201)),
    Site(
        operator_loader, PANEL + FRAME, refuses=(Unprintable(), [101], {"sales": "1"})
    ),
    Site(language_of_the_panel, FRAME),
    Site(nonce_of_the_panel, FRAME),
    Site(fallback_of_the_panel, is_awaited=False),
    Site(user_loader, INBOX, is_awaited=False),
    Site(operator_of_flask_login, PANEL, is_awaited=False),
    Site(property_of_the_user, INBOX, is_awaited=False, refuses=(5, ["a@b.c"], print)),
    Site(verified_attribute, INBOX, is_awaited=False, refuses=(Unprintable(), print)),
    Site(is_authenticated, INBOX, is_awaited=False),
    Site(get_id, INBOX, is_awaited=False),
)


def ways_of(site: Site) -> list[tuple[Function, bool | None]]:
    """Return what its function may do, and whether that makes a traceback.

    Nonsense makes one if it raises where somebody looks at it.
    """
    ways: list[tuple[Function, bool | None]] = [(way, True) for way in RAISING]
    ways += [(way, False) for way in ABORTING]
    ways += [(raise_later, True)] * site.is_awaited
    ways += [(returning(value), None) for value in site.refuses]
    return ways


@pytest.fixture(params=SITES, ids=lambda site: site.name)
def site(request: pytest.FixtureRequest) -> Site:
    chosen: Site = request.param
    return chosen


class Browser(Protocol):
    """Ask for a page of a site whose function does this."""

    def __call__(
        self, function: Function, path: str, method: str = ...
    ) -> TestResponse: ...


@pytest.fixture
def browse(site: Site) -> Browser:
    """Each site is made twice, for functions and for coroutine functions."""
    current: list[Function] = []

    async def wait() -> Any:
        return await current[-1]()

    apps = {False: site.make(lambda: current[-1]())}
    if site.is_awaited:
        apps[True] = site.make(wait)

    def open_path(function: Function, path: str, method: str = "GET") -> TestResponse:
        forget_earlier_tests()  # what was logged a moment ago is not logged again
        current.append(function)
        app = apps[inspect.iscoroutinefunction(function)]
        return app.test_client().open(path, method=method)

    return open_path


def is_told_once(caplog: pytest.LogCaptureFixture, traceback: bool | None) -> bool:
    """Return whether the log has one line, with or without a traceback; forget it."""
    told = [bool(record.exc_info) for record in caplog.records]
    caplog.clear()
    return len(told) == 1 and traceback in (None, told[0])


def test_the_page_comes_without_its_bell_and_the_log_says_why_once(
    site: Site, browse: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for path, status in (("/", 200), ("/fails", 500)):
        for function, traceback in ways_of(site):
            page = browse(function, path)
            assert page.status_code == status, (function, path)
            assert page.text.startswith("The page ["), (function, path)
            assert site.shows not in page.text, (function, path)
            assert is_told_once(caplog, traceback), (function, path)


def test_the_endpoint_says_in_json_that_the_site_failed_and_the_log_why(
    site: Site, browse: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    for function, traceback in ways_of(site):
        for method, path in site.calls:
            answer = browse(function, path, method)
            assert answer.status_code == 500, (function, path)
            problem = answer.get_json(force=True)
            assert problem["code"] == "loader_failed", (function, path)
            assert is_told_once(caplog, traceback), (function, path)


def test_each_of_these_sites_shows_what_it_has_while_its_function_works() -> None:
    works: dict[str, Any] = {
        "contact_loader": Contact(email="ann@example.com"),
        "operator_loader": {"sales": 101},
        "user_loader": User(),
        "operator_of_flask_login": User(),
    }
    for site in SITES:
        value = works.get(site.name, "ab")
        html = site.make(returning(value)).test_client().get("/").text
        assert site.shows in html, site.name


@pytest.mark.parametrize(
    ("function", "status"), [(abort_with_401, 401), (redirect_to_login, 302)]
)
def test_a_person_gets_what_the_owner_loader_aborts_with(
    function: Function, status: int
) -> None:
    app = app_of(APP_INBOX_API_KEY=None, **OAUTH)
    with_inbox(app).owner_loader(function)
    assert app.test_client().get("/app-inbox/oauth/").status_code == status


@pytest.mark.parametrize("function", [*RAISING, raise_later, Unprintable])
def test_an_owner_loader_that_fails_shows_the_owners_pages_to_nobody(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of(APP_INBOX_API_KEY=None, **OAUTH)
    with_inbox(app).owner_loader(function)
    page = app.test_client().get("/app-inbox/oauth/")
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "owner_loader raised" in page.text
    assert "no database" not in page.text
    assert is_told_once(caplog, True)


@pytest.mark.parametrize("function", [*RAISING, *ABORTING, raise_later])
def test_a_receiver_that_fails_breaks_the_request_in_json(
    function: Function,
    caplog: pytest.LogCaptureFixture,
    app_inbox_vendor: VendorDouble,
) -> None:
    app = app_of()
    with_inbox(app)

    async def hear_later(*_: Any, **__: Any) -> None:
        await raise_later()

    hear = hear_later if function is raise_later else lambda *_, **__: function()
    with token_issued.connected_to(hear, sender=app):
        answer = app.test_client().post("/app-inbox/token")
    assert answer.status_code == 500
    assert answer.get_json(force=True)["code"] == "loader_failed"
    assert "receiver of the signal app-inbox-token-issued" in caplog.text
    assert is_told_once(caplog, function not in ABORTING)


class OtherBabel:
    """An extension, or an object of the site, at the place of Flask-Babel's."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("not that Babel")


@pytest.mark.parametrize("other", [OtherBabel, object, dict, int, lambda: OtherBabel])
@pytest.mark.parametrize("is_installed", [True, False])
def test_a_page_beside_another_babel_has_the_default_language(
    other: Callable[[], Any],
    is_installed: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if not is_installed:
        monkeypatch.setitem(sys.modules, "flask_babel", None)
    app = app_of()
    with_inbox(app)
    with_panel(app)
    app.extensions["babel"] = other()
    html = app.test_client().get("/").text
    assert 'data-language="en"' in html
    assert "<chathub-panel" in html
    assert not caplog.records


@pytest.mark.parametrize("function", [*RAISING, *ABORTING])
def test_a_locale_selector_that_fails_costs_its_language_alone(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of()
    with_inbox(app)
    Babel(app, locale_selector=function)
    assert 'data-language="en"' in app.test_client().get("/").text
    assert is_told_once(caplog, function in RAISING)
