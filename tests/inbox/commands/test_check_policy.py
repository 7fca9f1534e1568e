"""``check``: what the Content-Security-Policy of a page forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from tests.inbox.commands.conftest import Findings, MakeSite, Run
from tests.inbox.commands.site import LAYOUT


def with_policy(
    policy: str, header: str = "Content-Security-Policy"
) -> Callable[[Flask], object]:
    def prepare(app: Flask) -> None:
        @app.after_request
        def add(response: Response) -> Response:
            response.headers[header] = policy
            return response

    return prepare


def test_a_policy_that_allows_nothing(
    make_site: MakeSite, findings: Findings, sandbox: Any
) -> None:
    told = findings(make_site(prepare=with_policy("default-src 'none'")))
    assert told["csp_own_script"]["fix"].startswith("script-src 'self'")
    assert told["csp_vendor_script"]["fix"].startswith(f"script-src {sandbox.url}")
    assert told["csp_own_endpoint"]["fix"].startswith("connect-src 'self'")
    assert told["csp_vendor_calls"]["fix"].startswith(f"connect-src {sandbox.url}")
    assert told["csp_images"]["fix"].startswith("img-src https:")


def test_a_policy_of_nonces_that_our_tag_lacks(
    make_site: MakeSite, findings: Findings
) -> None:
    policy = "script-src 'nonce-YWJj' 'strict-dynamic'"
    told = findings(make_site(prepare=with_policy(policy)))
    assert "app_inbox(nonce=" in told["csp_own_script"]["fix"]
    layout = LAYOUT.replace("app_inbox()", "app_inbox(nonce='YWJj')")
    assert findings(make_site(prepare=with_policy(policy), layout=layout)) == {}


def test_a_policy_that_wants_trusted_types(
    make_site: MakeSite, findings: Findings
) -> None:
    policy = "require-trusted-types-for 'script'; trusted-types mine"
    told = findings(make_site(prepare=with_policy(policy)))
    assert told["csp_trusted_types"]["fix"].startswith("trusted-types app-inbox")
    assert findings(make_site(prepare=with_policy(f"{policy} app-inbox"))) == {}


def test_a_policy_in_the_page_itself_counts_too(
    make_site: MakeSite, findings: Findings
) -> None:
    meta = """<meta http-equiv="Content-Security-Policy" content="script-src 'self'">"""
    layout = LAYOUT.replace("<title>", f"{meta}<title>")
    assert set(findings(make_site(layout=layout))) == {"csp_vendor_script"}


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("require-corp", True),
        ('require-corp; report-to="x"', True),
        ("credentialless", False),
        ("unsafe-none", False),
    ],
)
def test_a_policy_that_wants_a_word_from_the_vendor(
    make_site: MakeSite, findings: Findings, policy: str, found: bool
) -> None:
    prepare = with_policy(policy, "Cross-Origin-Embedder-Policy")
    told = findings(make_site(prepare=prepare))
    assert set(told) == ({"coep_vendor_script"} if found else set())


def test_the_policy_that_csp_sources_gives_passes(
    make_site: MakeSite, run: Run
) -> None:
    from flask_app_inbox import AppInbox

    probe = make_site()
    policy = AppInbox().csp_sources({"default-src": "'none'"}, app=probe)
    text = "; ".join(f"{name} {' '.join(sources)}" for name, sources in policy.items())
    result = run(make_site(prepare=with_policy(text)), "check", "--processes", "1")
    assert "The Content-Security-Policy lets the bell through." in result.output
    assert "Everything is in order." in result.output
