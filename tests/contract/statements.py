"""What the vendors' documents say that somebody can obey, and the tests that hold it.

The docstring of each contract test carries its statements, each on a line of its own
that may go on below, indented::

    000, 001 §2.3; 002 §2.1: the request is a POST.

These are the documents, the section, the statement's number in it, and what it says in
our words. A line of numbers alone names statements whose words are at another test.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

#: The sections of the three web guides.
_WEB_SECTIONS = ("Overview", "Token", "Script", "Parameters of init", "Widget")


@dataclass(frozen=True)
class Document:
    """A document of a vendor.

    :param sections: each with the number of its statements that somebody can obey.
    """

    title: str
    sections: dict[str, int]


def _web_guide(title: str, *counts: int) -> Document:
    return Document(title, dict(zip(_WEB_SECTIONS, counts, strict=True)))


#: All documents. A statement that loses its test leaves a gap below these numbers.
DOCUMENTS = {
    "000": _web_guide("eSputnik: App Inbox for websites, English", 2, 17, 15, 7, 5),
    "001": _web_guide("Reteno: App Inbox for websites, English", 2, 16, 16, 7, 3),
    "002": _web_guide("eSputnik: App Inbox for websites, Russian", 2, 12, 17, 6, 4),
    "003": Document(
        "eSputnik: authorization with OAuth 2.0, Russian",
        {
            "Purpose": 1,
            "Rights": 3,
            "Methods": 4,
            "Registration": 7,
            "Authorization": 7,
            "Tokens": 10,
            "Refresh": 7,
            "Test": 2,
            "Sample": 7,
            "Connected apps": 1,
        },
    ),
    "004": Document(
        "SMSBAT: ChatHub, widget integration, Italian",
        {
            "Overview": 5,
            "Quick start": 6,
            "Attributes": 4,
            "Ways to integrate": 8,
            "Tokens": 10,
            "Organizations": 5,
            "Good practice": 16,
            "Errors": 6,
            "Troubleshooting": 9,
            "Testing": 2,
        },
    ),
    "API": Document(
        "Yespo: the platform's OpenAPI description",
        {
            "All calls": 2,
            "POST /v1/contact": 11,
            "DELETE /v1/contact": 3,
            "GET /v1/contacts": 5,
            "POST /v1/contacts": 13,
            "GET /v1/importstatus": 4,
            "/v1/site/domains": 7,
            "GET /v1/site/script": 2,
            "GET /v1/account/info": 1,
            "POST /v2/event": 4,
            "POST /v1/event": 4,
            "POST /v1/message/{id}/smartsend": 6,
        },
    ),
}


class Statement(NamedTuple):
    """Where a document says something."""

    document: str
    section: int
    number: int


@dataclass(frozen=True)
class Held:
    """A line of a test's docstring.

    :param label: its numbers, as they are written there.
    :param words: what the statements say; "" if another test has the words.
    """

    label: str
    words: str
    file: str
    test: str

    @property
    def statements(self) -> list[Statement]:
        """Return what the label names."""
        named = []
        for part in self.label.split("; "):
            documents, _, place = part.partition(" §")
            section, _, number = place.partition(".")
            for document in documents.split(", "):
                named.append(Statement(document, int(section), int(number)))
        return named


_PLACE = r"(?:\d{3}|API)(?:, (?:\d{3}|API))* §\d+\.\d+"
_LINE = re.compile(
    rf"^(?P<label>{_PLACE}(?:; {_PLACE})*)(?:: (?P<words>.+(?:\n +\S.*)*))?$",
    re.MULTILINE,
)


def contract_tests() -> Iterator[tuple[str, str, str]]:
    """Yield each contract test: its file, its name, its docstring."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield file.name, node.name, ast.get_docstring(node) or ""


def held_by(file: str, test: str, docstring: str) -> Iterator[Held]:
    """Yield the statements of a test's docstring."""
    for line in _LINE.finditer(docstring):
        words = re.sub(r"\s+", " ", line["words"] or "")
        yield Held(line["label"], words, file, test)


def all_held() -> list[Held]:
    """Return the statements of all contract tests."""
    return [held for test in contract_tests() for held in held_by(*test)]


def all_demanded() -> set[Statement]:
    """Return every statement of every document."""
    return {
        Statement(key, section, number)
        for key, document in DOCUMENTS.items()
        for section, count in enumerate(document.sections.values(), 1)
        for number in range(1, count + 1)
    }


def document_rows() -> Iterator[tuple[str, str, str]]:
    """Yield what each document is, its sections, and how much it says."""
    for key, document in DOCUMENTS.items():
        sections = ", ".join(
            f"{number} {name} ({count})"
            for number, (name, count) in enumerate(document.sections.items(), 1)
        )
        total = sum(document.sections.values())
        yield key, f"{document.title}. §: {sections}", str(total)


def statement_rows(*documents: str) -> Iterator[tuple[str, str, str]]:
    """Yield the statements of some documents, in their order, and the tests."""
    held = all_held()
    worded = [one for one in held if one.words]
    for one in sorted(worded, key=lambda one: one.statements[0]):
        if one.statements[0].document in documents:
            about = set(one.statements)
            tests = [_linked(h) for h in held if about & {*h.statements}]
            words = (one.words[0].upper() + one.words[1:]).replace("``", "`")
            yield one.label, words, "; ".join(dict.fromkeys(tests))


def _linked(held: Held) -> str:
    name = held.test.removeprefix("test_").replace("_", " ")
    return f"[{name}]({held.file})"
