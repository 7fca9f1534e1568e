"""What of a message may reach a page: its HTML, its links and its pictures.

Whoever may send messages for the account writes their HTML, and events that come from
anywhere are put into them. So nothing is taken for good: what is not listed here is
dropped, and what is left is written anew, in one form, by a parser that reads HTML as
browsers do. The page's script reads that form alone and makes elements of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from .structure import REWRITTEN, sound_structure

#: What a message holds in the end. Nothing of it loads anything, and no attribute is
#: kept but those of links.
TAGS = frozenset(
    """
    a abbr b bdi bdo blockquote br cite code del dfn div em hr i ins kbd li mark ol p
    pre q s samp small span strong sub sup u ul var
    """.split()
)
#: What is dropped with all that it holds; of other elements the text stays.
_DROPPED = frozenset(
    """
    applet embed iframe math noembed noframes noscript object script select style svg
    template textarea title xmp
    """.split()
)
#: The schemes of links; a path of the site has none.
_LINK_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
#: Pictures come from whole addresses. A developer's own machine has no certificate.
_PICTURE = re.compile(
    r"https://[^/?#]|http://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:[/?#]|$)",
    re.IGNORECASE,
)
#: Pictures are loaded without a click, and with the cookies of where they are. So those
#: of the site itself are files: ``/logout`` would log out whoever opens the inbox.
_PICTURE_FILE = re.compile(r"\.(avif|gif|jpe?g|png|svg|webp)$", re.IGNORECASE)

#: The longest HTML of a message that is read, in characters; what follows is cut off.
MAX_HTML = 32 * 1024
#: The most tags in it. Reading them takes a time that grows with their square, and a
#: page waits for it. HTML with more is shown as text.
MAX_TAGS = 1000
#: The longest HTML that comes out, in characters. The parser opens whatever formatting
#: was left open anew in each paragraph, so a few thousand characters may become
#: millions. Links and escaped signs make no message twice as long as it may be.
MAX_CLEAN = 2 * MAX_HTML

_TAG = re.compile("<[A-Za-z/!?]")
#: Where a cell of a table ends, and where it is the last of its row. Tables are taken
#: apart, and their words would grow together.
_CELL = re.compile(r"(?i)(?=</t[dh]\b)")
_LAST_CELL = re.compile(r"(?i)(?=</t[dh]\s*>\s*</tr\b)")
#: Hosts in ASCII; in letters of any script, but the two that are seen as nothing; and
#: those that end with a number.
_HOST = re.compile("[a-z0-9._-]+")
_UNCHANGED = re.compile("(?:[^\\W\u115f\u1160]|[.-])+")
_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")
#: What browsers drop from an address, or read as a slash.
_ODD = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)


def clean_html(html: str) -> str:
    """Return what of a message's HTML may be shown, in the form that nh3 writes.

    Lists, headings and links are such that a page which holds them has no barriers.

    Every element is closed, names are in small letters, and text holds no bare ``<``
    or ``&``. HTML that would become too long is shown as text.
    """
    html = html[:MAX_HTML]
    if len(_TAG.findall(html)) <= MAX_TAGS:
        clean = _clean(html)
        if len(clean) <= MAX_CLEAN:
            return clean
    clean = _clean(_TAG.sub("", re.sub("<[^<>]*>", " ", html)))
    if len(clean) <= MAX_CLEAN:
        return clean
    # It is text alone, and may end in the middle of an escaped sign.
    return re.sub("&[^;]*$", "", clean[:MAX_CLEAN])


def _clean(html: str) -> str:
    if not html:
        return ""
    import nh3  # sites with the vendor's bell do not have it

    clean = nh3.clean(
        _CELL.sub(" ", _LAST_CELL.sub("<br>", html)),
        tags=TAGS | REWRITTEN.keys(),
        clean_content_tags=set(_DROPPED),
        attributes={"a": {"href"}},
        attribute_filter=_filter,
        # Our own filter decides about schemes and paths.
        url_schemes=set(_LINK_SCHEMES),
        link_rel="noopener",
        strip_comments=True,
    )
    return sound_structure(clean)


def _filter(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return clean_link(value)
    # It is ours: "rel" is no attribute that a message may have.
    return value if name == "rel" else None


def clean_link(address: str | None) -> str | None:
    """Return an address if a page may link to it, else None."""
    address = _without_oddities(address)
    scheme = _SCHEME.match(address)
    if scheme is None:
        # A path of this site. Two slashes would begin a host.
        return address if re.match("/(?!/)|[?#]", address) else None
    name = scheme[1].lower()
    if name not in _LINK_SCHEMES:
        return None
    rest = address[scheme.end() :]
    if name in ("http", "https"):
        return address if re.match(r"//[^/?#]", rest) else None
    return address if rest else None


def clean_picture(address: str | None, own_hosts: Collection[str] = ()) -> str | None:
    """Return an address if a page may load a picture from it, else None.

    :param own_hosts: of the site, whatever their ports: cookies know none. One that
        begins with a dot stands for all hosts that end with it.
    """
    address = _without_oddities(address)
    if not _PICTURE.match(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = _host_of(parts.netloc)
    if host is None:
        return None
    if any(_is_under(host, own) for own in own_hosts) and not _PICTURE_FILE.search(
        parts.path
    ):
        return None
    return address


def _is_under(host: str, own: str) -> bool:
    """Return whether a host is one of the site's; see :func:`clean_picture`."""
    own_host = _host_of(own.lstrip("."))
    if own_host is None:
        return False
    return host == own_host or (own[:1] == "." and host.endswith(f".{own_host}"))


def _host_of(authority: str) -> str | None:
    """Return the host that browsers ask, in one form.

    :param authority: of an address, with its port if there is one.
    :returns: None if browsers and we might take it for different ones, or if it names
        a user.
    """
    if "@" in authority:
        return None
    try:
        host = (urlsplit(f"//{authority}").hostname or "").rstrip(".")
        if not host.isascii():
            # Whatever browsers would change before they look it up is refused: each
            # knows another version of Unicode.
            if not _UNCHANGED.fullmatch(host) or host != _folded(host):
                return None
            host = host.encode("idna").decode()
        if ":" in host:
            return ip_address(host).compressed
        # Browsers take all of 127.1, 0x7f.1 and 2130706433 for 127.0.0.1.
        if _NUMBER.search(host) and str(ip_address(host)) != host:
            return None
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) else None


def _folded(host: str) -> str:
    return unicodedata.normalize("NFKC", host).casefold()


def _without_oddities(address: str | None) -> str:
    """Return an address that all readers read alike, "" if it is none."""
    address = (address or "").strip()
    return "" if _ODD.search(address) else address
