"""What other people's code may rely on."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import flask_app_inbox
import flask_app_inbox.sandbox
import flask_app_inbox.testing
from flask_app_inbox import Contact
from flask_app_inbox.sandbox import SandboxServer
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


def test_importing_the_package_brings_in_none_of_the_extras() -> None:
    extras = ["flask_wtf", "redis", "limits", "pytest", "sqlalchemy"]
    extras += ["dogpile", "cryptography", "authlib", "bs4", "nh3", "responses"]
    code = (
        "import sys, flask_app_inbox; "
        f"print([name for name in {extras} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


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
