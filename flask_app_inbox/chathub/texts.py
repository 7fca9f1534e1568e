"""What our own part of the panel says, by language."""

from __future__ import annotations

from ..languages import DEFAULT_LANGUAGE

_TEXTS = {
    "en": {
        "panel": "Chat panel",
        "organizations": "Organizations",
        "loading": "Opening the chat…",
        "unavailable": "The chat is not available at the moment.",
        "retry": "Try again",
    },
    "uk": {
        "panel": "Панель чату",
        "organizations": "Організації",
        "loading": "Відкриваємо чат…",
        "unavailable": "Чат зараз недоступний.",
        "retry": "Спробувати ще раз",
    },
    "de": {
        "panel": "Chat-Fenster",
        "organizations": "Organisationen",
        "loading": "Der Chat wird geöffnet …",
        "unavailable": "Der Chat ist zurzeit nicht erreichbar.",
        "retry": "Erneut versuchen",
    },
    "es": {
        "panel": "Panel de chat",
        "organizations": "Organizaciones",
        "loading": "Abriendo el chat…",
        "unavailable": "El chat no está disponible en este momento.",
        "retry": "Intentar de nuevo",
    },
    "it": {
        "panel": "Pannello della chat",
        "organizations": "Organizzazioni",
        "loading": "Apertura della chat…",
        "unavailable": "La chat non è disponibile al momento.",
        "retry": "Riprova",
    },
    "pl": {
        "panel": "Panel czatu",
        "organizations": "Organizacje",
        "loading": "Otwieranie czatu…",
        "unavailable": "Czat jest chwilowo niedostępny.",
        "retry": "Spróbuj ponownie",
    },
    "ru": {
        "panel": "Панель чата",
        "organizations": "Организации",
        "loading": "Открываем чат…",
        "unavailable": "Чат сейчас недоступен.",
        "retry": "Повторить",
    },
}


def texts_in(language: str) -> dict[str, str]:
    """Return the texts in a language, in English where there are none."""
    return _TEXTS.get(language, _TEXTS[DEFAULT_LANGUAGE])
