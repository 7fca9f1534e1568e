"""By OAuth, too, every call takes the proxy."""

from __future__ import annotations

from tests.faults.proxies import passes_on
from tests.faults.raw_vendor import RawVendor
from tests.oauth.conftest import MakeSite


def test_consent_tokens_and_refreshes_take_the_proxy(make_site: MakeSite) -> None:
    with RawVendor(passes_on) as proxy:
        site = make_site(connected=True, PROXY=proxy.url)
        site.shift_expiry(-10 * 24 * 60 * 60)
        assert site.token()[0] == 200
        calls = b"\n".join(request.split(b"\r\n")[0] for request in proxy.requests)
    assert calls.count(b"/uaa/oauth/token") == 2
    assert b"/v1/auth/contact/token" in calls
    assert b"/v1/account/info" in calls
