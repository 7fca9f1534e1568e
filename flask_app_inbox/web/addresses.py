"""Addresses of our routes, for the page or endpoint that this request is for.

The prefix of our routes may hold variables, as in ``/<tenant>/app-inbox``. Their values
are those of the request's own path, or what the site's ``url_defaults`` say.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, RequestRedirect

from ..errors import LoaderError
from .loaders import calling

#: A variable of a rule, by its name.
_VARIABLE = r"<(?:[^<>]*:)?(\w+)>"


class NoAddress(LoaderError):
    """Nothing tells the variables of our prefix, as on a page for all tenants."""


def own_folder(app: Flask, blueprint: str, prefix: str) -> str:
    """Return the path that all routes of one of our blueprints begin with.

    :param blueprint: its name; it has a route ``embed_script`` at ``/embed.js``.
    :param prefix: of its routes. Without a variable there is nothing to look up.
    :raises LoaderError: if there is no such path.
    """
    if "<" not in prefix:
        return f"{request.script_root}{prefix}"
    # The site's url_defaults may have added a query.
    path = own_url(app, f"{blueprint}.embed_script").partition("?")[0]
    return path.removesuffix("/embed.js")


def own_url(app: Flask, endpoint: str, **values: Any) -> str:
    """Return the address of one of our routes, as ``url_for()`` does.

    :param values: of the variables that are not the prefix's.
    :raises NoAddress: if nothing tells the value of a variable.
    :raises LoaderError: if the site's ``url_defaults`` raise.
    """
    with calling("url_defaults of the site"):
        try:
            return app.url_for(endpoint, **_filled(app, endpoint, values))
        except BuildError:
            raise NoAddress(
                f"Nothing tells what {endpoint} has in the place of its variables. "
                "Say it with app.url_defaults."
            ) from None


def site_home(app: Flask, blueprint: str, prefix: str) -> str:
    """Return the path of the site's first page, for a page of ours to lead back to.

    Where the prefix of our routes has variables, that is the page of this tenant, if
    there is one: ``/north/`` for ``/<tenant>/app-inbox``.

    :param blueprint: see :func:`own_folder`.
    :raises LoaderError: if our own path cannot be found out.
    """
    root = request.script_root
    # What follows the last part with a variable, if anything does.
    _, has_variable, rest = prefix.rpartition(">")
    _, has_parts, own_parts = rest.partition("/")
    if has_variable and has_parts:
        folder = own_folder(app, blueprint, prefix).removeprefix(root)
        tenant = folder.removesuffix(f"/{own_parts}")
        for path in (f"{tenant}/", tenant):
            if _is_answered(app, path):
                return f"{root}{path}"
    return f"{root}/"


def _is_answered(app: Flask, path: str) -> bool:
    """Return whether the site has a page at a path."""
    adapter = app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, method="GET"))
    except RequestRedirect:
        return True
    except HTTPException:
        return False


def address_under(app: Flask, folder: str, endpoint: str, route: str) -> str:
    """Return what ``url_for()`` does for a route without variables of its own.

    Asking it takes as long as a third of the script tag, so it is asked only where the
    site has defaults for all of its addresses. They may add a query.

    :param folder: the path of our routes.
    :param route: what follows it.
    :raises LoaderError: if the site's ``url_defaults`` raise.
    """
    if None in app.url_default_functions:
        return own_url(app, endpoint)
    return f"{folder}/{route}"


def matches(prefix: str, path: str, route: str) -> bool:
    """Return whether a path ends with a route of ours."""
    texts = re.split(_VARIABLE, prefix)[::2]  # between them are the names
    return bool(
        re.search(".+".join(map(re.escape, texts)) + re.escape(route) + "$", path)
    )


def _filled(app: Flask, endpoint: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return values with those that the request's path has in common with a route.

    We match the path again, because the site may have taken them out of ``view_args``,
    or made something else of them.
    """
    rule = next(app.url_map.iter_rules(endpoint))
    missing = set(re.findall(_VARIABLE, rule.rule)) - set(values)
    if not missing:
        return values
    adapter = app.create_url_adapter(request)
    try:
        said = adapter.match()[1] if adapter else {}
    except HTTPException:  # this is the page that says so
        return values
    return {name: said[name] for name in missing & set(said)} | values
