"""The default contact loader: Flask-Login's current user."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import responses
from flask import Flask
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, login_user, logout_user

from flask_app_inbox import Contact, LoaderError
from flask_app_inbox.inbox.login import load_flask_login_contact
from tests.conftest import TOKEN, TOKEN_URL, MakeApp

pytestmark = pytest.mark.usefixtures("no_secret_logged")


@dataclass
class User(UserMixin):  # type: ignore[misc] # Flask-Login has no types
    id: int = 1
    email: Any = "ann.secret@example.com"
    crm_id: Any = "crm-secret-8842"
    mobile: Any = "+38 050 1234567"
    name: str = "Ann"
    email_verified: Any = True
    unknown: list[str] = field(default_factory=list)

    def get_email(self) -> str:
        return "ann.secret@example.com"

    def is_verified(self) -> bool:
        return False


def with_login(app: Flask, user: User) -> Flask:
    """Give an app a login page that logs this user in."""
    manager = LoginManager(app)
    manager.user_loader(lambda user_id: user if user_id == str(user.id) else None)
    app.add_url_rule("/in", "in", view_func=lambda: str(login_user(user)))
    app.add_url_rule("/out", "out", view_func=lambda: str(logout_user()))
    return app


def client_of(make_app: MakeApp, user: User | None = None, **settings: Any) -> Any:
    client: FlaskClient = with_login(
        make_app(loader=None, **settings), user or User()
    ).test_client()
    return client


def contact_of(
    user: User | None = None,
    fields: dict[str, str] | None = None,
    verified: str | None = None,
) -> Contact | None:
    """Load the contact of a user who is logged in."""
    app = with_login(Flask("shop"), user or User())
    app.secret_key = "shop"
    with app.test_request_context():
        login_user(user or User())
        return load_flask_login_contact(fields or {"email": "email"}, verified)


def test_who_is_logged_in_gets_a_token_and_nobody_else_does(
    make_app: MakeApp, vendor: responses.RequestsMock
) -> None:
    sent = responses.matchers.json_params_matcher({"email": "ann.secret@example.com"})
    vendor.post(TOKEN_URL, json={"token": TOKEN}, match=[sent])
    client = client_of(make_app)
    statuses = []
    for page in ("/in", "/out"):
        statuses.append(client.post("/app-inbox/token").status_code)
        client.get(page)
        statuses.append(client.post("/app-inbox/token").status_code)
    assert statuses == [401, 200, 200, 401]


def test_the_login_page_of_the_site_never_takes_the_place_of_the_problem(
    make_app: MakeApp,
) -> None:
    client = client_of(make_app)
    client.application.login_manager.login_view = "in"
    response = client.post("/app-inbox/token")
    assert response.status_code == 401
    assert response.get_json(force=True)["code"] == "login_required"


def test_the_email_alone_is_sent_by_default() -> None:
    assert contact_of() == Contact(email="ann.secret@example.com")


def test_fields_are_mapped_as_the_owner_says() -> None:
    fields = {"external_customer_id": "crm_id", "phone": "mobile", "first_name": "name"}
    assert contact_of(fields=fields) == Contact(
        external_customer_id="crm-secret-8842", phone="380501234567", first_name="Ann"
    )


@pytest.mark.parametrize("given", [7, UUID(int=7)])
def test_an_id_may_be_a_whole_number_or_a_uuid(given: Any) -> None:
    fields = {"external_customer_id": "crm_id"}
    assert contact_of(User(crm_id=given), fields) == Contact(
        external_customer_id=str(given)
    )


@pytest.mark.parametrize(
    ("user", "fields"),
    [
        (User(email=None), {"email": "email"}),
        (User(email=""), {"email": "email"}),
        (User(email="  "), {"email": "email"}),
        (User(mobile="-"), {"phone": "mobile"}),
        (User(mobile="none"), {"phone": "mobile", "first_name": "name"}),
        (User(email=None, mobile=None), {"email": "email", "phone": "mobile"}),
    ],
)
def test_a_user_without_any_identifier_has_no_inbox(
    user: User, fields: dict[str, str]
) -> None:
    assert contact_of(user, fields) is None


def test_one_identifier_of_several_is_enough() -> None:
    fields = {"email": "email", "phone": "mobile"}
    assert contact_of(User(mobile="-"), fields) == Contact("ann.secret@example.com")


@pytest.mark.parametrize("verified", [False, None, 0, ""])
def test_an_email_that_is_not_proved_is_withheld(verified: Any) -> None:
    assert contact_of(User(email_verified=verified), verified="email_verified") is None


def test_an_email_that_is_not_proved_does_not_withhold_the_other_identifiers() -> None:
    contact = contact_of(
        User(email_verified=False),
        {"email": "email", "external_customer_id": "crm_id"},
        "email_verified",
    )
    assert contact == Contact(external_customer_id="crm-secret-8842")


def test_an_email_that_is_proved_is_sent() -> None:
    assert contact_of(verified="email_verified") is not None


@pytest.mark.parametrize(
    ("fields", "verified", "reason"),
    [
        ({"email": "mail"}, None, "no attribute 'mail'"),
        ({"email": "email"}, "confirmed", "no attribute 'confirmed'"),
        ({"email": "get_email"}, None, "'get_email' is a method"),
        ({"email": "email"}, "is_verified", "'is_verified' is a method"),
        ({"email": "unknown"}, None, "Contact.email must be a string"),
        ({"external_customer_id": "email_verified"}, None, "id must be a string"),
    ],
)
def test_an_attribute_that_cannot_serve_is_named(
    fields: dict[str, str], verified: str | None, reason: str
) -> None:
    with pytest.raises(LoaderError, match=reason):
        contact_of(fields=fields, verified=verified)


class WithProperties(User):
    """A user who is made of properties, and of a row behind them."""

    @property
    def within(self) -> str:
        return self.id.nothing  # type: ignore[attr-defined, no-any-return] # it raises

    @property
    def bare(self) -> str:
        raise AttributeError("the profile is gone")

    def __getattr__(self, name: str) -> str:
        if name == "stored":
            return str(self.id.nothing)  # type: ignore[attr-defined] # it raises
        raise AttributeError(name)


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("within", "The user's 'within' raised AttributeError."),
        ("bare", "The user's 'bare' raised AttributeError."),
        ("stored", "The user's 'stored' raised AttributeError."),
        ("elsewhere", "The user has no attribute 'elsewhere'"),
    ],
)
def test_an_attribute_that_raises_is_not_one_that_is_missing(
    attribute: str, said: str
) -> None:
    with pytest.raises(LoaderError, match=f"^{re.escape(said)}") as caught:
        contact_of(WithProperties(), {"email": attribute})
    has_cause = isinstance(caught.value.__cause__, AttributeError)
    assert has_cause == (attribute != "elsewhere")


def test_an_address_too_long_is_told_without_being_repeated() -> None:
    with pytest.raises(LoaderError, match="longer than 320") as caught:
        contact_of(User(email="secret" * 100))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("attribute", ["unknown", "get_email", "nothing"])
def test_a_wrong_map_is_a_problem_in_the_endpoint_and_an_empty_place_in_the_page(
    make_app: MakeApp, attribute: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(make_app, CONTACT_FIELDS={"email": attribute})
    app = client.application
    app.add_url_rule(
        "/", view_func=lambda: app.jinja_env.from_string("[{{ app_inbox() }}]").render()
    )
    client.get("/in")
    response = client.post("/app-inbox/token")
    assert response.status_code == 500
    assert response.get_json(force=True)["code"] == "loader_failed"
    assert client.get("/").text == "[]"
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def tag_in_page(client: FlaskClient) -> str:
    return client.get("/").text.split('data-user="')[1].split('"')[0]


@pytest.fixture
def user() -> User:
    return User()


@pytest.fixture
def logged_in(make_app: MakeApp, user: User) -> FlaskClient:
    """A client of a user whose pages, at /, hold our script."""
    client: FlaskClient = client_of(make_app, user)
    app = client.application
    app.add_url_rule(
        "/", view_func=lambda: app.jinja_env.from_string("{{ app_inbox() }}").render()
    )
    client.get("/in")
    return client


def test_whoever_changes_their_own_email_stays_the_pages_user(
    logged_in: FlaskClient, user: User
) -> None:
    tag = tag_in_page(logged_in)
    user.email = "ann.new@example.com"
    assert tag_in_page(logged_in) == tag
    look = logged_in.get("/app-inbox/user", headers={"X-App-Inbox-User": tag})
    assert look.status_code == 204


@pytest.mark.parametrize("email", ["ann.secret@example.com", "eve@example.com"])
def test_another_login_is_another_user(
    logged_in: FlaskClient, user: User, email: str
) -> None:
    tag = tag_in_page(logged_in)
    user.id, user.email = 2, email
    logged_in.get("/in")
    assert tag_in_page(logged_in) != tag
    look = logged_in.get("/app-inbox/user", headers={"X-App-Inbox-User": tag})
    assert look.status_code == 409


@pytest.mark.parametrize("answer", [None, NotImplementedError("No `id` attribute")])
def test_a_user_without_an_id_is_known_by_their_email(
    logged_in: FlaskClient,
    user: User,
    answer: Exception | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def get_id(_: User) -> None:
        if answer:
            raise answer

    monkeypatch.setattr(User, "get_id", get_id)
    tag = tag_in_page(logged_in)
    user.email = "eve@example.com"
    assert tag_in_page(logged_in) != tag


def test_a_contact_with_an_external_id_stays_the_same_with_another_email(
    make_app: MakeApp,
) -> None:
    contact = Contact(external_customer_id=7, email="ann@example.com")
    app = make_app(loader=lambda: contact)
    app.add_url_rule(
        "/", view_func=lambda: app.jinja_env.from_string("{{ app_inbox() }}").render()
    )
    tag = tag_in_page(app.test_client())
    contact = Contact(external_customer_id=7, email="ann.new@example.com")
    assert tag_in_page(app.test_client()) == tag
    contact = Contact(external_customer_id=8, email="ann.new@example.com")
    assert tag_in_page(app.test_client()) != tag


def test_an_app_without_flask_login_does_not_import_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "flask_login", None)
    app = Flask("shop")
    with (
        app.test_request_context(),
        pytest.raises(LoaderError, match="neither Flask-Login nor a contact_loader"),
    ):
        load_flask_login_contact({"email": "email"}, None)
