"""Customers' questions to the shop. Demo only: they become chats in the sandbox.

Real customers write from their messengers, without any shop in between.
"""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from .accounts import STAFF
from .backstage import SandboxError, current_backstage
from .desks import DESKS
from .forms import QuestionForm
from .languages import translate
from .sign_in import require_login

blueprint = Blueprint("questions", __name__)


@blueprint.before_request
def let_customers_in() -> Response | None:
    """Require a login; without a sandbox there is no page."""
    if current_backstage() is None:
        abort(404)
    refusal = require_login()
    if refusal is None and current_user.role == STAFF:
        abort(404)
    return refusal


@blueprint.get("/ask")
def ask() -> str:
    """Show the form and the conversation so far."""
    return _page(QuestionForm())


@blueprint.post("/ask")
def send() -> str | Response:
    """Send a question to one of the desks."""
    form = QuestionForm()
    if not form.validate():
        return _page(form)
    backstage = current_backstage()
    [desk] = [one for one in DESKS if one.alias == form.desk.data]
    try:
        if backstage is not None:
            text = form.text.data.strip()
            backstage.write(desk.organization, current_user.name, text)
    except SandboxError as error:
        current_app.logger.warning("A question was not sent: %s", error)
        form.text.errors = ["ask.failed"]
        return _page(form)
    flash(translate("ask.sent"))
    return redirect(url_for("questions.ask"))


def _page(form: QuestionForm) -> str:
    return render_template("ask.html", form=form, desks=DESKS, threads=_threads())


def _threads() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return this customer's conversations, with the desk's alias."""
    backstage = current_backstage()
    threads = []
    try:
        for desk in DESKS:
            chats = backstage.chats(desk.organization) if backstage else []
            threads += [
                (desk.alias, chat["messages"])
                for chat in chats
                if chat["customer"] == current_user.name
            ]
    except (SandboxError, KeyError) as error:
        current_app.logger.warning("The chats could not be read: %s", error)
    return threads
