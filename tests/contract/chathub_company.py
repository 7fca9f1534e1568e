"""ChatHub, used by hand as its guides show: calls of a company, and pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from flask import Flask

from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import ISSUE

ELEMENT = "operator-chat-panel-script"
#: What the panel of the sandbox is called.
PANEL = "Operator chat panel"


class Company:
    """The vendor's API, called by hand as its guides show."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        return self._session.request(method, self._url + path, timeout=10, **request)

    def log_in(self) -> dict[str, str]:
        """Return the headers that a company's calls carry."""
        body = {"login": "sandbox", "password": "sandbox"}
        answer = self.call("POST", "/api/company/get-token", json=body)
        return {"Authorization": f"Bearer {answer.json()}"}

    def issue(
        self, operator: int = 101, lifetime: timedelta = timedelta(hours=1)
    ) -> requests.Response:
        moment = datetime.now(timezone.utc) + lifetime
        expires_at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {"id": operator, "expiresAt": expires_at}
        return self.call("POST", ISSUE, json=body, headers=self.log_in())

    def validate(self, token: str, **request: Any) -> requests.Response:
        request.setdefault("headers", self.log_in())
        path = "/api/operator/validate-token"
        return self.call("POST", path, json={"token": token}, **request)

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def company(sandbox: SandboxServer) -> Iterator[Company]:
    company = Company(sandbox.url)
    yield company
    company.close()


#: Mount as the guide does: remove the element, append one of the same address.
MOUNT = """
function mount(token, id = "operator-chat-panel-script") {
  const before = document.getElementById(id);
  if (before) before.remove();
  const script = document.createElement("script");
  script.type = "module";
  script.id = id;
  script.src = SOURCE;
  script.setAttribute("token", token);
  return new Promise((resolve) => {
    script.onload = () => resolve("loaded");
    document.body.append(script);
  });
}
const fetchToken = () =>
  fetch("/token").then((response) => response.json()).then(({ token }) => token);
"""

ByHand = Callable[..., str]


@pytest.fixture
def chat_by_hand(
    sandbox: SandboxServer, company: Company, serve: Callable[[Flask], str]
) -> ByHand:
    """Serve a page by hand, with a script or with an element in its HTML.

    It has ``mount()``, and ``fetchToken()`` of a hand-made view.
    """
    source = f"{sandbox.url}/operator-chat-panel/widget-script.js"

    def make(script: str = "", *, element: str = "") -> str:
        app = Flask("by hand")

        @app.get("/")
        def page() -> str:
            return (
                '<!doctype html><html lang="en"><head><title>By hand</title>'
                '<link rel="icon" href="data:,"></head><body><p>Text</p><script>'
                f"const SOURCE = {json.dumps(source)};{MOUNT}{script}</script>"
                f"{element.format(source=source)}</body></html>"
            )

        @app.get("/token")
        def token() -> dict[str, str]:
            return {"token": company.issue().json()}

        return serve(app)

    return make
