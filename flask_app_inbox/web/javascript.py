"""Read a script of ours: its parts, and which of them are names of its own.

It knows the JavaScript that we write, not all that there is: formatted by prettier, so
each statement has its semicolon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
#: After these a slash begins a regular expression.
BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; => && || ?? return".split())
#: After these a brace begins an object or a pattern, not a block.
_BEFORE_OBJECT = frozenset(
    "( , = : [ ? | & || && ?? ... return const let throw export default in of "
    "await".split()
)
#: After these a name may be that of a method.
_BEFORE_METHOD = frozenset("{ } ; , async get set static".split())
_OPENING = ("(", "[", "{")
CLOSING = (")", "]", "}")
#: What belongs to the language and the browser, as far as we use it by its bare name.
TAKEN = frozenset(
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


def tokens_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a script; what is between those of a template, too.

    :returns: of each its kind (``name``, ``number``, ``sign``, ``template`` or
        ``text``) and what is written.
    """
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
        if regex and last in BEFORE_REGEX:
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


def is_opening(text: str) -> bool:
    """Return whether a token is one that another one closes."""
    return text in _OPENING or text.endswith("${")


def roles_of(tokens: list[tuple[str, str]]) -> Iterator[str]:
    """Yield how each name of our own is written with its short one; "" for the rest."""
    inside: list[str] = []
    texts = ["", *(text for _, text in tokens), ""]
    for at, (kind, text) in enumerate(tokens, start=1):
        before, after = texts[at - 1], texts[at + 1]
        if is_opening(text):
            is_block = text == "{" and before not in _BEFORE_OBJECT
            inside.append("export" if before == "export" else text * (not is_block))
        elif text in CLOSING:
            inside.pop()
        is_in_braces = inside[-1:] == ["{"]
        if kind != "name" or text in TAKEN or before in (".", "?."):
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


def paths_of(texts: list[str]) -> Iterator[tuple[int, ...]]:
    """Yield for each token the functions that it stands in, by where they begin."""
    ends: dict[int, list[int]] = {}  # by where they begin
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for at, text in enumerate(texts):
        if is_opening(text):
            opened.append(at)
        elif text in CLOSING:
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
    while at < len(texts) and texts[at] not in (",", ";", *CLOSING):
        at = pairs.get(at, at) + 1
    return at - 1
