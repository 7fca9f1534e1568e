"""What we put into pages: scripts, styles and HTML.

Scripts and templates live in the room that they belong to. Comments and indents of a
script are for its readers; they are removed before it is served.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from flask import Response, request
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

_PACKAGE = __package__.partition(".")[0]

#: Seconds that a browser keeps a script under its fingerprint: a year.
MAX_AGE = 365 * 24 * 60 * 60

_INDENTS = r"(?m)^\s+"
_LINES_OF_COMMENT = r"(?m)^ *(?://.*|/\*\*(?:.|\n)*?\*/)\n"
#: What a style sheet does without. In our values no sign stands beside a blank that
#: means something, but in sums, whose signs are not among these.
_SHORTER_STYLE = (
    (r"(?s)/\*.*?\*/", ""),
    (r"\s+", " "),
    (r" ?([{};,>]) ?", r"\1"),
    (r"(?<=[\w-]): ", ":"),
    (r'(?<==)"([\w-]+)"(?=\])', r"\1"),
    (r"(?<![\w.])0(?=\.\d)", ""),
    (r";}", "}"),
)
# Within a line, only what cannot be part of a string: types, and words without quotes.
_TYPES = r"/\*\* @type .*?\*/ ?"
_WORDS_AFTER_CODE = r"(?m) // [^\"'`\n]*$"


class PageScript(NamedTuple):
    """A script or a style sheet, and the fingerprint that its address carries."""

    content: bytes
    fingerprint: str
    mimetype: str = "text/javascript"


@cache
def read_page_script(*paths: str) -> PageScript:
    """Read a script of the package.

    :param paths: below the package, like ``"web/static/site_endpoint.js"``; several
        files become one script, in a scope of its own.
    """
    source = read_source(*paths)
    if len(paths) > 1:
        source = _in_own_scope(source)
    for left_out in (_LINES_OF_COMMENT, _TYPES, _WORDS_AFTER_CODE, _INDENTS):
        source = re.sub(left_out, "", source)
    return _fingerprinted(source)


@cache
def read_short_script(*paths: str, is_module: bool = False) -> PageScript:
    """Read a script of the package that every byte counts for.

    :param is_module: a module has a scope of its own already.
    """
    from .shorten import shorten  # most sites have no such script

    source = read_source(*paths)
    return _fingerprinted(shorten(source if is_module else _in_own_scope(source)))


@cache
def read_style(*paths: str) -> PageScript:
    """Read a style sheet of the package, without its comments and blanks."""
    source = read_source(*paths)
    for found, shorter in _SHORTER_STYLE:
        source = re.sub(found, shorter, source)
    return _fingerprinted(source.strip(), "text/css")


def read_source(*paths: str) -> str:
    """Read files of the package one after the other, as they were written."""
    package = files(_PACKAGE)
    return "\n".join(package.joinpath(path).read_text("utf-8") for path in paths)


def _in_own_scope(source: str) -> str:
    return f'(() => {{\n"use strict";\n{source}}})();\n'


def _fingerprinted(source: str, mimetype: str = "text/javascript") -> PageScript:
    content = source.encode()
    return PageScript(content, sha256(content).hexdigest()[:16], mimetype)


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
