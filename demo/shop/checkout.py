"""From the basket to an order: the confirmation and the order's page."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from .basket import current_basket, empty_basket
from .forms import OrderForm
from .news import tell_about_order
from .orders import Order, find_attempt, find_order, place_order
from .sign_in import require_login

blueprint = Blueprint("checkout", __name__)
blueprint.before_request(require_login)

#: Session key: the outcome of the message about the latest order.
_TOLD = "told"


@blueprint.get("/checkout")
def review() -> str | Response:
    """Show the order before it is placed."""
    goods = current_basket()
    if not goods.lines:
        return redirect(url_for("basket.show"))
    form = OrderForm(formdata=None, attempt=secrets.token_hex(8))
    return render_template("checkout.html", goods=goods, form=form)


@blueprint.post("/checkout")
def confirm() -> Response:
    """Place the order, once, and tell the vendor about it."""
    form = OrderForm()
    if not form.validate():
        abort(400)
    attempt = form.attempt.data
    goods = current_basket()
    if not goods.lines:
        return _after_second_click(attempt)
    order, is_new = place_order(current_user.id, attempt, goods)
    empty_basket()
    if is_new:
        outcome = tell_about_order(current_user, order)
        session[_TOLD] = {"number": order.number, "outcome": outcome.value}
    return redirect(_page_of(order))


@blueprint.get("/orders/<number>")
def order(number: str) -> str:
    """Show one of the customer's own orders."""
    shown = find_order(current_user.id, number) or abort(404)
    told = session.get(_TOLD, {})
    outcome = told["outcome"] if told.get("number") == shown.number else None
    return render_template("order.html", order=shown, outcome=outcome)


def _after_second_click(attempt: str) -> Response:
    made = find_attempt(current_user.id, attempt)
    return redirect(_page_of(made) if made else url_for("basket.show"))


def _page_of(order: Order) -> str:
    return url_for("checkout.order", number=order.number)
