"""``check``: the vendor's answers, its script and its contacts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.proxies import passes_on
from tests.faults.raw_vendor import RawVendor
from tests.inbox.commands.conftest import Findings, MakeSite, Run
from tests.inbox.commands.site import cookie_of


def test_a_wrong_key(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(API_KEY="wr0ng"))
    assert "APP_INBOX_API_KEY" in told["key_refused"]["fix"]
    assert "wr0ng" not in json.dumps(told)


def test_a_wrong_path_in_the_api_url(
    make_site: MakeSite, findings: Findings, sandbox: Any
) -> None:
    told = findings(make_site(API_URL=f"{sandbox.url}/rest"))
    assert told["api_url_wrong"]["fix"] == f'APP_INBOX_API_URL = "{sandbox.url}/api"'


def test_a_vendor_out_of_reach(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(API_URL="https://vendor.invalid/api"))
    assert (
        told["vendor_unreachable"]["fix"]
        == 'APP_INBOX_API_URL = "https://esputnik.com/api"'
    )


def test_a_sandbox_that_does_not_run(make_site: MakeSite, findings: Findings) -> None:
    # Nothing listens on port 9 of this machine.
    told = findings(make_site(API_URL="http://127.0.0.1:9/api"))
    fix = told["vendor_unreachable"]["fix"]
    assert fix.startswith("python -m flask_app_inbox.sandbox --port 9 ")


def test_a_proxy_out_of_reach(make_site: MakeSite, findings: Findings) -> None:
    site = make_site(PROXY="http://shop:hunter2@127.0.0.1:9")
    told = findings(site)["vendor_unreachable"]
    assert "no way through the proxy" in told["what"]
    assert told["fix"].startswith("APP_INBOX_PROXY = ")


def test_the_vendors_script_is_looked_for_by_the_proxy_too(
    make_site: MakeSite, run: Run
) -> None:
    with RawVendor(passes_on) as proxy:
        output = run(make_site(PROXY=proxy.url), "check").output
    assert "The vendor's page script is there." in output
    assert [one for one in proxy.requests if b"/scripts/" in one.split(b"\r\n")[0]]


def test_the_proxys_password_is_not_printed(make_site: MakeSite, run: Run) -> None:
    site = make_site(PROXY="http://shop:hunter2@127.0.0.1:9")
    shown = run(site, "check", "--offline").output
    assert "http://***@127.0.0.1:9" in shown
    assert "hunter2" not in shown


def test_a_missing_right(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=403, times=None)
    assert "full access" in findings(make_site())["right_missing"]["fix"]


def test_a_platform_out_of_reach(
    make_site: MakeSite, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask_app_inbox import VendorUnavailable
    from flask_app_inbox.client.api import VendorApi

    def call(*_: object, **__: object) -> None:
        raise VendorUnavailable("no connection")

    monkeypatch.setattr(VendorApi, "call", call)
    told = findings(make_site(API_URL=None))
    assert told["vendor_unreachable"]["fix"].startswith("curl https://esputnik.com/")


def test_a_vendor_that_is_down(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="account", kind="status", status=500, times=None)
    assert "again later" in findings(make_site())["vendor_unreachable"]["fix"]


def test_a_vendor_that_asks_us_to_slow_down(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=429, times=None)
    assert "a minute" in findings(make_site())["vendor_unreachable"]["fix"]


def test_a_key_that_may_not_say_whose_it_is_passes(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="account", kind="status", status=403, times=None)
    assert findings(make_site()) == {}
    control("reset")
    control("faults", route="account", kind="status", status=404, times=None)
    assert findings(make_site()) == {}


def test_an_unknown_contact(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(), "--as", "ann@example.com")
    assert "APP_INBOX_CREATE_CONTACTS" in told["contact_unknown"]["fix"]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("by", ["session", "cookie"])
def test_the_vendor_is_asked_about_the_sessions_own_contact(
    make_site: MakeSite, run: Run, control: Callable[..., Any], known: bool, by: str
) -> None:
    if known:
        control("contacts", email="ann@example.com")
    app = make_site()
    login = ("--session", "email=ann@example.com")
    if by == "cookie":
        login = ("--cookie", cookie_of(app, email="ann@example.com"))
    result = run(app, "check", *login)
    told = "issues a token for" if known else "does not know"
    assert f"The vendor {told} this contact" in result.output


def test_a_session_of_nobody_asks_about_a_stranger(
    make_site: MakeSite, run: Run
) -> None:
    result = run(make_site(), "check", "--session", "cart=[1]")
    assert "asked for an unknown contact" in result.output


def test_a_wrong_script_id(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="script", kind="status", status=404, times=None)
    assert "app-inbox script" in findings(make_site())["script_id_wrong"]["fix"]


def test_a_script_host_out_of_reach(make_site: MakeSite, findings: Findings) -> None:
    told = findings(make_site(SCRIPT_URL="http://127.0.0.1:9"))
    assert "cannot be reached" in told["script_id_wrong"]["what"]


def test_a_key_that_is_refused_only_for_tokens(
    make_site: MakeSite, findings: Findings, control: Callable[..., Any]
) -> None:
    control("faults", route="token", kind="status", status=401, times=None)
    assert "key_refused" in findings(make_site())


def test_a_token_for_a_known_contact(
    make_site: MakeSite, run: Run, control: Callable[..., Any]
) -> None:
    control("contacts", email="ann@example.com")
    result = run(make_site(), "check", "--as", "ann@example.com")
    assert "The vendor issues a token for this contact." in result.output
