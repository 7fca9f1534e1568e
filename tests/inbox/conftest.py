"""An app, and the extension to call from Python."""

from __future__ import annotations

import pytest
from flask import Flask

from flask_app_inbox import AppInbox
from tests.conftest import MakeApp


@pytest.fixture
def inbox() -> AppInbox:
    return AppInbox()


@pytest.fixture
def app(make_app: MakeApp, inbox: AppInbox) -> Flask:
    return make_app(inbox=inbox)
