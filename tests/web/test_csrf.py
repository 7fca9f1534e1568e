"""Beside Flask-WTF's CSRFProtect, whichever of the two comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

from flask_app_inbox import AppInbox
from tests.conftest import API_KEY, API_URL, TOKEN, TOKEN_URL, load_contact


def inbox_first(app: Flask) -> None:
    AppInbox(app).contact_loader(load_contact)
    CSRFProtect(app)


def csrf_first(app: Flask) -> None:
    CSRFProtect(app)
    AppInbox(app).contact_loader(load_contact)


@pytest.fixture(params=[inbox_first, csrf_first])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    prepare: Callable[[Flask], None] = request.param
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="shop", APP_INBOX_API_KEY=API_KEY, APP_INBOX_API_URL=API_URL
    )
    app.add_url_rule("/form", view_func=lambda: "changed", methods=["POST"])
    prepare(app)
    return app.test_client()


def test_a_token_needs_no_form_token(
    client: FlaskClient, vendor: responses.RequestsMock
) -> None:
    vendor.post(TOKEN_URL, json={"token": TOKEN})
    assert client.post("/app-inbox/token").json == {"token": TOKEN}


def test_the_origin_is_checked_in_its_place(client: FlaskClient) -> None:
    headers = {"Origin": "https://evil.example"}
    assert client.post("/app-inbox/token", headers=headers).status_code == 403


def test_the_forms_of_the_site_are_protected_as_before(client: FlaskClient) -> None:
    client.post("/app-inbox/token", headers={"Origin": "null"})
    assert client.post("/form").status_code == 400
