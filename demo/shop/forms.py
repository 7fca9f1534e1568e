"""The shop's forms, with Flask-WTF's CSRF tokens."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    IntegerField,
    PasswordField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Regexp

from .desks import DESKS
from .languages import LANGUAGES

#: Whoever wants more of one thing should write to the shop.
MOST = 20


class _Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no type hints
    """Flask-WTF's form, typed once."""


class LoginForm(_Form):
    """Email and password; messages are keys of the shop's texts."""

    email = EmailField(
        validators=[
            InputRequired("login.need_email"),
            Length(max=200, message="login.need_email"),
            Regexp(r"\s*[^@\s]+@[^@\s]+\s*$", message="login.need_email"),
        ]
    )
    password = PasswordField(
        validators=[
            InputRequired("login.need_password"),
            Length(max=200, message="login.need_password"),
        ]
    )


class QuantityForm(_Form):
    """How many of one product; 0 removes it from the basket."""

    quantity = IntegerField(
        default=1, validators=[InputRequired(), NumberRange(min=0, max=MOST)]
    )


class OrderForm(_Form):
    """A confirmation; with `attempt` a second click finds the first one's order."""

    attempt = HiddenField(validators=[InputRequired(), Regexp(r"[0-9a-f]{16}$")])


class QuestionForm(_Form):
    """A question to one of the desks."""

    desk = HiddenField(validators=[AnyOf([desk.alias for desk in DESKS])])
    text = TextAreaField(
        validators=[
            InputRequired("ask.need_text"),
            Length(max=1000, message="ask.too_long"),
            Regexp(r"(?s).*\S", message="ask.need_text"),
        ]
    )


class LanguageForm(_Form):
    """The choice of the language switch."""

    language = HiddenField(validators=[AnyOf([*LANGUAGES])])
