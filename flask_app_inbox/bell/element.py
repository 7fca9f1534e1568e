"""The bell's HTML and the files that bring it to life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypedDict

from markupsafe import Markup

from ..web.assets import PageScript, read_script, read_scripts, read_style, render
from .languages import TEXTS
from .texts import bell_name, known_language, texts_for_browser
from .wording import Texts

#: What every page with a bell loads, before what starts it. No file needs another one
#: before it, and in this order they compress best.
_BELL = (
    "bell/static/pauses.js",
    "bell/static/store.js",
    "bell/static/site_messages.js",
    "bell/static/bell_page.js",
    "bell/static/tabs.js",
    "bell/static/bell.js",
    "bell/static/plural.js",
)
BELL_SCRIPT = (*_BELL, "bell/static/site_bell.js")
#: What pages load that no template renders.
EMBED_SCRIPT = (
    "web/static/make_element.js",
    *_BELL,
    "bell/static/draw_bell.js",
    "bell/static/bell_embed.js",
)
#: What comes when somebody is about to open the panel.
_PANEL = (
    "bell/static/panel.css",
    "bell/static/new_element.js",
    "bell/static/message_item.js",
    "bell/static/message_html.js",
    "bell/static/times.js",
    "bell/static/panel.js",
    "bell/static/message_list.js",
)
PANEL_SCRIPT = (
    "bell/static/pauses.js",
    *_PANEL,
    "bell/static/panel_module.js",
)
#: The element alone, for a script that finds its messages in its own way.
_ELEMENT = (
    "web/static/make_element.js",
    "bell/static/pauses.js",
    "bell/static/store.js",
    "bell/static/plural.js",
    "bell/static/bell.js",
    "bell/static/draw_bell.js",
    *_PANEL,
)

#: What the bell shows unless the site has another picture. It has a size of its own
#: for pages that get no style sheet.
ICON = Markup(
    '<svg part="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">'
    '<path d="M6 9a6 6 0 1 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20h4"/></svg>'
)


@dataclass(frozen=True)
class Element:
    """What a script needs that draws the element and asks somebody else.

    :param source: the element's scripts, for one scope with those of the other.
    :param bell_style: of the page, for a bell of the tag that was asked for.
    :param texts: in JSON, by language.
    """

    source: str
    bell_style: str
    texts: Mapping[str, str]


def element_of(tag: str) -> Element:
    """Return the element for bells whose tag is another one."""
    bell_style = bell_files()["bell.css"].content.decode()
    return Element(
        read_scripts(*_ELEMENT),
        bell_style.replace("app-inbox-bell", tag),
        {language: texts_for_browser(texts) for language, texts in TEXTS.items()},
    )


@cache
def bell_files() -> Mapping[str, PageScript]:
    """Return the files of the bell, by the name that stands in their addresses."""
    return {
        "bell.js": read_script(*BELL_SCRIPT),
        "panel.js": read_script(*PANEL_SCRIPT, is_module=True),
        "bell.css": read_style("bell/static/bell.css"),
    }


def _address(folder: str, name: str) -> str:
    """Return where a file is: its fingerprint lets browsers keep it for a year."""
    stem, _, kind = name.partition(".")
    return f"{folder}/bell/{stem}.{bell_files()[name].fingerprint}.{kind}"


class Addresses(TypedDict):
    """Where the element asks; a site's own defaults may have added a query."""

    #: Ends with what the number of a page is put behind.
    messages_url: str
    unread_url: str
    read_url: str


def render_bell(
    folder: str,
    *,
    page_url: str,
    user: str,
    unread: int | None,
    language: str,
    texts: Texts,
    has_style: bool,
    is_old: bool = False,
    icon: str | None = None,
) -> Markup:
    """Render a bell that is right at first paint and a link without JavaScript.

    :param folder: the path of our routes.
    :param page_url: of the page of messages.
    :param user: the tag of the user.
    :param unread: None if it is not known.
    :param has_style: whether the page has the bells' style sheet already.
    :param is_old: whether the script is to ask for the count at once.
    :param icon: the text of an SVG file that was checked.
    """
    return render(
        __package__,
        "bell.html",
        style=None if has_style else _address(folder, "bell.css"),
        user=user,
        unread=unread,
        is_old=is_old,
        tree=_tree(page_url, unread, language, texts, icon),
    )


def _tree(
    page_url: str, unread: int | None, language: str, texts: Texts, icon: str | None
) -> Markup:
    """Render what stands in the shadow tree of a bell."""
    return render(
        __package__,
        "tree.html",
        page_url=page_url,
        unread=unread,
        label=bell_name(texts, unread, language),
        icon=Markup(icon) if icon else ICON,  # noqa: S704 - it was checked
    )


def render_script(
    folder: str,
    addresses: Addresses,
    *,
    page_url: str,
    user: str,
    language: str,
    texts: Texts,
    nonce: str | None,
    has_style: bool,
    icon: str | None = None,
) -> Markup:
    """Render the script of all bells in a page, with its settings.

    Libraries that draw the page anew lose what is in the bells' shadow trees. So it
    brings a spare tree, without a count.

    :param page_url: of the page of messages.
    :param has_style: whether the page has the bells' style sheet already.
    :param icon: the text of an SVG file that was checked.
    """
    return render(
        __package__,
        "script.html",
        style=None if has_style else _address(folder, "bell.css"),
        spare=_tree(page_url, None, language, texts, icon),
        source=_address(folder, "bell.js"),
        panel=_address(folder, "panel.js"),
        user=user,
        language=known_language(language),
        texts=texts_for_browser(texts),
        nonce=nonce,
        **addresses,
    )
