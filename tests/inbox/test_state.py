"""What an app knows of its inbox."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, LoaderError
from flask_app_inbox.inbox.state import current_state
from tests.conftest import API_KEY, CONTACT, MakeApp, state_of


def test_the_state_does_not_change(make_app: MakeApp) -> None:
    state = state_of(make_app())
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.settings = state.settings  # type: ignore[misc] # that is the point


def test_the_state_shows_no_secret(make_app: MakeApp) -> None:
    assert API_KEY not in repr(state_of(make_app()))


def test_an_app_without_an_inbox_is_told_what_to_do() -> None:
    app = Flask("shop")
    with app.app_context(), pytest.raises(RuntimeError, match=r"Call init_app\(app\)"):
        current_state()


def test_what_the_contact_loader_returns_is_the_contact(make_app: MakeApp) -> None:
    app = make_app(loader=lambda: CONTACT)
    with app.test_request_context():
        assert state_of(app).contact() is CONTACT


def test_an_async_contact_loader_works_as_well(make_app: MakeApp) -> None:
    async def load() -> object:
        return CONTACT

    app = make_app(loader=load)
    with app.test_request_context():
        assert state_of(app).contact() is CONTACT


@pytest.mark.parametrize(
    ("returned", "kind"),
    [
        ("ann.secret@example.com", "str"),
        ({"email": "ann.secret@example.com"}, "dict"),
        (False, "bool"),
        ("", "str"),
        ((CONTACT,), "tuple"),
        ((one for one in [CONTACT]), "generator"),
        (type(CONTACT), "type"),
    ],
)
def test_a_contact_loader_that_returns_something_else_is_told_of_its_kind_alone(
    make_app: MakeApp, returned: object, kind: str
) -> None:
    app = make_app(loader=lambda: returned)
    with app.test_request_context(), pytest.raises(LoaderError) as caught:
        state_of(app).contact()
    assert str(caught.value) == (
        f"The contact_loader must return a Contact or None, not a {kind}."
    )


def test_without_flask_login_and_loader_there_is_advice(make_app: MakeApp) -> None:
    app = make_app(loader=None)
    with (
        app.test_request_context(),
        pytest.raises(
            LoaderError, match=r"Register one with @app_inbox\.contact_loader"
        ),
    ):
        state_of(app).contact()


def test_a_loader_registered_after_init_app_counts(make_app: MakeApp) -> None:
    inbox = AppInbox()
    app = make_app(inbox=inbox, loader=None)
    inbox.contact_loader(lambda: CONTACT)
    with app.test_request_context():
        assert state_of(app).contact() is CONTACT
