"""What our calls in a page note for those that follow in the same page.

A second call renders nothing, and the user of a page is looked up once.

One request may render several pages: mails, a receipt, an error page after one that
broke off in the middle, in whatever order and one within another. Each call of
Jinja's ``render()`` and its relatives makes one page; includes, imports, blocks and
bases are parts of it. Jinja hands that nowhere: a template's context is another one in
an include, and none of this page's in a macro that was imported without it. Flask's
signals come for Flask's own functions alone, and not when a page breaks off. What
always tells is who called us, so we look there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jinja2 import Template
from jinja2.runtime import Context

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The methods of Jinja's templates that render a page. Each makes its context, ``ctx``.
_RENDERING = frozenset({"render", "generate", "render_async", "generate_async"})
_MARKS = "flask_app_inbox.page_marks"


def marks_of_page(environ: WSGIEnvironment) -> dict[str, Any]:
    """Return the marks on the page that is being rendered, to be added to.

    They are gone with the page. Outside of one, as in a view, there are none.

    :param environ: of the current request.
    """
    page = _page()
    if page is None:
        return {}
    pages: WeakKeyDictionary[Context, dict[str, Any]] | None = environ.get(_MARKS)
    if pages is None:
        pages = environ[_MARKS] = WeakKeyDictionary()
    return pages.setdefault(page, {})


def _page() -> Context | None:
    """Return the context that the innermost page began with."""
    frame = sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment] # None ends it
        if frame.f_code.co_name in _RENDERING:
            values = frame.f_locals
            context = values.get("ctx")
            if isinstance(context, Context) and isinstance(
                values.get("self"), Template
            ):
                return context
    return None
