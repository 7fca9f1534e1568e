"""Customers' tabs in Chromium, and the sandbox that they meet as the vendor."""

from __future__ import annotations

import contextlib
import json
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from flask_app_inbox.sandbox import SandboxServer
from tests.bench.programs import Site
from tests.bench.sites import KEY, User, cookies
from tests.fixtures.chromium import PROGRAMS, SWITCHES

#: How many unread messages the customer has.
UNREAD = 3


@contextlib.contextmanager
def sandbox_with_messages() -> Iterator[str]:
    """Run a sandbox whose customer has unread messages; yield its address."""
    with SandboxServer(api_key=KEY) as sandbox:
        email = User("0").email
        post(f"{sandbox.url}/_sandbox/contacts", {"email": email})
        for number in range(UNREAD):
            message = {"email": email, "title": f"Message {number}", "content": "Hello"}
            post(f"{sandbox.url}/_sandbox/messages", message)
        yield sandbox.url


def delay(url: str, seconds: Mapping[str, float]) -> None:
    """Let routes of a sandbox take some seconds, and all others none."""
    clear = urllib.request.Request(f"{url}/_sandbox/faults", method="DELETE")
    with urllib.request.urlopen(clear, timeout=10):
        pass
    for route, each in seconds.items():
        fault = {"route": route, "kind": "delay", "seconds": each, "times": None}
        post(f"{url}/_sandbox/faults", fault)


def post(url: str, body: dict[str, Any]) -> None:
    """Send JSON to the sandbox."""
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run the system's Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, PROGRAMS)), None),
            args=SWITCHES,
        )
        with browser:
            yield browser


def open_tab(browser: Browser, one: Site, notes: str = "changes") -> Page:
    """Return the tab of a customer who is on the site already.

    :param notes: what its pages note: ``changes`` or ``frames``.
    """
    address = address_of(one)
    files = (Path(__file__).parent / f"page_{name}.js" for name in ("bell", notes))
    script = "\n".join(file.read_text("utf-8") for file in files)
    context = browser.new_context()
    context.add_cookies([{"name": "session", "value": cookies(1)[0], "url": address}])
    context.add_init_script(f"(() => {{\n{script}\n}})();")
    page = context.new_page()
    page.goto(f"{address}/page")
    return page


def empty_cache(tab: Page) -> None:
    """Forget all files that the browser has loaded."""
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Network.clearBrowserCache")
    devtools.detach()


def address_of(one: Site) -> str:
    """Return a site's address, without a trailing slash."""
    return f"http://127.0.0.1:{one.port}"
