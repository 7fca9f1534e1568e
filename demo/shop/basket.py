"""The basket, kept in the visitor's session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    redirect,
    render_template,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from .catalogue import CATALOGUE, Product
from .forms import MOST, QuantityForm
from .languages import translate

blueprint = Blueprint("basket", __name__, url_prefix="/basket")

#: Delivery in cents, and the value of goods that makes it free.
SHIPPING = 490
FREE_FROM = 6000

_KEY = "basket"


@dataclass(frozen=True)
class Line:
    """A quantity of one product; `price` is for one, in cents."""

    product: Product
    quantity: int
    price: int

    @property
    def total(self) -> int:
        """The line's price in cents."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Goods:
    """What is in a basket or an order."""

    lines: tuple[Line, ...]
    shipping: int

    @property
    def value(self) -> int:
        """The lines' price in cents, without delivery."""
        return sum(line.total for line in self.lines)

    @property
    def total(self) -> int:
        """What to pay, in cents."""
        return self.value + self.shipping

    @property
    def count(self) -> int:
        """How many things there are."""
        return sum(line.quantity for line in self.lines)

    @property
    def missing_for_free(self) -> int:
        """How many cents are missing for free delivery."""
        return max(0, FREE_FROM - self.value)


def init_app(app: Flask) -> None:
    """Show the number of things in every page's header."""
    app.jinja_env.globals["basket_count"] = lambda: current_basket().count


def current_basket() -> Goods:
    """Return the visitor's basket, without products that the shop no longer has."""
    lines = tuple(
        Line(CATALOGUE[slug], quantity, CATALOGUE[slug].price)
        for slug, quantity in _quantities().items()
        if slug in CATALOGUE
    )
    value = sum(line.total for line in lines)
    return Goods(lines, SHIPPING if 0 < value < FREE_FROM else 0)


def empty_basket() -> None:
    """Empty the basket."""
    session.pop(_KEY, None)


@blueprint.get("")
def show() -> str:
    """Show the basket."""
    return render_template("basket.html", goods=current_basket(), form=QuantityForm())


@blueprint.post("/<slug>/add")
def add(slug: str) -> Response:
    """Add a product."""
    form = _checked_form(slug)
    before = _quantities().get(slug, 0)
    _set(slug, min(MOST, before + form.quantity.data))
    flash(translate("basket.added", name=translate(f"product.{slug}.name")))
    return redirect(url_for("basket.show"))


@blueprint.post("/<slug>")
def change(slug: str) -> Response:
    """Set a product's quantity; 0 removes it."""
    form = _checked_form(slug)
    _set(slug, form.quantity.data)
    return redirect(url_for("basket.show"))


def _checked_form(slug: str) -> QuantityForm:
    form = QuantityForm()
    if slug not in CATALOGUE:
        abort(404)
    if not form.validate():
        abort(400)
    return form


def _quantities() -> dict[str, int]:
    """Return each product's quantity, in the order they were added."""
    return dict(session.get(_KEY, ()))


def _set(slug: str, quantity: int) -> None:
    basket = {**_quantities(), slug: quantity}
    # A list of pairs, because the session sorts the keys of a dict.
    session[_KEY] = [[key, count] for key, count in basket.items() if count > 0]
