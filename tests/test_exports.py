"""What other people's code may rely on."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from types import ModuleType

import pytest

import flask_app_inbox
import flask_app_inbox.sandbox
import flask_app_inbox.testing
from flask_app_inbox import Contact
from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.web.assets import SHORTENERS
from tests.conftest import client_of

PUBLIC: list[tuple[ModuleType, set[str]]] = [
    (
        flask_app_inbox,
        {
            "AppInbox",
            "AppInboxError",
            "ChatHub",
            "ConfigError",
            "Contact",
            "ImportStatus",
            "LoaderError",
            "Message",
            "MessagePage",
            "ReconnectNeeded",
            "RefusedContact",
            "SendResult",
            "StorageError",
            "SyncResult",
            "VendorError",
            "VendorInvalid",
            "VendorRateLimited",
            "VendorRejected",
            "VendorTimeout",
            "VendorUnavailable",
        },
    ),
    (flask_app_inbox.sandbox, {"SandboxServer", "create_sandbox"}),
    (
        flask_app_inbox.testing,
        {
            "ChatHubDouble",
            "ConnectionsDouble",
            "SentEvent",
            "SentRequest",
            "VendorDouble",
        },
    ),
]


@pytest.mark.parametrize(("module", "names"), PUBLIC)
def test_the_public_names_are_these_and_exist(
    module: ModuleType, names: set[str]
) -> None:
    assert set(module.__all__) == names
    assert all(hasattr(module, name) for name in names)


@cache
def modules_after(code: str) -> frozenset[str]:
    """Return what a new interpreter has imported after some lines."""
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset(run.stdout.split())


#: What only some sites have.
EXTRAS = {"flask_wtf", "redis", "limits", "pytest", "sqlalchemy", "dogpile"} | {
    *("cryptography", "authlib", "bs4", "nh3", "responses"),
}
#: Rooms and modules of ours that no page with the vendor's bell asks for, and what
#: of Python's takes long to import.
UNASKED = """
bell chathub client.contacts client.events client.import_status client.message
client.smartsend config.database_url inbox.check inbox.counts inbox.csp inbox.icon
inbox.inboxes inbox.messages inbox.reading inbox.token_chain inbox.webhook
oauth.commands oauth.connections sandbox testing web.elements web.encryption
web.redis_access web.shorten
""".split()
SLOW = {"asyncio", "pkgutil", "shlex"}
SHOP = """
from flask import Flask, render_template_string
from flask_app_inbox import AppInbox, Contact
app = Flask("shop")
app.config.update(
    SECRET_KEY="x", APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="any",
    APP_INBOX_API_URL="http://127.0.0.1:9",
)
AppInbox(app).contact_loader(lambda: Contact(email="ann@example.com"))
"""
#: What a customer of such a site asks for.
ASKED = """
import re
view = lambda: render_template_string("{{ app_inbox_anchor() }}{{ app_inbox() }}")
app.add_url_rule("/", view_func=view)
client = app.test_client()
page = client.get("/").text
assert client.get(re.search('src="(/app-inbox/app_inbox.*?js)"', page)[1]).data
assert client.get("/app-inbox/user").status_code == 204
assert client.post("/app-inbox/token").status_code == 503
"""


def ours(modules: frozenset[str]) -> set[str]:
    return {name for name in modules if name.startswith("flask_app_inbox.")}


def test_importing_the_package_brings_in_none_of_the_extras() -> None:
    assert not modules_after("import flask_app_inbox") & EXTRAS


def test_a_site_with_the_vendors_bell_imports_nothing_else() -> None:
    before = modules_after("import flask, requests, flask_login")
    found = modules_after(SHOP) - before
    unasked = {f"flask_app_inbox.{name}" for name in UNASKED}
    assert not found & (unasked | EXTRAS | SLOW)


def test_no_customer_waits_for_an_import_of_ours() -> None:
    later = ours(modules_after(SHOP + ASKED)) - ours(modules_after(SHOP))
    # The first browser that fetches a script does, once for a process.
    assert later == {f"flask_app_inbox.web.{name}" for name in SHORTENERS}


def test_names_that_come_later_are_listed_once() -> None:
    assert set(flask_app_inbox._LATER) <= set(flask_app_inbox.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Bell'"):
        _ = flask_app_inbox.Bell


def test_the_wire_does_not_know_flask() -> None:
    code = (
        "import sys, types; package = types.ModuleType('flask_app_inbox'); "
        f"package.__path__ = {list(flask_app_inbox.__path__)!r}; "
        "sys.modules['flask_app_inbox'] = package; "
        "import flask_app_inbox.client.app_inbox; print('flask' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_the_pytest_plugin_offers_a_sandbox_of_the_tests_own(
    app_inbox_sandbox: SandboxServer,
) -> None:
    client = client_of(API_KEY="sandbox-key", API_URL=f"{app_inbox_sandbox.url}/api")
    assert client.issue_token(Contact(email="nobody@example.com")) == ""
    client.api.transport._resources.get().session.close()


def test_an_older_flask_is_told_in_one_sentence_when_the_package_is_imported() -> None:
    start = "import flask; flask.__version__ = '2.3.3'; import flask_app_inbox"
    run = subprocess.run(
        [sys.executable, "-c", start], capture_output=True, text=True, timeout=60
    )
    assert run.stderr.splitlines()[-1] == (
        "RuntimeError: flask_app_inbox needs Flask 3.0 or newer; installed is 2.3.3. "
        "Upgrade your site first: pip install 'flask>=3.0'"
    )
