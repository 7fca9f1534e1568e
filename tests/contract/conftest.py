"""What the contract tests need: a browser, programs by hand, a sandbox with a clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flask_app_inbox.sandbox import SandboxServer
from tests.contract.chathub_company import chat_by_hand, company
from tests.contract.oauth_program import Program
from tests.contract.oauth_site import make_oauth_site, oauth_vendor
from tests.contract.openapi import api
from tests.fixtures.chromium import browser, driver
from tests.fixtures.clock import Clock
from tests.fixtures.sandbox import WithClock

__all__ = [
    "api",
    "browser",
    "chat_by_hand",
    "company",
    "driver",
    "make_oauth_site",
    "oauth_vendor",
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oauth_sandbox(clock: Clock, sandbox_with: WithClock) -> Iterator[SandboxServer]:
    with sandbox_with(clock) as server:
        yield server


@pytest.fixture
def program(oauth_sandbox: SandboxServer) -> Iterator[Program]:
    program = Program(oauth_sandbox)
    yield program
    program.close()
