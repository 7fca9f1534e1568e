"""Checking CSS selectors before a page uses them.

The check knows the grammar of selectors, not the names of pseudo-classes: those differ
between browsers, and the widget says in the browser's console when one of them refuses
a selector.
"""

from __future__ import annotations

import re
from typing import NoReturn

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}[ \t\r\n\f]?|[^\n\r\f0-9a-fA-F])"
_NAME_START = rf"(?:[a-zA-Z_]|[^\x00-\x7f]|{_ESCAPE})"
_NAME = re.compile(rf"(?:--|-?{_NAME_START})(?:[a-zA-Z0-9_-]|[^\x00-\x7f]|{_ESCAPE})*")
_STRING = re.compile(
    r'"(?:[^"\\\n\r\f]|\\[\s\S])*"'
    r"|'(?:[^'\\\n\r\f]|\\[\s\S])*'"
)
_COMMENT = r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_BLANK = re.compile(rf"(?:[ \t\r\n\f]|{_COMMENT})*")
_COMBINATOR = re.compile("[>+~]")
_NAMESPACE = re.compile(r"\*?\|(?![|=])")
_EQUALS = re.compile(r"[~|^$*]?=")
_FLAG = re.compile("[iIsS]")
_OTHER = re.compile(r"\\[\s\S]|[^\\]")

#: Pseudo-classes whose argument is a list of selectors.
_OF_SELECTORS = {"is", "not", "where", "has"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def check_selector(selector: str) -> None:
    """Check that a text is a list of CSS selectors.

    :raises ValueError: for text that ``querySelector`` throws at, or that breaks off in
        a bracket, a string or a comment.
    """
    try:
        _Reader(selector).read_list(end="")
    except RecursionError:
        raise ValueError("The selector is nested too deeply.") from None


class _Reader:
    """Reads a selector from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read_list(self, end: str, *, relative: bool = False) -> None:
        """Read selectors up to ``end``; an empty ``end`` is the end of the text.

        :param relative: each may begin with a combinator.
        """
        while True:
            self._take(_BLANK)
            if relative and self._take(_COMBINATOR):
                self._take(_BLANK)
            self._read_selector(end)
            if self._next == end:
                self._at += len(end)
                return
            self._expect(",")

    def _read_selector(self, end: str) -> None:
        while True:
            self._read_compound()
            # A comment alone does not separate two elements.
            blank = re.sub(_COMMENT, "", self._take(_BLANK))
            if self._take(_COMBINATOR):
                self._take(_BLANK)
            elif not blank or self._next in (",", end):
                return

    def _read_compound(self) -> None:
        start = self._at
        if self._take(_NAMESPACE) and self._next != "*":
            self._read_name()
        elif self._next == "*":
            self._at += 1
        else:
            self._take(_NAME)
        while self._next and self._next in "#.[:":
            self._read_condition()
        if self._at == start:
            self._refuse()

    def _read_condition(self) -> None:
        sign = self._next
        self._at += 1
        if sign == "[":
            self._read_attribute()
        elif sign == ":":
            self._read_pseudo()
        else:
            self._read_name()

    def _read_attribute(self) -> None:
        self._take(_BLANK)
        self._take(_NAMESPACE)
        self._read_name()
        self._take(_BLANK)
        if self._take(_EQUALS):
            self._take(_BLANK)
            if not (self._take(_STRING) or self._take(_NAME)):
                self._refuse()
            self._take(_BLANK)
            self._take(_FLAG)
            self._take(_BLANK)
        self._expect("]")

    def _read_pseudo(self) -> None:
        if self._next == ":":
            self._at += 1
        name = self._read_name().lower()
        if self._next != "(":
            if name in _OF_SELECTORS:
                self._refuse()
            return
        self._at += 1
        if name in _OF_SELECTORS:
            self.read_list(")", relative=name == "has")
        else:
            self._skip_to(")")

    def _skip_to(self, end: str) -> None:
        """Read what is not checked, up to a closing bracket."""
        while self._next != end:
            if closing := _CLOSING.get(self._next):
                self._at += 1
                self._skip_to(closing)
            elif self._next in {*_CLOSING.values(), ""}:
                self._refuse()
            elif not self._take(_STRING):
                self._take(_OTHER) or self._refuse()
        self._at += 1

    def _read_name(self) -> str:
        return self._take(_NAME) or self._refuse()

    def _expect(self, sign: str) -> None:
        if self._next != sign:
            self._refuse()
        self._at += 1

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Read what matches here; "" when nothing does."""
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _refuse(self) -> NoReturn:
        if not self._next:
            raise ValueError("The text is not a CSS selector: it ends too early.")
        raise ValueError(
            f"The text is not a CSS selector: {self._next!r} is not allowed at "
            f"character {self._at + 1}."
        )
