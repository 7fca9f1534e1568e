"""What the shop sells, and its pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, abort, render_template, request

from .forms import QuantityForm

blueprint = Blueprint("catalogue", __name__)

SHELVES = ("tea", "clay", "table")


@dataclass(frozen=True)
class Product:
    """One product; its name and description are in the shop's texts.

    :param price: in cents.
    :param facts: names and values, in the order of the page.
    :param beside: slugs of products that go well with it.
    """

    slug: str
    shelf: str
    price: int
    facts: tuple[tuple[str, str], ...]
    beside: tuple[str, str, str]

    @property
    def picture(self) -> str:
        """The picture's path in the static folder."""
        return f"pictures/{self.slug}.svg"


CATALOGUE = {
    product.slug: product
    for product in (
        Product(
            "teapot",
            "clay",
            6800,
            (("volume", "650"), ("height", "14"), ("fired", "1240")),
            ("cups", "linden", "kettle"),
        ),
        Product(
            "campfire",
            "tea",
            1450,
            (("weight", "90"), ("water", "96"), ("minutes", "4")),
            ("cups", "honey", "thyme"),
        ),
        Product(
            "cups",
            "clay",
            3900,
            (("volume", "180"), ("height", "8"), ("fired", "1220")),
            ("teapot", "campfire", "plate"),
        ),
        Product(
            "frost",
            "tea",
            1650,
            (("weight", "80"), ("water", "72"), ("minutes", "2")),
            ("bowl", "cups", "linden"),
        ),
        Product(
            "jug",
            "clay",
            5200,
            (("volume", "900"), ("height", "24"), ("fired", "1240")),
            ("plate", "honey", "teapot"),
        ),
        Product(
            "linden",
            "tea",
            1100,
            (("weight", "60"), ("water", "92"), ("minutes", "6")),
            ("honey", "teapot", "thyme"),
        ),
        Product(
            "plate",
            "clay",
            2700,
            (("width", "22"), ("fired", "1220")),
            ("jug", "cups", "honey"),
        ),
        Product(
            "fireweed",
            "tea",
            1250,
            (("weight", "75"), ("water", "94"), ("minutes", "5")),
            ("kettle", "honey", "cups"),
        ),
        Product(
            "kettle",
            "table",
            5900,
            (("volume", "1800"), ("height", "21")),
            ("fireweed", "teapot", "campfire"),
        ),
        Product(
            "bowl",
            "clay",
            4400,
            (("volume", "420"), ("width", "13"), ("fired", "1260")),
            ("frost", "plate", "linden"),
        ),
        Product(
            "honey",
            "table",
            950,
            (("weight", "350"),),
            ("linden", "thyme", "plate"),
        ),
        Product(
            "thyme",
            "tea",
            1200,
            (("weight", "60"), ("water", "95"), ("minutes", "5")),
            ("honey", "campfire", "jug"),
        ),
    )
}


def init_app(app: Flask) -> None:
    """Show the shelves in every page's header."""
    app.jinja_env.globals["shelves"] = SHELVES


@blueprint.get("/")
def home() -> str:
    """Show all products, or one shelf."""
    shelf = request.args.get("shelf")
    if shelf is not None and shelf not in SHELVES:
        abort(404)
    products = [p for p in CATALOGUE.values() if shelf in (None, p.shelf)]
    return render_template(
        "home.html",
        products=products,
        shelf=shelf,
        form=QuantityForm(),
    )


@blueprint.get("/things/<slug>")
def product(slug: str) -> str:
    """Show one product."""
    shown = CATALOGUE.get(slug) or abort(404)
    return render_template(
        "product.html",
        product=shown,
        beside=[CATALOGUE[other] for other in shown.beside],
        form=QuantityForm(),
    )
