"""Two sites as they are found: one with everything in a factory, one with g alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from flask import (
    Blueprint,
    Flask,
    g,
    redirect,
    render_template_string,
    request,
    session,
)
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
)
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response
from wtforms import StringField

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import VendorDouble
from tests.integrations.conftest import LAYOUT, ask, shown

# As a factory has them: made once, initialised for each app.
db = SQLAlchemy()
csrf = CSRFProtect()
babel = Babel()
login_manager = LoginManager()
app_inbox = AppInbox()


class User(UserMixin, db.Model):  # type: ignore[misc, name-defined]  # without types
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String, nullable=False)
    locale = db.Column(db.String, default="uk")


class LoginForm(FlaskForm):  # type: ignore[misc]  # without types
    email = StringField()


views = Blueprint("views", __name__)


@views.route("/login", methods=["GET", "POST"])
def login() -> Any:
    form = LoginForm()
    if form.validate_on_submit():
        user = db.session.query(User).filter_by(email=form.email.data).one()
        login_user(user)
        return redirect("/")
    return render_template_string("{{ form.csrf_token }}", form=form)


@views.get("/logout")
def logout() -> Response:
    logout_user()
    return redirect("/login")


@views.get("/")
@login_required  # type: ignore[untyped-decorator]  # Flask-Login has no types
def index() -> str:
    return render_template_string(LAYOUT)


def choose_locale() -> str:
    return current_user.locale if current_user.is_authenticated else "en"


def create_app() -> Flask:
    app = Flask("big shop")
    app.config.update(
        SECRET_KEY="a key",
        SQLALCHEMY_DATABASE_URI="sqlite://",
        APP_INBOX_API_KEY="key",
        APP_INBOX_SCRIPT_ID="SITE",
    )
    for extension in (db, csrf, login_manager, app_inbox):
        extension.init_app(app)
    babel.init_app(app, locale_selector=choose_locale)
    login_manager.login_view = "views.login"
    login_manager.user_loader(lambda key: db.session.get(User, int(key)))
    app.register_blueprint(views)
    with app.app_context():
        db.create_all()
        db.session.add_all(
            [User(email="ann@example.com"), User(email="bob@example.com")]
        )
        db.session.commit()
    return app


@pytest.fixture
def make_big() -> Iterator[Callable[[], Flask]]:
    apps: list[Flask] = []

    def make() -> Flask:
        apps.append(create_app())
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def big(make_big: Callable[[], Flask]) -> Flask:
    return make_big()


def log_in(client: FlaskClient, email: str) -> None:
    form = client.get("/login").text
    token = form.partition('value="')[2].partition('"')[0]
    answer = client.post("/login", data={"email": email, "csrf_token": token})
    assert answer.status_code == 302, answer.text


def test_the_big_site_needs_two_lines(
    big: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = big.test_client()
    log_in(client, "ann@example.com")
    page = shown(client.get("/"))
    assert page.attribute("data-language") == "uk"
    assert ask(client, page).json == {"token": "token-1"}
    assert app_inbox_vendor.requests[0].body == {"email": "ann@example.com"}


def test_after_another_login_the_old_page_gets_nothing(
    big: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = big.test_client()
    log_in(client, "ann@example.com")
    page = shown(client.get("/"))
    client.get("/logout")
    assert ask(client, page).status_code == 401
    log_in(client, "bob@example.com")
    assert ask(client, page).status_code == 409


def test_an_expired_login_is_no_redirect_for_the_script(
    big: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = big.test_client()
    assert client.get("/").status_code == 302
    answer = client.post("/app-inbox/token")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_the_factory_makes_as_many_apps_as_one_likes(
    make_big: Callable[[], Flask], app_inbox_vendor: VendorDouble
) -> None:
    for app in (make_big(), make_big()):
        client = app.test_client()
        log_in(client, "ann@example.com")
        assert ask(client, shown(client.get("/"))).status_code == 200


def test_check_sees_the_big_site_as_a_user_does(big: Flask) -> None:
    arguments = ["app-inbox", "check", "--offline", "--session", "_user_id=1"]
    output = big.test_cli_runner().invoke(args=arguments).output
    for told in ("Our script is in the page", "anchor #app-inbox is in", "answers 401"):
        assert told in output


# A site without Flask-Login, as Flask's own tutorial builds one


PEOPLE = {1: "ann@example.com", 2: "bob@example.com"}


@pytest.fixture
def small() -> Flask:
    app = Flask("small shop")
    app.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="SITE"
    )
    inbox = AppInbox(app)

    @inbox.contact_loader
    def contact() -> Contact | None:
        return Contact(email=g.user) if g.user else None

    @app.before_request
    def load_logged_in_user() -> None:
        g.user = PEOPLE.get(cast(int, session.get("user_id")))

    @app.get("/login")
    def log_in() -> str:
        session.clear()
        session["user_id"] = int(request.args["id"])
        return "Welcome"

    app.add_url_rule("/", "index", lambda: render_template_string(LAYOUT))
    return app


def test_the_small_site_says_who_is_logged_in(
    small: Flask, app_inbox_vendor: VendorDouble
) -> None:
    client = small.test_client()
    assert shown(client.get("/")).attribute("src") is None
    for number, email in PEOPLE.items():
        client.get("/login", query_string={"id": number})
        assert ask(client, shown(client.get("/"))).status_code == 200
        assert app_inbox_vendor.requests[-1].body == {"email": email}


def test_check_sees_the_small_site_as_a_user_does(small: Flask) -> None:
    arguments = ["app-inbox", "check", "--offline", "--session", "user_id=2"]
    output = small.test_cli_runner().invoke(args=arguments).output
    assert "Our script is in the page, once." in output
