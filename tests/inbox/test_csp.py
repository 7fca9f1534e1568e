"""What a Content-Security-Policy is told to allow."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import ContentSecurityPolicy

from flask_app_inbox import AppInbox


def make_app(**settings: Any) -> Flask:
    app = Flask("shop")
    app.config.update(
        {
            f"APP_INBOX_{key}": value
            for key, value in {"API_KEY": "k", **settings}.items()
        }
    )
    return app


def allowed(into: Any = None, **settings: Any) -> dict[str, list[str]]:
    """Return what an app with these settings allows."""
    app = make_app(**settings)  # it would not live without its name
    return AppInbox(app).csp_sources(into)


def test_the_platforms_hosts_are_named() -> None:
    sources = allowed()
    assert sources == {
        "script-src": ["'self'", "https://statics.esputnik.com"],
        "connect-src": ["'self'", "https://esputnik.com", "https://*.esputnik.com"],
        "img-src": ["'self'", "https:"],
    }


@pytest.mark.parametrize("platform", ["yespo", "reteno"])
def test_other_brands_call_their_own_domain_too(platform: str) -> None:
    sources = allowed(PLATFORM=platform)
    assert any(platform in source for source in sources["connect-src"])
    assert "https://*.esputnik.com" in sources["connect-src"]


def test_a_documented_address_of_the_platform_changes_nothing() -> None:
    other = allowed(API_URL="https://esputnik.com")
    assert other == allowed()


def test_a_stand_in_is_the_only_one_that_is_called() -> None:
    sources = allowed(
        API_URL="http://127.0.0.1:5001/api", SCRIPT_URL="http://127.0.0.1:5001"
    )
    assert sources == {
        "script-src": ["'self'", "http://127.0.0.1:5001"],
        "connect-src": ["'self'", "http://127.0.0.1:5001"],
        "img-src": ["'self'", "https:", "http://127.0.0.1:5001"],
    }


def test_a_policy_keeps_what_its_default_allowed() -> None:
    policy = {"default-src": ["'self'", "cdn.example"], "img-src": "*"}
    merged = allowed(policy)
    assert merged["default-src"] == ["'self'", "cdn.example"]
    assert merged["script-src"][:2] == ["'self'", "cdn.example"]
    assert "https://esputnik.com" in merged["connect-src"]
    assert merged["img-src"] == ["*"]
    assert policy == {"default-src": ["'self'", "cdn.example"], "img-src": "*"}


def test_what_no_directive_forbids_stays_free() -> None:
    merged = allowed({"script-src": "'self'"})
    assert set(merged) == {"script-src"}


@pytest.mark.parametrize("name", ["script-src", "script-src-elem", "connect-src"])
@pytest.mark.parametrize("sources", ["https://one.example https://two.example", ""])
def test_a_directive_without_the_site_allows_our_script_and_endpoint(
    name: str, sources: str
) -> None:
    merged = allowed({name: sources})
    assert set(merged) == {name}
    assert set(merged[name]) > {"'self'", *sources.split()}


def test_none_gives_way() -> None:
    merged = allowed({"default-src": "'none'"})
    assert merged["default-src"] == ["'none'"]
    assert merged["script-src"] == ["'self'", "https://statics.esputnik.com"]


def test_lists_for_elements_and_trusted_types_are_completed() -> None:
    policy = {"script-src-elem": "'self'", "trusted-types": "mine"}
    merged = allowed(policy)
    assert merged["script-src-elem"] == ["'self'", "https://statics.esputnik.com"]
    assert merged["trusted-types"] == ["mine", "app-inbox"]


def test_werkzeugs_policy_can_be_given() -> None:
    policy: Any = ContentSecurityPolicy({"default-src": "'self'"})
    policy["frame-src"] = None
    merged = allowed(policy)
    assert merged["frame-src"] == []
    assert "https://statics.esputnik.com" in merged["script-src"]


def test_it_has_to_be_clear_which_app_is_meant() -> None:
    inbox = AppInbox()
    with pytest.raises(RuntimeError, match=r"init_app\(app\) before csp_sources\(\)"):
        inbox.csp_sources()
    first, second = make_app(), make_app(PLATFORM="yespo")
    inbox.init_app(first)
    inbox.init_app(second)
    with pytest.raises(RuntimeError, match=r"csp_sources\(app=app\).*2 apps"):
        inbox.csp_sources()
    with pytest.raises(RuntimeError, match="init_app"):
        inbox.csp_sources(app=make_app())
    assert "https://yespo.io" in inbox.csp_sources(app=second)["connect-src"]
    with first.app_context():
        assert "https://yespo.io" not in inbox.csp_sources()["connect-src"]
