"""Flask-Session: what is logged in lives in Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_session import Session
from redis import Redis

from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import MakeSite, ask, client_of, shown


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def site(make_site: MakeSite, redis: Redis) -> Flask:
    return make_site(
        prepare=Session,
        config={"SESSION_TYPE": "redis", "SESSION_REDIS": redis},
    )


def test_tokens_are_for_whom_the_session_in_redis_names(
    site: Flask, app_inbox_vendor: VendorDouble
) -> None:
    ann, bob = client_of(site), client_of(site, "bob@example.com")
    for client, email in ((ann, "ann@example.com"), (bob, "bob@example.com")):
        assert ask(client, shown(client.get("/"))).status_code == 200
        assert app_inbox_vendor.requests[-1].body == {"email": email}


def test_a_session_that_ended_in_redis_gets_no_token(
    site: Flask, redis: Redis, app_inbox_vendor: VendorDouble
) -> None:
    ann = client_of(site)
    page = shown(ann.get("/"))
    redis.flushall()
    answer = ask(ann, page)
    assert (answer.status_code, (answer.json or {})["code"]) == (401, "login_required")


def test_a_page_of_the_user_before_gets_no_token(
    site: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = client_of(site)
    page = shown(client.get("/"))
    with client.session_transaction() as session:
        session["email"] = "bob@example.com"
    assert ask(client, page).status_code == 409
    assert app_inbox_vendor.requests == []


def test_check_logs_in_through_redis_too(site: Flask) -> None:
    arguments = [
        "app-inbox",
        "check",
        "--offline",
        "--session",
        "email=ann@example.com",
    ]
    output = site.test_cli_runner().invoke(args=arguments).output
    assert "Our script is in the page, once." in output
