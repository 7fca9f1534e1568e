"""Who may ask: pages of this site, for the user that they were made for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, request

from flask_app_inbox import Contact
from flask_app_inbox.inbox.login import user_tag
from flask_app_inbox.web.guards import check_same_origin
from flask_app_inbox.web.problems import CrossOrigin, UserChanged
from flask_app_inbox.web.user_tag import USER_HEADER, check_user
from tests.conftest import API_KEY, CONTACT, SECRETS, MakeApp, state_of


def passes(base_url: str = "http://shop.example", **headers: str) -> bool:
    """Tell whether the origin check lets a request with such headers pass."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    app = Flask("shop")
    with app.test_request_context("/", base_url=base_url, headers=named):
        try:
            check_same_origin(request)
        except CrossOrigin:
            return False
        return True


def test_a_page_of_this_site_passes() -> None:
    assert passes(Sec_Fetch_Site="same-origin")


@pytest.mark.parametrize(
    "site", ["cross-site", "same-site", "none", "", "Same-Origin?"]
)
def test_a_page_of_any_other_site_is_refused(site: str) -> None:
    assert not passes(Sec_Fetch_Site=site)


def test_what_the_browser_says_of_the_site_weighs_more_than_the_origin() -> None:
    assert passes(Sec_Fetch_Site="same-origin", Origin="https://behind.a.proxy")
    assert not passes(Sec_Fetch_Site="cross-site", Origin="http://shop.example")


def test_what_is_no_browser_passes() -> None:
    assert passes()


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("http://shop.example", "http://shop.example"),
        ("http://shop.example", "http://SHOP.example"),
        ("http://SHOP.example", "http://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("http://shop.example", "https://shop.example"),
        ("http://shop.example", "https://shop.example:443"),
        ("http://shop.example:8080", "http://shop.example:8080"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://[::1]", "http://[::1]"),
    ],
)
def test_the_origin_of_this_host_passes(base_url: str, origin: str) -> None:
    assert passes(base_url, Origin=origin)


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("http://shop.example", "http://evil.example"),
        ("http://shop.example", "http://shop.example.evil.example"),
        ("http://shop.example", "http://sub.shop.example"),
        ("http://shop.example", "http://shop.example:8080"),
        ("http://shop.example:8080", "http://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8081"),
        ("http://shop.example", "null"),
        ("http://shop.example", ""),
        ("http://shop.example", "shop.example"),
        ("http://shop.example", "//shop.example"),
        ("http://shop.example", "ftp://shop.example"),
        ("http://shop.example", "chrome-extension://shop.example"),
        ("http://shop.example", "http://evil@shop.example"),
        ("http://shop.example", "http://shop.example/"),
        ("http://shop.example", "http://shop.example, http://evil.example"),
        ("http://[::1]:5000", "http://[::1]:5001"),
        ("http://[::1]:5000", "http://::1:5000"),
    ],
)
def test_the_origin_of_another_host_is_refused(base_url: str, origin: str) -> None:
    assert not passes(base_url, Origin=origin)


@pytest.mark.parametrize("origin", ["http://", "https://", "https://:443", "null"])
@pytest.mark.parametrize("host", ["", "a b", "a<b", "x:port"])
def test_a_request_without_a_sensible_host_matches_no_origin(
    host: str, origin: str
) -> None:
    assert not passes(Host=host, Origin=origin)


def test_an_unproved_word_about_the_host_before_a_proxy_does_not_count() -> None:
    assert not passes(
        "http://10.0.0.5", Origin="http://evil.example", X_Forwarded_Host="evil.example"
    )


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


def tag_of(app: Flask, contact: Contact = CONTACT) -> str:
    return user_tag(app, state_of(app).settings, contact)


def test_a_tag_shows_nothing_of_a_contact(app: Flask) -> None:
    tag = tag_of(app)
    assert re.fullmatch("[0-9a-f]{32}", tag)
    assert not any(secret in tag for secret in SECRETS)


def test_a_tag_is_the_same_for_the_same_contact(app: Flask) -> None:
    again = Contact(CONTACT.email, CONTACT.phone, CONTACT.external_customer_id, "Ann")
    assert tag_of(app, again) == tag_of(app)


@pytest.mark.parametrize(
    "other",
    [
        Contact(email="x"),
        Contact(external_customer_id="x"),
        Contact(email="x", external_customer_id="y"),
        Contact(email="y", external_customer_id="x"),
        Contact(email="1"),
        Contact(phone="1"),
    ],
)
def test_a_tag_is_another_for_another_contact(app: Flask, other: Contact) -> None:
    third = Contact(email="z")
    assert len({tag_of(app, other), tag_of(app, third), tag_of(app)}) == 3


def test_contacts_with_the_same_text_in_other_fields_have_other_tags(
    app: Flask,
) -> None:
    contacts = [Contact(email="1"), Contact(phone="1"), Contact(None, None, "1")]
    assert len({tag_of(app, contact) for contact in contacts}) == 3


@pytest.mark.parametrize("key", ["other", b"other", "shop2"])
def test_a_tag_cannot_be_made_without_the_apps_key(make_app: MakeApp, key: Any) -> None:
    other = make_app(prepare=lambda app: setattr(app, "secret_key", key))
    assert tag_of(other) != tag_of(make_app())


def test_an_app_without_a_key_makes_tags_under_the_vendors(make_app: MakeApp) -> None:
    keyless = make_app(config={"SECRET_KEY": None})
    other = make_app(config={"SECRET_KEY": None}, API_KEY=API_KEY + "2")
    assert tag_of(keyless) != tag_of(other)


def test_a_broken_character_in_an_address_does_not_stop_a_tag(app: Flask) -> None:
    assert tag_of(app, Contact(email="\ud800@example.com"))


@pytest.mark.parametrize("shown", [None, "", "tag"])
def test_a_page_of_the_same_user_or_of_no_named_one_passes(
    app: Flask, shown: str | None
) -> None:
    headers = {} if shown is None else {USER_HEADER: shown}
    with app.test_request_context("/", headers=headers):
        check_user(request, "tag")


@pytest.mark.parametrize("shown", ["TAG", "tag2", "t", "дзвін", "a" * 5000])
def test_a_page_of_another_user_is_refused(app: Flask, shown: str) -> None:
    header = shown.encode().decode("latin-1")
    with (
        app.test_request_context("/", headers={USER_HEADER: header}),
        pytest.raises(UserChanged),
    ):
        check_user(request, "tag")
