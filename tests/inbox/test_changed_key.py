"""Pages that were open when the site changed its ``SECRET_KEY``."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_login import LoginManager, UserMixin
from werkzeug.test import TestResponse

from flask_app_inbox import Contact
from flask_app_inbox.testing import VendorDouble
from flask_app_inbox.web.user_tag import USER_HEADER
from tests.conftest import CONTACT, MakeApp, state_of

OLD, NEW = "the old key", "the new key"
EVE = Contact(email="eve@example.com")


def user_tag(app: Flask) -> str:
    with app.test_request_context():
        state = state_of(app)
        contact = state.contact()
        assert contact is not None
        return state.user_tag(contact)


def after_the_change(make_app: MakeApp, **given: Any) -> tuple[Flask, str]:
    """Return the site with its new key, and the tag in a page from before."""
    before = make_app(config={"SECRET_KEY": OLD}, WIDGET="site", **given)
    config = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": ["an older one", OLD]}
    return make_app(config=config, WIDGET="site", **given), user_tag(before)


def answers(app: Flask, tag: str) -> dict[str, TestResponse]:
    """Ask each address that compares tags, as a page does."""
    client = app.test_client()
    headers = {USER_HEADER: tag}
    return {
        "token": client.post("/app-inbox/token", headers=headers),
        "user": client.get("/app-inbox/user", headers=headers),
        "embed": client.get("/app-inbox/embed", headers=headers),
        "messages": client.get("/app-inbox/messages", headers=headers),
        "unread": client.get("/app-inbox/unread", headers=headers),
        "read": client.post(
            "/app-inbox/messages/read", json={"all": True}, headers=headers
        ),
    }


def statuses(app: Flask, tag: str) -> set[int]:
    return {answer.status_code for answer in answers(app, tag).values()}


def test_the_users_own_pages_go_on(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.has_messages(["One"])
    app, tag = after_the_change(make_app)
    assert user_tag(app) != tag
    assert statuses(app, tag) == {200, 204}
    form = {"all": "1", "user": tag}
    told = app.test_client().post("/app-inbox/messages/read", data=form)
    assert told.location == "/app-inbox/?marked=1"


def test_a_user_of_flask_login_is_who_they_were(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor

    class User(UserMixin):  # type: ignore[misc] # it has no types
        id = "7"
        email = "ann@example.com"

    def prepare(app: Flask) -> None:
        manager = LoginManager(app)
        manager.request_loader(lambda _: User())

    app, tag = after_the_change(make_app, loader=None, prepare=prepare)
    assert statuses(app, tag) == {200, 204}


def test_pages_of_another_user_stay_refused(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    app, tag = after_the_change(make_app)
    state_of(app).loaders.contact = lambda: EVE
    assert statuses(app, tag) == {409}
    assert app_inbox_vendor.requests == []


def test_a_key_that_the_site_gave_up_is_no_key(
    make_app: MakeApp, app_inbox_vendor: VendorDouble
) -> None:
    del app_inbox_vendor
    _, tag = after_the_change(make_app)
    app = make_app(config={"SECRET_KEY": NEW}, WIDGET="site", loader=lambda: CONTACT)
    assert statuses(app, tag) == {409}


@pytest.mark.parametrize("widget", ["site", "vendor"])
def test_a_page_without_our_templates_goes_on(
    make_app: MakeApp, app_inbox_vendor: VendorDouble, widget: str
) -> None:
    del app_inbox_vendor
    _, tag = after_the_change(make_app)
    config = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD]}
    app = make_app(config=config, WIDGET=widget)
    answer = app.test_client().get("/app-inbox/embed", headers={USER_HEADER: tag})
    assert answer.json is not None
    assert answer.json["script"]["attributes"]["data-user"] == user_tag(app)
