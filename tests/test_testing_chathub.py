"""The fixture that sites with ChatHub test with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from flask_app_inbox import ChatHub
from flask_app_inbox.testing import ChatHubDouble


@pytest.fixture
def hub() -> ChatHub:
    hub = ChatHub()
    hub.operator_loader(lambda: {"sales": 101})
    return hub


@pytest.fixture(params=[{"KEY": "key"}, {"LOGIN": "shop", "PASSWORD": "secret"}])
def app(hub: ChatHub, request: pytest.FixtureRequest) -> Flask:
    app = Flask("shop")
    app.config.update(
        {f"CHATHUB_{name}": request.param[name] for name in request.param}
    )
    app.config.update(SECRET_KEY="a key", CHATHUB_API_URL="https://gw.example/hub")
    hub.init_app(app)
    return app


def ask(client: FlaskClient, *, failed: bool = False) -> tuple[int, str]:
    """Ask for a token like the page does; return the status, and token or code."""
    answer = client.post("/chathub/token", json={"failed": failed})
    body = answer.get_json(force=True)
    return answer.status_code, body.get("token", body.get("code"))


def test_an_operator_keeps_a_token_until_it_is_revoked(
    app: Flask, chathub_vendor: ChatHubDouble
) -> None:
    client = app.test_client()
    assert ask(client) == ask(client) == (200, "token-1-of-101")
    assert ask(client, failed=True) == (200, "token-1-of-101")
    chathub_vendor.revokes_tokens()
    assert ask(client, failed=True) == (200, "token-2-of-101")
    assert chathub_vendor.requests[-1].path == "/api/operator/validate-token"


@pytest.mark.parametrize(
    ("choose", "status"),
    [
        (ChatHubDouble.rejects, 502),
        (ChatHubDouble.limits_rate, 429),
        (ChatHubDouble.is_down, 503),
        (ChatHubDouble.is_unreachable, 503),
        (ChatHubDouble.times_out, 504),
        (ChatHubDouble.answers_nonsense, 502),
    ],
)
def test_each_failure_can_be_chosen(
    app: Flask,
    chathub_vendor: ChatHubDouble,
    choose: Callable[[ChatHubDouble], None],
    status: int,
) -> None:
    choose(chathub_vendor)
    assert ask(app.test_client())[0] == status
    chathub_vendor.gives("mine")
    assert ask(app.test_client()) == (200, "mine")


def test_the_company_lists_its_staff(
    app: Flask, hub: ChatHub, chathub_vendor: ChatHubDouble
) -> None:
    chathub_vendor.lists_operators(101, 102)
    with app.app_context():
        (organization,) = hub.organizations()
        assert [one.id for one in hub.operators(organization.id)] == [101, 102]
