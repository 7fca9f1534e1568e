"""Content-Security-Policies are judged as browsers judge them."""

from __future__ import annotations

import pytest

from flask_app_inbox.inbox.check.policy import ContentSecurityPolicy

PAGE = "https://shop.example/page"


def policy(text: str, page: str = PAGE) -> ContentSecurityPolicy:
    return ContentSecurityPolicy(text, page)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("'self'", "https://shop.example/app-inbox/token"),
        ("'self'", "https://SHOP.example:443/x"),
        ("*", "https://vendor.example/"),
        ("https:", "https://vendor.example/"),
        ("http:", "https://vendor.example/"),
        ("vendor.example", "https://vendor.example/x"),
        ("https://vendor.example", "https://vendor.example/x"),
        ("http://vendor.example", "https://vendor.example/x"),
        ("https://*.vendor.example", "https://api.vendor.example/x"),
        ("https://vendor.example:*", "https://vendor.example:8443/x"),
        ("https://vendor.example:8443", "https://vendor.example:8443/x"),
        ("https://vendor.example/scripts/", "https://vendor.example/scripts/a.js"),
        ("https://vendor.example/a.js", "https://vendor.example/a.js"),
        ("https://vendor.example/", "https://vendor.example/a.js"),
        ("http://[::1]:5001", "http://[::1]:5001/x"),
        ("https://*", "https://vendor.example/"),
    ],
)
def test_an_address_that_the_policy_allows(source: str, url: str) -> None:
    assert policy(f"connect-src {source}").allows("connect-src", url)


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("'none'", "https://shop.example/"),
        ("", "https://shop.example/"),
        ("'self'", "https://other.example/"),
        ("'self'", "https://shop.example:8443/"),
        ("'self'", "http://shop.example/"),
        ("*", "data:text/plain,x"),
        ("https:", "http://vendor.example/"),
        ("vendor.example", "http://vendor.example/x"),
        ("vendor.example", "https://api.vendor.example/x"),
        ("*.vendor.example", "https://vendor.example/x"),
        ("https://vendor.example", "https://vendor.example:8443/x"),
        ("https://vendor.example:8443", "https://vendor.example/x"),
        ("https://vendor.example/scripts/", "https://vendor.example/other.js"),
        ("https://vendor.example/a.js", "https://vendor.example/a.js.map"),
        ("'unsafe-inline'", "https://vendor.example/"),
        ("???", "https://vendor.example/"),
    ],
)
def test_an_address_that_the_policy_blocks(source: str, url: str) -> None:
    assert not policy(f"connect-src {source}").allows("connect-src", url)


def test_the_default_holds_where_a_directive_is_missing() -> None:
    url = "https://vendor.example/"
    assert not policy("default-src 'self'").allows("img-src", url)
    assert policy("default-src 'self'; img-src *").allows("img-src", url)
    assert policy("frame-ancestors 'none'").allows("img-src", url)
    assert policy("").allows("img-src", url)


def test_of_two_directives_of_one_name_the_first_counts() -> None:
    twice = policy("IMG-SRC 'none'; img-src *")
    assert not twice.allows("img-src", "https://vendor.example/")


def test_a_page_over_http_may_load_itself_over_https() -> None:
    own = policy("connect-src 'self'", "http://shop.example/")
    assert own.allows("connect-src", "https://shop.example/token")


def test_scripts_run_by_host_or_nonce() -> None:
    url = "https://vendor.example/a.js"
    assert policy("script-src vendor.example").allows_script(url, nonce=None)
    assert policy("script-src 'nonce-abc'").allows_script(url, nonce="abc")
    assert not policy("script-src 'nonce-abc'").allows_script(url, nonce="abd")
    assert not policy("script-src 'nonce-abc'").allows_script(url, nonce=None)
    assert policy("img-src 'none'").allows_script(url, nonce=None)


def test_lists_for_elements_come_first() -> None:
    url = "https://vendor.example/a.js"
    both = policy("script-src *; script-src-elem 'self'")
    assert not both.allows_script(url, nonce=None)


def test_under_strict_dynamic_hosts_do_not_count() -> None:
    url = "https://vendor.example/a.js"
    strict = policy("script-src 'nonce-abc' 'strict-dynamic' vendor.example")
    assert not strict.allows_script(url, nonce=None)
    assert strict.allows_script(url, nonce=None, by_script=True)
    assert strict.allows_script(url, nonce="abc")


def test_trusted_types_allow_the_policies_they_name() -> None:
    wanted = "require-trusted-types-for 'script'"
    assert policy("script-src 'self'").allows_trusted_types("ours")
    assert policy(wanted).allows_trusted_types("ours")
    assert policy(f"{wanted}; trusted-types ours").allows_trusted_types("ours")
    assert policy(f"{wanted}; trusted-types *").allows_trusted_types("ours")
    assert not policy(f"{wanted}; trusted-types mine").allows_trusted_types("ours")
