"""Catalogue and basket of the demo shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.shop.basket import FREE_FROM, SHIPPING
from demo.shop.catalogue import CATALOGUE

from .conftest import Visitor

STATIC = Path(__file__).parents[2] / "demo" / "shop" / "static"


@pytest.mark.parametrize("slug", CATALOGUE)
def test_every_product_has_a_page_and_a_picture(visitor: Visitor, slug: str) -> None:
    product = CATALOGUE[slug]
    page = visitor.text(f"/things/{slug}")
    assert f"/static/pictures/{slug}.svg" in page
    assert (STATIC / product.picture).exists()
    assert set(product.beside) <= CATALOGUE.keys() - {slug}


def test_a_shelf_shows_its_own_things_alone(visitor: Visitor) -> None:
    page = visitor.text("/?shelf=clay")
    assert "/things/teapot" in page
    assert "/things/honey" not in page


@pytest.mark.parametrize("path", ["/?shelf=attic", "/things/sofa", "/nowhere"])
def test_what_the_shop_does_not_have_is_a_page_of_its_own(
    visitor: Visitor, path: str
) -> None:
    response = visitor.get(path)
    assert response.status_code == 404
    assert "Nothing on this shelf" in response.text


def test_the_basket_adds_up(visitor: Visitor) -> None:
    visitor.take("honey", 2).take("linden").take("honey")
    page = visitor.text("/basket")
    assert "Basket, 4 things" in page.replace('<span class="unseen">', "")
    assert "€28.50" in page
    assert page.index("Buckwheat honey") < page.index("Linden Rain")


def test_delivery_is_free_from_a_certain_value(visitor: Visitor) -> None:
    assert CATALOGUE["kettle"].price < FREE_FROM
    page = visitor.take("kettle").text("/basket")
    assert f"€{SHIPPING / 100:.2f}" in page
    assert "€1.00 more, and delivery is on us." in page
    page = visitor.take("honey").text("/basket")
    assert ">free<" in page
    assert "more, and delivery" not in page


def test_a_quantity_can_be_changed_and_a_line_removed(visitor: Visitor) -> None:
    visitor.take("teapot").take("honey")
    visitor.post("/basket/teapot", quantity="3")
    assert 'value="3"' in visitor.text("/basket")
    visitor.post("/basket/teapot", quantity="0")
    page = visitor.text("/basket")
    assert "Moon teapot" not in page
    assert "Buckwheat honey" in page


def test_there_is_a_most_of_one_thing(visitor: Visitor) -> None:
    visitor.take("honey", 15).take("honey", 15)
    assert 'value="20"' in visitor.text("/basket")


@pytest.mark.parametrize("quantity", ["21", "-1", "many", ""])
def test_a_quantity_that_makes_no_sense_is_refused(
    visitor: Visitor, quantity: str
) -> None:
    assert visitor.post("/basket/honey/add", quantity=quantity).status_code == 400
    assert "Nothing in here yet" in visitor.text("/basket")


def test_an_unknown_product_cannot_be_put_in(visitor: Visitor) -> None:
    assert visitor.post("/basket/sofa/add", quantity="1").status_code == 404


def test_a_product_that_is_gone_is_left_out(visitor: Visitor) -> None:
    with visitor.client.session_transaction() as session:
        session["basket"] = [["sofa", 2], ["honey", 1]]
    page = visitor.text("/basket")
    assert "sofa" not in page
    assert "Buckwheat honey" in page


def test_a_form_from_elsewhere_changes_nothing(visitor: Visitor) -> None:
    response = visitor.client.post("/basket/honey/add", data={"quantity": "1"})
    assert response.status_code == 400
    assert "That did not arrive in one piece" in response.text
