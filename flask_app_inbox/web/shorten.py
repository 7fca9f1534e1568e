"""Make a script of ours small: no blanks, and short names for what is its own.

It knows the JavaScript that we write, not all that there is: formatted by prettier, so
each statement has its semicolon, and the names of properties stay as they are, but for
those that nobody else sees.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import compress, count, pairwise, product, takewhile

_TOKEN = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*|/\*(?:.|\n)*?\*/)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<template>`)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|\?\.|\?\?=?|\|\|=|\.\.\.|\*\*|[=!]==?|[<>]=|&&|\|\||\+\+|--|[-+*/%]=|.)
    """,
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_THOUSANDS = re.compile(r"^([1-9]\d*?)(0{3,})$")
#: Those that words have most come first.
_LETTERS = "etnrisoalcudpmhfgbvwykxqjzETNRISOALCUDPMHFGBVWYKXQJZ"
#: After these a slash begins a regular expression.
_BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; => && || ?? return".split())
#: After these, parentheses are neither those of a call nor those of a statement.
_BEFORE_VALUE = (_BEFORE_REGEX | {"+", "-"}) - {"}", "return"}
#: What belongs to the language and the browser, as far as we use it by its bare name.
_TAKEN = frozenset(
    """
    AbortController AbortSignal Array Boolean BroadcastChannel CSSStyleSheet
    CustomEvent DOMException Date DocumentFragment Error Event HTMLAnchorElement
    HTMLElement HTMLScriptElement Infinity Intl JSON Map Math MutationObserver NaN
    Node Number Object Promise Proxy Reflect RegExp Set String Text URL
    URLSearchParams WeakMap WeakSet addEventListener arguments as async await break
    case catch class clearInterval clearTimeout console const constructor continue
    customElements default delete do document else export extends false fetch
    finally for from function get getComputedStyle getSelection history if import in
    innerHeight innerWidth instanceof isNaN let location matchMedia module navigator
    new null observedAttributes of parent parseInt performance queueMicrotask
    removeEventListener reportError return self set setInterval setTimeout static
    super switch this throw true try typeof undefined void while window
    """.split()
)


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
#: After these a brace begins an object or a pattern, not a block.
_BEFORE_OBJECT = frozenset(
    "( , = : [ ? | & || && ?? ... return const let throw export default in of "
    "await".split()
)
#: After these a name may be that of a method.
_BEFORE_METHOD = frozenset("{ } ; , async get set static".split())
_OPENING = ("(", "[", "{")
_CLOSING = (")", "]", "}")
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
    tokens = [*_with_numbers([*_tokens(source)])]
    roles = [*_roles(tokens)]
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
    others = {
        text for text, role in zip(texts, _roles(tokens), strict=True) if role != "{1}"
    }
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
        if (word == "," and after in _CLOSING) or (word == ";" and after == "}"):
            continue
        if begins[-1]:
            declares[-1] = word == "let"
        begins[-1] = word in (";", "}")
        if _is_opening(word):
            begins.append(word == "{")
            declares.append(False)
        elif word in _CLOSING and len(begins) > 1:
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
    for text, role, path in zip(texts, roles, _paths(texts), strict=True):
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


def _paths(texts: list[str]) -> Iterator[tuple[int, ...]]:
    """Yield for each token the functions that it stands in."""
    ends: dict[int, list[int]] = {}  # by where they begin
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for at, text in enumerate(texts):
        if _is_opening(text):
            opened.append(at)
        elif text in _CLOSING:
            pairs[opened.pop()] = at
    begins = {end: begin for begin, end in pairs.items()}
    for at, text in enumerate(texts):
        if text == "=>":
            begin = begins.get(at - 1, at - 1)
            ends.setdefault(begin, []).append(_end_of_function(texts, at + 1, pairs))
    path: list[tuple[int, int]] = []
    for at in range(len(texts)):
        path = [span for span in path if span[1] >= at]
        path += [(at, end) for end in ends.get(at, ())]
        yield tuple(begin for begin, _ in path)


def _end_of_function(texts: list[str], at: int, pairs: dict[int, int]) -> int:
    """Return the last token of what an arrow leads to."""
    if texts[at] == "{":
        return pairs[at]
    while at < len(texts) and texts[at] not in (",", ";", *_CLOSING):
        at = pairs.get(at, at) + 1
    return at - 1


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a script; what is between those of a template, too."""
    position, depths, last = 0, [0], ""
    while position < len(source):
        if depths[-1] < 0:
            end = _end_of_words(source, position)
            yield "text", source[position:end]
            position = end
            depths.pop()
            if source[end - 1] == "{":
                depths.append(1)
            last = "`"
            continue
        found = _TOKEN.match(source, position)
        assert found is not None  # noqa: S101 - the last alternative takes anything
        kind, text = str(found.lastgroup), found[0]
        regex = _REGEX.match(source, position) if text == "/" else None
        if regex and last in _BEFORE_REGEX:
            kind, text = "text", regex[0]
        position += len(text)
        if kind == "blank":
            continue
        yield kind, text
        last = text
        if kind == "template":
            depths.append(-1)
        elif text == "{":
            depths[-1] += 1
        elif text == "}":
            depths[-1] -= 1
            if depths[-1] == 0 and len(depths) > 1:
                depths[-1] = -1


def _end_of_words(source: str, position: int) -> int:
    """Return where the words of a template end: after a backtick or ``${``."""
    found = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)").match(source, position)
    assert found is not None  # noqa: S101 - scripts are parsed in the tests
    return found.end()


def _is_opening(text: str) -> bool:
    return text in _OPENING or text.endswith("${")


def _roles(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """Yield how each name of our own is written with its short one; "" for the rest."""
    inside: list[str] = []
    texts = ["", *(text for _, text in tokens), ""]
    for at, (kind, text) in enumerate(tokens, start=1):
        before, after = texts[at - 1], texts[at + 1]
        if _is_opening(text):
            is_block = text == "{" and before not in _BEFORE_OBJECT
            inside.append("export" if before == "export" else text * (not is_block))
        elif text in _CLOSING:
            inside.pop()
        is_in_braces = inside[-1:] == ["{"]
        if kind != "name" or text in _TAKEN or before in (".", "?."):
            yield ""
        elif inside[-1:] == ["export"]:
            yield "{1} as {0}"
        elif is_in_braces and before in ("{", ",") and after == ":":
            yield ""
        elif is_in_braces and before in ("{", ",") and after in (",", "}", "="):
            yield "{0}:{1}"
        elif inside[-1:] == [""] and before in ("{", "}", ";") and after == ";":
            yield ""  # a field of a class
        else:
            yield "" if _is_method(texts, at) else "{1}"


def _is_method(texts: list[str], at: int) -> bool:
    """Return whether a body in braces follows a name: ``connectedCallback() {``."""
    if texts[at + 1] != "(" or texts[at - 1] not in _BEFORE_METHOD:
        return False
    depth = 0
    for after in range(at + 1, len(texts) - 1):
        depth += {"(": 1, ")": -1}.get(texts[after], 0)
        if depth == 0:
            return texts[after + 1] == "{"
    return False


def _short_names(taken: set[str]) -> Iterator[str]:
    """Yield ever longer names that are not taken."""
    for length in count(1):
        for letters in product(_LETTERS, repeat=length):
            name = "".join(letters)
            if name not in taken and name not in _TAKEN:
                yield name
