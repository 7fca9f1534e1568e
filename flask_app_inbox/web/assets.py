"""What we put into pages: scripts, styles and HTML.

Scripts and templates live in the room that they belong to. Comments, blanks and long
names of a script are for its readers; it is made short before it is served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from flask import Response, request
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

_PACKAGE = __package__.partition(".")[0]

#: Seconds that a browser keeps a script under its fingerprint: a year.
MAX_AGE = 365 * 24 * 60 * 60

#: The modules that make scripts short: browsers get a new script where one changes.
SHORTENERS = ("shorten", "javascript")
#: What a style sheet does without. In our values no sign stands beside a blank that
#: means something, but in sums, whose signs are not among these.
_SHORTER_STYLE = (
    (r"(?s)/\*.*?\*/", ""),
    (r"\s+", " "),
    (r" ?([{};,<>/]) ?", r"\1"),
    (r"(?<=[\w-]): ", ":"),
    (r"(?<=\() | (?=[)!])", ""),
    (r'(?<==)"([\w-]+)"(?=\])', r"\1"),
    (r"(?<![\w.])0(?=\.\d)", ""),
    (r";}", "}"),
    ('""', "''"),  # in a script they would be escaped
)


class PageScript:
    """A script or a style sheet, and the fingerprint that its address carries.

    It is made short when a browser asks for it, as a page needs the address alone. So
    the fingerprint is one of what it is made of.

    :param source: as it is written.
    :param shorten: makes it short.
    :param way: tells this way of making it short from others.
    """

    def __init__(
        self, source: str, shorten: Callable[[str], str], way: str, mimetype: str
    ) -> None:
        self.mimetype = mimetype
        self.fingerprint = sha256(f"{way}\n{source}".encode()).hexdigest()[:16]
        self._source = source
        self._shorten = shorten
        self._content = b""

    @property
    def content(self) -> bytes:
        """What browsers get."""
        if not self._content:
            self._content = self._shorten(self._source).encode()
        return self._content


@cache
def read_script(*paths: str, is_module: bool = False) -> PageScript:
    """Read a script of the package.

    :param paths: below the package, like ``"web/static/site_endpoint.js"``; several
        files become one script, see :func:`read_scripts`.
    :param is_module: a module has a scope of its own already.
    """
    source = read_scripts(*paths)
    if not is_module:
        source = f"(() => {{\n{source}}})();\n"
    return PageScript(source, _shorten_script, _way_of_scripts(), "text/javascript")


@cache
def _way_of_scripts() -> str:
    """Return what shortens scripts, as it is written."""
    codes = [files(_PACKAGE).joinpath(f"web/{name}.py") for name in SHORTENERS]
    # A frozen app has none.
    return "".join(code.read_text("utf-8") for code in codes if code.is_file())


def _shorten_script(source: str) -> str:
    from .shorten import shorten

    return shorten(source)


@cache
def read_style(*paths: str) -> PageScript:
    """Read a style sheet of the package, without its comments and blanks."""
    return PageScript(
        "\n".join(map(_read, paths)), _shorten_style, repr(_SHORTER_STYLE), "text/css"
    )


def _shorten_style(source: str) -> str:
    for found, shorter in _SHORTER_STYLE:
        source = re.sub(found, shorter, source)
    return source.strip()


def read_scripts(*paths: str) -> str:
    """Read scripts; a style sheet is a text in them, by its file: ``PANEL_CSS``."""
    return "\n".join(
        _as_constant(path) if path.endswith(".css") else _read(path) for path in paths
    )


def _read(path: str) -> str:
    return files(_PACKAGE).joinpath(path).read_text("utf-8")


def _as_constant(path: str) -> str:
    name = path.rpartition("/")[2].replace(".", "_").upper()
    return f"const {name} = {json.dumps(_shorten_style(_read(path)))};\n"


def respond_with_script(script: PageScript, fingerprint: str = "") -> Response:
    """Answer with a script or a style sheet, which browsers may keep.

    Under its own fingerprint they keep it for a year.

    Pages of an older or newer release of the site get this script too. Their browsers
    ask each time whether it has changed, as they do at an address without one.

    :param fingerprint: from the requested address.
    """
    response = Response(script.content, mimetype=script.mimetype)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(script.fingerprint)
    if fingerprint == script.fingerprint:
        response.cache_control.public = True
        response.cache_control.max_age = MAX_AGE
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def respond_with_page_style(path: str) -> Response:
    """Answer with the style sheet of a whole page of ours.

    :param path: of what it has beside that of all our pages.
    """
    style = read_style("web/static/page.css", path)
    return Response(style.content, mimetype=style.mimetype)


def render(room: str, name: str, **values: object) -> Markup:
    """Render a template of a room: ``render(__package__, "script.html", …)``.

    Such a template is one macro, ``html``, which takes the values as parameters and
    sees nothing else. A template with a context of its own takes twice the time.

    :param room: the package whose folder ``templates`` holds the template.
    """
    return _macro(room, name)(**values)


def render_page(room: str, name: str, **values: object) -> str:
    """Render a whole page of a room, which may extend another template there.

    :param room: the package whose folder ``templates`` holds the template.
    """
    return _environment(room).get_template(name).render(values)


@cache
def _macro(room: str, name: str) -> Callable[..., Markup]:
    """Return the macro of a compiled template."""
    macro: Callable[..., Markup] = _environment(room).get_template(name).module.html  # type: ignore[attr-defined] # each template has one
    return macro


@cache
def _environment(room: str) -> Environment:
    """Return what renders a room's templates.

    It is our own, because sites change delimiters and escaping.
    """
    return Environment(loader=PackageLoader(room), autoescape=True, auto_reload=False)
