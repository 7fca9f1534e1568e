"""The manual's recipe that keeps contacts in step with a model of Flask-SQLAlchemy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, Contact
from flask_app_inbox.testing import SentRequest, VendorDouble

MANUAL = Path(__file__).parents[2] / "flask_app_inbox/inbox/README.md"


class Shop:
    """The recipe in an app of its own.

    :param recipe: what its code defines.
    """

    def __init__(self, app: Flask, recipe: dict[str, Any]) -> None:
        self.app = app
        self.session = recipe["db"].session
        self.Customer = recipe["Customer"]
        self._changes = recipe["changes"]

    def wait(self) -> None:
        """Wait until the thread has worked off what it was given."""
        self._changes.join()


@pytest.fixture
def shop(tmp_path: Path, app_inbox_vendor: VendorDouble) -> Iterator[Shop]:
    [code] = re.findall(
        r"```python\n(# Contacts in step.*?)```", MANUAL.read_text("utf-8"), re.DOTALL
    )
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key",
        APP_INBOX_API_KEY="key",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/shop.db",
    )
    recipe = {"app": app, "app_inbox": AppInbox(app), "Contact": Contact}
    exec(compile(code, "README.md", "exec"), recipe)
    db: Any = recipe["db"]
    with app.app_context():
        db.create_all()
        yield Shop(app, recipe)
        db.session.remove()
        db.engine.dispose()


def test_what_is_committed_is_brought_to_the_vendor(
    shop: Shop, app_inbox_vendor: VendorDouble
) -> None:
    ann = shop.Customer(email="ann@example.com", first_name="Ann")
    shop.session.add(ann)
    shop.session.flush()
    shop.wait()
    assert app_inbox_vendor.requests == []
    shop.session.commit()
    shop.wait()
    ann.first_name = "Anna"
    shop.session.commit()
    shop.wait()
    names = [request.body["firstName"] for request in app_inbox_vendor.requests]
    assert names == ["Ann", "Anna"]
    assert app_inbox_vendor.requests[0].body["externalCustomerId"] == str(ann.id)


def test_what_is_rolled_back_is_not(shop: Shop, app_inbox_vendor: VendorDouble) -> None:
    shop.session.add(shop.Customer(email="eve@example.com"))
    shop.session.flush()
    shop.session.rollback()
    shop.session.commit()
    shop.wait()
    assert app_inbox_vendor.requests == []


def test_a_savepoint_is_no_commit_and_its_end_forgets_nothing(
    shop: Shop, app_inbox_vendor: VendorDouble
) -> None:
    shop.session.add(shop.Customer(email="ann@example.com"))
    with shop.session.begin_nested():
        shop.session.add(shop.Customer(email="bob@example.com"))
    with pytest.raises(ZeroDivisionError), shop.session.begin_nested():
        raise ZeroDivisionError
    shop.wait()
    assert app_inbox_vendor.requests == []
    shop.session.commit()
    shop.wait()
    emails = {one.body["channels"][0]["value"] for one in app_inbox_vendor.requests}
    assert emails == {"ann@example.com", "bob@example.com"}


def test_a_deleted_row_is_a_deleted_contact(
    shop: Shop, app_inbox_vendor: VendorDouble
) -> None:
    ann = shop.Customer(email="ann@example.com")
    shop.session.add(ann)
    shop.session.commit()
    shop.wait()
    shop.session.delete(ann)
    shop.session.commit()
    shop.wait()
    query = {"externalCustomerId": "1", "erase": "false"}
    assert app_inbox_vendor.requests[-1] == SentRequest(
        "/v1/contact", None, "DELETE", query
    )


def test_a_vendor_that_is_down_stops_neither_the_shop_nor_the_thread(
    shop: Shop, app_inbox_vendor: VendorDouble
) -> None:
    app_inbox_vendor.is_down(500)
    for email in ("ann@example.com", "bob@example.com"):
        shop.session.add(shop.Customer(email=email))
        shop.session.commit()
    shop.wait()
    assert len(app_inbox_vendor.requests) == 2


def test_the_command_catches_up(shop: Shop, app_inbox_vendor: VendorDouble) -> None:
    app_inbox_vendor.is_down(500)
    shop.session.add(shop.Customer(email="ann@example.com"))
    shop.session.commit()
    shop.wait()
    app_inbox_vendor.gives_new_tokens()
    result = shop.app.test_cli_runner().invoke(args=["app-inbox", "sync"])
    assert "1 contacts were taken" in result.output
    assert app_inbox_vendor.requests[-1].path == "/v1/contacts"
