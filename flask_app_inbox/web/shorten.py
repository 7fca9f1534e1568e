"""Make a script of ours small: no blanks, and short names for what is its own.

The names of properties stay as they are, but for those that nobody else sees.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import compress, count, pairwise, product, takewhile

from .javascript import (
    BEFORE_REGEX,
    CLOSING,
    TAKEN,
    is_opening,
    paths_of,
    roles_of,
    tokens_of,
)

_THOUSANDS = re.compile(r"^([1-9]\d*?)(0{3,})$")
#: Those that words have most come first.
_LETTERS = "etnrisoalcudpmhfgbvwykxqjzETNRISOALCUDPMHFGBVWYKXQJZ"
#: After these, parentheses are neither those of a call nor those of a statement.
_BEFORE_VALUE = (BEFORE_REGEX | {"+", "-"}) - {"}", "return"}
#: Properties and exports that nobody but our scripts sees. They are as short in all of
#: them, since their place here tells how: a new one comes at the end.
INNER = dict(
    zip(
        """
        moves marking compare commit forget refuse take asking notify renew
        base begin parts announce plural later render leave tell want say toggle stop
        lead clock store end settings openPanel listOf hear load update
        """.split(),
        _LETTERS,
        strict=False,
    )
)
#: Longer words and what says the same.
_ALIKE = INNER | {
    "const": "let",
    "true": "!0",
    "false": "!1",
    "undefined": "void 0",
    "Infinity": "1/0",
}


def shorten(source: str) -> str:
    """Return a script that does the same and is shorter.

    :param source: statements, or one function that is called at once and holds them.
    """
    tokens = [*_with_numbers([*tokens_of(source)])]
    roles = [*roles_of(tokens)]
    new = _new_names(tokens, roles)
    words = [
        role.format(INNER.get(text, text), short)
        if role
        else _ALIKE.get(text, text)
        if kind == "name"
        else _THOUSANDS.sub(lambda found: f"{found[1]}e{len(found[2])}", text)
        if kind == "number"
        else text
        for (kind, text), role, short in zip(tokens, roles, new, strict=True)
    ]
    parts = [""]
    for word in _without_needless([*_without_parentheses(words)]):
        before = parts[-1][-1:]
        if re.fullmatch(r"[\w$]{2}", before + word[0]) or (
            before in ("+", "-") and before == word[0]
        ):
            parts.append(" ")
        parts.append(word)
    return "".join(parts)


def _with_numbers(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Put the numbers of constants where their names stand: ``const PAUSE = 100;``."""
    texts = [text for _, text in tokens]
    declared = Counter(after for one, after in pairwise(texts) if one == "const")
    # A property of that name, or a value that gets its name from it, stays.
    roles = zip(texts, roles_of(tokens), strict=True)
    others = {text for text, role in roles if role != "{1}"}
    numbers: dict[str, tuple[str, str]] = {}
    left_out: set[int] = set()
    for at in range(len(texts) - 4):
        before, name, sign, _, end = texts[at : at + 5]
        number = tokens[at + 3]
        is_number = (before, sign, number[0], end) == ("const", "=", "number", ";")
        if is_number and name.isupper() and declared[name] == 1 and name not in others:
            numbers[name] = number
            left_out.update(range(at, at + 5))
    for at, token in enumerate(tokens):
        if at not in left_out:
            yield numbers.get(token[1], token)


def _without_parentheses(words: list[str]) -> Iterator[str]:
    """Leave out those around the only parameter of a function, and around a value.

    The latter stand there for a comment that tells its type.
    """
    needless: set[int] = set()
    for at, word in enumerate(words):
        if word != "(":
            continue
        close = words.index(")", at)
        # With blanks between, so that `one instanceof Two` is no name.
        inner = " ".join(words[at + 1 : close])
        is_name = re.fullmatch(r"[A-Za-z_$][\w$]*(?: \. [A-Za-z_$][\w$]*)*", inner)
        is_only_parameter = words[close + 1] == "=>" and close == at + 2
        is_value = words[close + 1] != "=>" and words[at - 1] in _BEFORE_VALUE
        if is_name and (is_only_parameter or is_value):
            needless |= {at, close}
    return (word for at, word in enumerate(words) if at not in needless)


def _without_needless(words: list[str]) -> Iterator[str]:
    """Leave out commas and semicolons at ends, and declare in one where it can be."""
    begins = [True]  # whether the next word begins a statement, at each depth
    declares = [False]  # whether the statement is a declaration
    is_left_out = False
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if is_left_out:
            is_left_out = False
            continue
        if (word == "," and after in CLOSING) or (word == ";" and after == "}"):
            continue
        if begins[-1]:
            declares[-1] = word == "let"
        begins[-1] = word in (";", "}")
        if is_opening(word):
            begins.append(word == "{")
            declares.append(False)
        elif word in CLOSING and len(begins) > 1:
            begins.pop()
            declares.pop()
            begins[-1] = word == "}" and not declares[-1]
        if word == ";" and after == "let" and declares[-1]:
            yield ","
            begins[-1] = False
            is_left_out = True
        else:
            yield word


def _new_names(tokens: list[tuple[str, str]], roles: list[str]) -> list[str]:
    """Return a short name for each token that gets one.

    Functions that do not stand in each other use the same short names. The
    inner ones choose first, so that small functions are alike: that compresses well.
    """
    texts = [text for _, text in tokens]
    homes: dict[str, tuple[int, ...]] = {}  # what all uses of a name stand in
    for text, role, path in zip(texts, roles, paths_of(texts), strict=True):
        if role:
            homes[text] = _common(homes.get(text, path), path)
    taken = {text for text, role in zip(texts, roles, strict=True) if not role}
    found: dict[str, str] = {}
    uses = Counter(compress(texts, roles))
    for name in sorted(uses, key=lambda name: (-len(homes[name]), -uses[name])):
        home = homes[name]
        near = {
            short
            for other, short in found.items()
            if _common(homes[other], home) in (homes[other], home)
        }
        found[name] = next(_short_names(taken | near))
    return [
        found[text] if role else "" for text, role in zip(texts, roles, strict=True)
    ]


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """Return how two paths begin alike."""
    steps = takewhile(lambda step: step[0] == step[1], zip(one, other, strict=False))
    return tuple(step for step, _ in steps)


def _short_names(taken: set[str]) -> Iterator[str]:
    """Yield ever longer names that are not taken."""
    for length in count(1):
        for letters in product(_LETTERS, repeat=length):
            name = "".join(letters)
            if name not in taken and name not in TAKEN:
                yield name
