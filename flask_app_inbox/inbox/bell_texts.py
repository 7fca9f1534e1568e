"""What the site's own bell says: our texts, or what the site makes of them."""

from __future__ import annotations

from ..bell.texts import known_language, texts_in
from ..bell.wording import Texts
from ..errors import LoaderError
from ..web.loaders import call_loader
from .state import State


def bell_texts(state: State, language: str) -> Texts:
    """Return the texts in a language.

    :raises LoaderError: if the site's loader fails or returns anything else.
    """
    texts = texts_in(language)
    loader = state.loaders.texts
    if loader is None:
        return texts
    own = call_loader("texts_loader", loader, known_language(language), texts)
    if isinstance(own, Texts):
        return own
    raise LoaderError(
        f"The texts_loader must return Texts, not a {type(own).__name__}: "
        'dataclasses.replace(texts, title="News").'
    )
