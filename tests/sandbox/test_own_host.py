"""No page that has pointed its own name at this machine reads from the sandbox."""

from __future__ import annotations

from itertools import product

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer, create_sandbox
from flask_app_inbox.sandbox.own_host import is_own_host

FOREIGN = (
    *("evil.example", "evil.example:5001", "localhost.evil.example", "192.0.2.1"),
    *("", "evil.example, localhost", "localhost@evil.example"),
)


def test_nothing_is_answered_under_a_foreign_name() -> None:
    app = create_sandbox()
    browser = app.test_client()
    rules = list(app.url_map.iter_rules())
    assert len(rules) > 50
    for rule in rules:
        for method in sorted(rule.methods or ()):
            for host in FOREIGN:
                answer = browser.open(rule.rule, method=method, headers={"Host": host})
                assert answer.status_code == 403, (method, rule.rule, host)
                if method != "HEAD":
                    assert "The Host header must be" in answer.text
                assert answer.headers["Content-Length"] != "0"
                assert "Access-Control-Allow-Origin" not in answer.headers


def test_what_is_nowhere_and_what_is_broken_is_refused_too(
    sandbox: SandboxServer,
) -> None:
    fault = {"route": "token", "kind": "status", "status": 503, "times": None}
    requests.post(f"{sandbox.url}/_sandbox/faults", json=fault, timeout=10)
    paths = ("/nowhere", "/v1/auth/contact/token", "/_sandbox/nowhere")
    # Older test clients refuse the second one themselves.
    for path, host in product(paths, ("evil.example", "[::1")):
        answer = requests.post(sandbox.url + path, headers={"Host": host}, timeout=10)
        assert answer.status_code == 403
    assert "error" in answer.json()
    requests_seen = requests.get(f"{sandbox.url}/_sandbox/requests", timeout=10)
    assert requests_seen.json() == []


@pytest.mark.parametrize(
    ("host", "bound_host", "is_own"),
    [
        ("127.0.0.1:5001", "127.0.0.1", True),
        ("127.8.8.8", "127.0.0.1", True),
        ("[::1]:5001", "127.0.0.1", True),
        ("localhost:5001", "127.0.0.1", True),
        ("shop.localhost", "127.0.0.1", True),
        ("10.0.0.7:5001", "127.0.0.1", False),
        ("10.0.0.7:5001", "10.0.0.7", True),
        ("10.0.0.7:5001", "0.0.0.0", True),
        ("10.0.0.7:5001", "::", True),
        ("vendor:5001", "vendor", True),
        ("VENDOR:5001", "Vendor", True),
        ("vendor:5001", "0.0.0.0", False),
    ],
)
def test_the_host_must_be_this_machine_or_the_one_bound(
    host: str, bound_host: str, is_own: bool
) -> None:
    assert is_own_host(host, bound_host) == is_own
