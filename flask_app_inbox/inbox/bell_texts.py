"""What the site's own bell says: our texts, or what the site makes of them."""

from __future__ import annotations

from ..bell.texts import known_language, plain_texts, texts_in
from ..bell.wording import Texts
from ..errors import LoaderError
from ..web.loaders import call, calling
from .state import State


def bell_texts(state: State, language: str) -> Texts:
    """Return the texts in a language.

    :raises LoaderError: if the site's loader fails, or returns what no page can show.
    """
    texts = texts_in(language)
    loader = state.loaders.texts
    if loader is None:
        return texts
    with calling("texts_loader"):
        own = call(loader, known_language(language), texts)
        if not isinstance(own, Texts):
            raise LoaderError(
                f"The texts_loader must return Texts, not a {type(own).__name__}: "
                'dataclasses.replace(texts, title="News").'
            )
        try:
            return plain_texts(own, texts)
        except ValueError as error:
            raise LoaderError(
                f"The texts_loader returned what no page can show: {error}."
            ) from None
