"""Sites to test on, a vendor of made-up answers, and what no test may leave behind."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

import flask
import pytest
import responses
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.client.app_inbox import AppInboxClient
from flask_app_inbox.client.transport import Transport
from flask_app_inbox.inbox.extension import make_client
from flask_app_inbox.inbox.settings import read_settings
from flask_app_inbox.inbox.state import EXTENSION, State

pytest_plugins = [
    "flask_app_inbox.testing",
    "tests.fixtures.sandbox",
    "tests.fixtures.browser",
    "tests.fixtures.fault_table",
    "tests.fixtures.kept_browser",
    "tests.fixtures.libraries",
    "tests.fixtures.receiver",
    "tests.fixtures.redis",
    "tests.fixtures.staff_site",
    "tests.fixtures.streamed",
]

API_KEY = "key-that-nobody-may-see"
TOKEN = "token-that-nobody-may-log"
CONTACT = Contact(
    email="ann.secret@example.com",
    phone="+380 50 123-45-67",
    external_customer_id="crm-secret-8842",
)
API_URL = "https://vendor.test/api"
TOKEN_URL = f"{API_URL}/v1/auth/contact/token"
CONTACT_URL = f"{API_URL}/v1/contact"

#: What is in no log, no error and no repr, in any form.
SECRETS = (
    API_KEY,
    "YXBwLWluYm94Omtle",  # how the Authorization header begins
    TOKEN,
    "ann.secret@example.com",
    "380501234567",
    "crm-secret-8842",
)


#: A test that uses one of these, or stands in one of these folders, starts programs.
SERVERS = {
    *("browser", "running_sandbox", "oauth_sandbox", "serve", "app_inbox_sandbox"),
    *("archives", "program", "printed"),
    *("start_redis", "redis_server", "redis_url"),
    *("postgres_server", "postgres_url", "database_url", "nursery"),
}
FOLDERS_WITH_SERVERS = ("bench", "demo", "faults")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what stays until the end: a third of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        fixtures = {*item.fixturenames}  # type: ignore[attr-defined] # of test functions, and we have no others
        if "browser" in fixtures:
            # Measuring coverage takes half as long again, and the other tests have it.
            item.add_marker("no_cover")
        if folder in FOLDERS_WITH_SERVERS or SERVERS & fixtures:
            item.add_marker("server")
    # Slow files first; the quick ones fill the gaps at the end of a parallel run.
    slow = {item.path for item in items if item.get_closest_marker("server")}
    items.sort(key=lambda item: item.path not in slow)


class MakeApp(Protocol):
    """Make an app with the extension.

    :param loader: of the contact; None: Flask-Login's.
    :param inbox: the extension; None: one of this app's own.
    :param prepare: called with the app before the extension sees it.
    :param flask_class: of the app.
    :param config: settings beside ours.
    :param settings: ours, without their prefix.
    """

    def __call__(
        self,
        *,
        loader: Callable[[], Any] | None = ...,
        inbox: AppInbox | None = ...,
        prepare: Callable[[Flask], object] = ...,
        flask_class: type[Flask] = ...,
        config: dict[str, Any] | None = ...,
        **settings: Any,
    ) -> Flask: ...


def load_contact() -> Contact:
    return CONTACT


def load_nobody() -> None:
    return None


@pytest.fixture
def make_app() -> MakeApp:
    def make(
        *,
        loader: Callable[[], Any] | None = load_contact,
        inbox: AppInbox | None = None,
        prepare: Callable[[Flask], object] = lambda app: None,
        flask_class: type[Flask] = Flask,
        config: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Flask:
        app = flask_class("shop")
        app.config.from_mapping({"SECRET_KEY": "shop"} | (config or {}))
        defaults = {"API_KEY": API_KEY, "API_URL": API_URL, "SCRIPT_ID": "5329D46F"}
        for name, value in (defaults | settings).items():
            app.config[f"APP_INBOX_{name}"] = value
        prepare(app)
        inbox = inbox or AppInbox()
        inbox.init_app(app)
        if loader is not None:
            inbox.contact_loader(loader)
        client = state_of(app).client
        if client is not None:
            # Retries do not wait.
            client.api.transport._sleep = lambda seconds: None
        return app

    return make


def state_of(app: Flask) -> State:
    state: State = app.extensions[EXTENSION]
    return state


def client_of(transport: Transport | None = None, **settings: Any) -> AppInboxClient:
    """Return a client as an app has it.

    :param settings: ours, without their prefix.
    """
    given = {"API_KEY": API_KEY, "API_URL": API_URL} | settings
    config = {f"APP_INBOX_{name}": value for name, value in given.items()}
    return make_client(read_settings(config, "/"), transport)


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    """The vendor's answers; one that nobody fetches fails the test."""
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mock:
        yield mock


@pytest.fixture(autouse=True)
def _no_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def _no_context_left_pushed() -> Iterator[None]:
    yield
    assert not flask.has_app_context(), "a test left a context pushed"


class _Lines(logging.Handler):
    """Keeps what a handler of a site would write, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def no_secret_logged() -> Iterator[list[str]]:
    """Every log line at DEBUG, of all libraries; one with a secret fails the test."""
    handler = _Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.setLevel(level)
    root.removeHandler(handler)
    log = "\n".join(handler.lines)
    assert [secret for secret in SECRETS if secret in log] == []
