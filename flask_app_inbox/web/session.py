"""The site's session is not ours: we read it, and never save it.

Flask saves a session when a request ends. A token request may take seconds: its user
can log out meanwhile, and would be logged in again by the session that it saves. A
page that asks every minute would keep a session alive that the site wants to end. So
the requests of our blueprints work on a copy, and their answers carry no cookie. The
one that sends a visitor to the site's login is the site's own answer.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response
from flask.globals import request_ctx
from flask.sessions import SessionMixin

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers


class BorrowedSession(SessionMixin):
    """A session's copy, which loaders may read and change and nobody saves.

    It is made when somebody looks into it.

    :param lent: the session that the site's interface has opened.
    """

    def __init__(self, lent: SessionMixin) -> None:
        self.lent = lent
        self.new = lent.new
        self.modified = self.accessed = False

    @cached_property
    def _values(self) -> dict[str, Any]:
        return dict(self.lent)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        """Return what a site's own kind of session has besides, such as an id."""
        if name.startswith("__"):
            raise AttributeError(name)  # copy and pickle ask before there is anything
        return getattr(self.lent, name)


def leave_session_alone(blueprint: Blueprint, *, own_cookie: str = "") -> None:
    """Keep a blueprint's requests from changing what the browser and the site hold.

    Whatever saves sessions, and whatever else the site does before and after each
    request: no session is saved, prolonged or deleted, and no cookie is set.

    :param own_cookie: the name of a cookie that the blueprint's answers may set.
    """

    def keep_cookies_out(response: Response) -> Response:
        if not _is_borrowed():
            return response
        # Other extensions set cookies later, so they are left out last.
        kind: Any = type(response)
        kept = _without_cookies(kind, own_cookie).force_type(response)
        return cast(Response, kept)

    # It runs before every function that the site runs before a request.
    blueprint.url_value_preprocessor(_borrow)
    blueprint.after_request(keep_cookies_out)


def give_session_back() -> None:
    """Let this request save its session and set cookies, as a page of the site does.

    What functions of the site have written into the copy before is forgotten.
    """
    context, place = _place()
    session = getattr(context, place)
    if isinstance(session, BorrowedSession):
        setattr(context, place, session.lent)


def _is_borrowed() -> bool:
    """Return whether this request saves no session: it has a copy of one, or none."""
    context, place = _place()
    session = getattr(context, place)
    interface = context.app.session_interface
    return isinstance(session, BorrowedSession) or interface.is_null_session(session)


def _place() -> tuple[Any, str]:
    """Return the object that has this request's session, and its attribute."""
    context = cast(Any, request_ctx)._get_current_object()
    # From Flask 3.1.3 on the public attribute can only be read.
    return context, "_session" if hasattr(context, "_session") else "session"


def _borrow(*_: object) -> None:
    context, place = _place()
    lent: SessionMixin = getattr(context, place)
    interface = context.app.session_interface
    if interface.is_null_session(lent):
        return
    borrowed = BorrowedSession(lent)
    if not interface.is_null_session(borrowed):
        # Flask has no null session saved, and the interface says what is one.
        null = type(interface.make_null_session(context.app))
        if isinstance(null, ABCMeta):
            null.register(BorrowedSession)
    setattr(context, place, borrowed)


@cache
def _without_cookies(kind: type[Response], own_cookie: str) -> type[Response]:
    """Return a kind of response that sends no cookie but our own."""

    class WithoutCookies(kind):  # type: ignore[misc, valid-type] # any kind
        def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
            headers: Headers = super().get_wsgi_headers(environ)
            cookies = headers.getlist("Set-Cookie")
            headers.remove("Set-Cookie")
            for cookie in cookies:
                if own_cookie and cookie.startswith(f"{own_cookie}="):
                    headers.add("Set-Cookie", cookie)
            return headers

    return WithoutCookies
