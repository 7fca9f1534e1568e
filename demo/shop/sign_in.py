"""Logging in and out, and the account page."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from .accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, authenticate
from .customers import register
from .forms import LoginForm
from .orders import orders_of

blueprint = Blueprint("sign_in", __name__)

#: A plain path: no empty segment, which a browser may read as another host, and no
#: character that browsers drop or replace, such as a tab or a backslash.
_PLAIN_PATH = re.compile(r"/|(?:/[\w-][\w.-]*)+/?", re.ASCII)


def require_login() -> Response | None:
    """Send visitors to the login page; for ``before_request``."""
    if current_user.is_authenticated:
        return None
    return redirect(url_for("sign_in.login", next=request.path))


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> str | Response:
    """Log somebody in and take them to the page they wanted."""
    if current_user.is_authenticated:
        return redirect(url_for("sign_in.account"))
    form = LoginForm()
    if not form.validate_on_submit():
        return _login_page(form)
    account = authenticate(form.email.data, form.password.data)
    if account is None:
        form.password.errors = ["login.wrong"]
        return _login_page(form)
    login_user(account)
    register(account)
    return redirect(_wanted_page())


@blueprint.post("/logout")
def logout() -> Response:
    """Log out; the next page has no bell."""
    if FlaskForm().validate_on_submit():
        logout_user()
    return redirect(url_for("catalogue.home"))


@blueprint.get("/account")
def account() -> str | Response:
    """Show the account and its orders."""
    refusal = require_login()
    if refusal is not None:
        return refusal
    return render_template("account.html", orders=orders_of(current_user.id))


def _login_page(form: LoginForm) -> str:
    return render_template(
        "login.html", form=form, accounts=DEMO_ACCOUNTS, password=DEMO_PASSWORD
    )


def _wanted_page() -> str:
    """Return the page that asked for the login, if it belongs to this shop."""
    wanted = request.args.get("next", "")
    if _PLAIN_PATH.fullmatch(wanted):
        return wanted
    return url_for("catalogue.home")
