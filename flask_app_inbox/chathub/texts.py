"""The texts of our own part of the panel, by language."""

from __future__ import annotations

from dataclasses import dataclass

from ..config.languages import DEFAULT_LANGUAGE


@dataclass(frozen=True)
class Texts:
    """The texts of one language; a language needs all of them.

    :param panel: names the frame with the vendor's panel.
    :param organizations: names the row of tabs.
    :param loading: while the panel opens.
    :param unavailable: while the vendor does not answer.
    :param retry: a button.
    """

    panel: str
    organizations: str
    loading: str
    unavailable: str
    retry: str


#: To add a language, add an entry.
TEXTS = {
    "en": Texts(
        panel="Chat panel",
        organizations="Organizations",
        loading="Opening the chat…",
        unavailable="The chat is not available at the moment.",
        retry="Try again",
    ),
    "uk": Texts(
        panel="Панель чату",
        organizations="Організації",
        loading="Відкриваємо чат…",
        unavailable="Чат зараз недоступний.",
        retry="Спробувати ще раз",
    ),
    "de": Texts(
        panel="Chat-Fenster",
        organizations="Organisationen",
        loading="Der Chat wird geöffnet …",
        unavailable="Der Chat ist zurzeit nicht erreichbar.",
        retry="Erneut versuchen",
    ),
    "es": Texts(
        panel="Panel de chat",
        organizations="Organizaciones",
        loading="Abriendo el chat…",
        unavailable="El chat no está disponible en este momento.",
        retry="Intentar de nuevo",
    ),
    "it": Texts(
        panel="Pannello della chat",
        organizations="Organizzazioni",
        loading="Apertura della chat…",
        unavailable="La chat non è disponibile al momento.",
        retry="Riprova",
    ),
    "pl": Texts(
        panel="Panel czatu",
        organizations="Organizacje",
        loading="Otwieranie czatu…",
        unavailable="Czat jest chwilowo niedostępny.",
        retry="Spróbuj ponownie",
    ),
    "ru": Texts(
        panel="Панель чата",
        organizations="Организации",
        loading="Открываем чат…",
        unavailable="Чат сейчас недоступен.",
        retry="Повторить",
    ),
}


def texts_in(language: str) -> Texts:
    """Return the texts in a language, in English where there are none."""
    return TEXTS.get(language, TEXTS[DEFAULT_LANGUAGE])
