"""The Jinja global ``chathub()``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict

from flask import has_request_context, request
from markupsafe import Markup

from ..errors import LoaderError
from ..web.addresses import own_url
from ..web.assets import render
from ..web.loaders import calling, page_language, page_nonce
from ..web.losses import log_loss
from ..web.page_marks import marks_of_page
from ..web.problems import Problem
from ..web.this_app import this_app
from .operators import load_operators, operator_tag
from .state import State, current_state
from .texts import texts_in

logger = logging.getLogger(__name__)

#: The mark of a page that has our script.
_SCRIPT = "chathub"


def chathub(organization: str | None = None, *, nonce: str | None = None) -> Markup:
    """Render the operator panel for whoever is logged in, if they are an operator.

    :param organization: an alias of the user's; without it, all of their organizations,
        one panel at a time.
    :param nonce: of the page's Content-Security-Policy; by default from the extension's
        ``csp_nonce``, else from the Jinja global of that name.
    :returns: nothing for everybody else, outside a request, and for an organization
        that already has its panel in this page.
    """
    state = current_state()
    if not state.settings.enabled or not has_request_context():
        return Markup()
    try:
        return _panel(state, organization, nonce)
    except LoaderError as error:
        log_loss(logger, "ChatHub", error)
        return Markup()


def _panel(state: State, organization: str | None, nonce: str | None) -> Markup:
    operators = _operators(state)
    if organization is not None:
        operators = {a: o for a, o in operators.items() if a == organization}
    marks = marks_of_page(request.environ)
    operators = _not_yet_rendered(operators, marks)
    if not operators:
        return Markup()
    app = this_app()
    language = page_language(app, state.loaders.language, state.settings.language)
    nonce = page_nonce(app, nonce, state.loaders.csp_nonce)
    with calling("text of CHATHUB_FALLBACK"):  # it may be a lazy one
        fallback = state.settings.fallback
        fallback_text = fallback.text_in(language) if fallback else None
    is_first = _SCRIPT not in marks
    html = render(
        __package__,
        "panel.html",
        # Each organization's alias, and the user tag of the operator there.
        organizations=[
            [alias, operator_tag(state, alias, operator)]
            for alias, operator in operators.items()
        ],
        texts=asdict(texts_in(language)),
        fallback_text=fallback_text,
        fallback_link=fallback.link if fallback else None,
        token_url=own_url(app, "chathub.token"),
        user_url=own_url(app, "chathub.user"),
        frame_url=own_url(app, "chathub.panel"),
        source=own_url(
            app, "chathub.script", fingerprint=state.scripts.page.fingerprint
        )
        if is_first
        else None,
        nonce=nonce,
    )
    marks.update(dict.fromkeys([_SCRIPT, *map(_mark, operators)], True))
    return html


def _operators(state: State) -> dict[str, int]:
    try:
        return load_operators(state)
    except Problem:
        return {}


def _mark(alias: str) -> str:
    return f"chathub {alias}"


def _not_yet_rendered(
    operators: dict[str, int], marks: Mapping[str, object]
) -> dict[str, int]:
    twice = [alias for alias in operators if _mark(alias) in marks]
    if twice:
        logger.warning(
            "chathub() was called twice for %s in one page. The second call leaves "
            "it out, because each operator has one panel.",
            ", ".join(map(repr, twice)),
        )
    return {a: o for a, o in operators.items() if a not in twice}
