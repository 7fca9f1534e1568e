"""The structure of a message's HTML, sound enough for screen readers.

Messages are written for mail: headings for their size, list items without a list, links
around a picture that no message may have. A page that holds them gets barriers.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: What is written as something else. A heading's rank fits no other page, and a list of
#: descriptions needs more parts than most have.
REWRITTEN = {
    **{f"h{rank}": ("<div><strong>", "</strong></div>") for rank in range(1, 7)},
    **dict.fromkeys(("dl", "dt", "dd"), ("<div>", "</div>")),
}
_LISTS = ("ol", "ul")
_VOID = ("br", "hr")
_BREAKS = tuple(f"<{name}>" for name in _VOID)
#: The form that nh3 writes: tags and the text between them.
_PART = re.compile(r'<(/?)([a-z0-9]+)(?: [a-z-]+="[^"]*")*>|[^<]+')
#: Text in which there is nothing to see.
_BLANK = re.compile(r"(?:\s|&nbsp;|[\u00ad\u200b-\u200d\u2060\ufeff])*")
#: What an open element is called that stands around something loose in a list.
_ITEM = "an item of ours"


class _Open(NamedTuple):
    """An element that is open.

    :param closing: what closes it.
    :param start: the number of pieces before it.
    :param words: the number of pieces of text before it.
    """

    name: str
    closing: str
    start: int
    words: int


def sound_structure(html: str) -> str:
    """Return HTML in which lists hold items alone and items are in lists.

    Headings are bold lines, and links without a word are gone.

    :param html: as nh3 writes it: every element is closed.
    """
    pieces: list[str] = []
    opened: list[_Open] = []
    words = 0

    def begin(name: str, opening: str, closing: str) -> None:
        opened.append(_Open(name, closing, len(pieces), words))
        pieces.append(opening)

    def end() -> None:
        name, closing, start, words_before = opened.pop()
        if name == "a" and words == words_before:
            # What parted the words around it still does.
            inner = [one for one in pieces[start:] if one in _BREAKS or one[0] != "<"]
            pieces[start:] = inner or [" "]
        else:
            pieces.append(closing)

    for match in _PART.finditer(html):
        piece, slash, name = match[0], match[1], match[2]
        if opened and opened[-1].name == _ITEM and (slash or name == "li"):
            end()
        if slash:
            end()
            continue
        is_word = not name and not _BLANK.fullmatch(piece)
        parent = opened[-1].name if opened else ""
        if parent in _LISTS and name != "li":
            if not is_word and (not name or name in _VOID):
                continue  # it parts nothing
            begin(_ITEM, "<li>", "</li>")
        words += is_word
        if not name or name in _VOID:
            pieces.append(piece)
        elif name in REWRITTEN or (name == "li" and parent not in _LISTS):
            begin(name, *REWRITTEN.get(name, ("<div>", "</div>")))
        else:
            begin(name, piece, f"</{name}>")
    return "".join(pieces)
