"""Fetching pages as visitors do: inside this process, or over the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from flask import Flask, has_app_context, request
from werkzeug.datastructures import Headers

from ...client.certificates import trusted_certificates
from ...client.contact import Contact
from ...errors import LoaderError
from ...oauth.connections import current_connections
from ...web.addresses import own_url
from ...web.csp import origin_of
from ..state import EXTENSION, State

#: Seconds for one request to a running site.
TIMEOUT = 10
#: How many bytes of a page to read.
MAX_SIZE = 5 * 1024 * 1024

_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class VisitError(Exception):
    """A page could not be fetched; the message says why."""


class AppNotReached(VisitError):
    """Something around the app answered in its place."""


@dataclass(frozen=True)
class Page:
    """What a site answered.

    :param url: the whole address.
    :param visitor: who was logged in, as far as this process can know.
    :param connection: the OAuth connection of the request, likewise; why the site
        could not name it.
    """

    url: str
    status: int
    headers: Headers
    text: str
    visitor: Contact | LoaderError | None = None
    connection: str | LoaderError | None = None


class Site(Protocol):
    """A site that answers requests."""

    @property
    def origin(self) -> str | None:
        """Scheme, host and port in the address bar of a browser; None: unknown."""

    def get(self, address: str) -> Page:
        """Fetch a page as the visitor who is logged in."""

    def ask_anonymously(self, method: str, address: str) -> Page:
        """Send a request without any cookie."""

    def own_address(self, endpoint: str, **values: Any) -> str | None:
        """Return the address of one of our endpoints, None if unknown."""


class SiteInProcess:
    """The app itself, called without a server.

    :param page: whose path tells the variables of our prefix, if it has any.
    :param host: the host that the requests name.
    :param session: what the visitor's session holds.
    :param cookie: the visitor's Cookie header, instead of a session.
    """

    def __init__(
        self,
        app: Flask,
        *,
        page: str = "/",
        host: str | None = None,
        session: Mapping[str, Any] | None = None,
        cookie: str | None = None,
    ) -> None:
        self._app = app
        self._page = page
        self._session = session or {}
        self._cookie = cookie
        host = host or app.config["SERVER_NAME"] or "localhost"
        root = (app.config["APPLICATION_ROOT"] or "/").rstrip("/")
        is_https = (
            app.config["PREFERRED_URL_SCHEME"] == "https"
            or app.config["SESSION_COOKIE_SECURE"]
        )
        self._base_url = f"http{'s' * is_https}://{host}{root}/"

    @property
    def origin(self) -> str | None:
        return None  # a browser may come through any proxy

    def get(self, address: str) -> Page:
        return self._visit("GET", address, self._session, self._cookie)

    def ask_anonymously(self, method: str, address: str) -> Page:
        return self._visit(method, address, {}, None)

    def own_address(self, endpoint: str, **values: Any) -> str | None:
        with self._app.test_request_context(self._page, base_url=self._base_url):
            try:
                address = own_url(self._app, endpoint, **values)
            except LoaderError:
                return None
            return "/" + address.removeprefix(request.script_root).lstrip("/")

    def visitor(self) -> Contact | LoaderError | None:
        """Return the contact that the site's own loader finds in the session."""
        # Whatever it answers, before_request has run and the session is there.
        return self.get("/").visitor

    def _visit(
        self,
        method: str,
        address: str,
        session: Mapping[str, Any],
        cookie: str | None,
    ) -> Page:
        def visit() -> Page:
            # The client would overwrite the header with its own cookies.
            with self._app.test_client(use_cookies=cookie is None) as client:
                if session:
                    self._log_in(client, session)
                headers = {"Cookie": cookie} if cookie else {}
                return self._open(client, method, address, headers)

        # A command has an app context already. Requests within it would share its g,
        # so the next visitor would be the previous one.
        page = Context().run(visit)
        if page.headers.get("Location") == page.url.replace("http:", "https:", 1):
            # The site answers over https alone; no browser stays here.
            self._base_url = self._base_url.replace("http:", "https:", 1)
            page = Context().run(visit)
        return page

    def _log_in(self, client: Any, entries: Mapping[str, Any]) -> None:
        try:
            with client.session_transaction(base_url=self._base_url) as session:
                session.update(entries)
        except Exception as error:
            # As below: the site chooses what keeps its sessions.
            raise VisitError(
                f"no session can be begun: {type(error).__name__}: {error}"
            ) from error

    def _open(
        self, client: Any, method: str, address: str, headers: Mapping[str, str]
    ) -> Page:
        if address.startswith(self._base_url):
            # The client puts the path of the base before it.
            address = "/" + address.removeprefix(self._base_url)
        try:
            response = client.open(
                address, method=method, base_url=self._base_url, headers=headers
            )
        except Exception as error:
            # The site's own code may raise anything, and check reports it.
            raise VisitError(
                f"the page raises {type(error).__name__}: {error}"
            ) from error
        if not has_app_context():  # the client keeps that of the app's answer
            raise AppNotReached(
                f"{address} is answered ({response.status_code}) by something in front "
                "of the app, such as middleware around app.wsgi_app"
            )
        return Page(
            url=urljoin(self._base_url, address.lstrip("/")),
            status=response.status_code,
            headers=response.headers,
            text=response.text,
            visitor=self._visitor(),
            connection=self._connection(),
        )

    def _visitor(self) -> Contact | LoaderError | None:
        """Call the loader within the request that the app just answered."""
        state: State = self._app.extensions[EXTENSION]
        try:
            return state.contact()
        except LoaderError as error:
            return error

    def _connection(self) -> str | LoaderError | None:
        connections = current_connections()
        try:
            return connections.current_name() if connections else None
        except LoaderError as error:
            return error


class RunningSite:
    """A site somewhere on the network.

    :param base_url: the address of the page to check.
    :param cookie: the Cookie header of somebody who is logged in.
    """

    def __init__(self, base_url: str, *, cookie: str | None = None) -> None:
        self._base_url = base_url
        self._cookie = cookie

    @property
    def origin(self) -> str | None:
        return origin_of(self._base_url)

    def get(self, address: str) -> Page:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        return self._fetch("GET", address, headers)

    def ask_anonymously(self, method: str, address: str) -> Page:
        return self._fetch(method, address, {})

    def own_address(self, endpoint: str, **values: Any) -> str | None:  # noqa: ARG002 - only a page of the site tells its addresses
        return None

    def _fetch(self, method: str, address: str, headers: dict[str, str]) -> Page:
        url = urljoin(self._base_url, address)
        try:
            with (
                _session() as session,
                session.request(
                    method,
                    url,
                    headers=headers,
                    allow_redirects=False,
                    stream=True,
                    timeout=TIMEOUT,
                ) as response,
            ):
                body = response.raw.read(MAX_SIZE, decode_content=True)
        except _FAILURES as error:
            raise VisitError(f"{url} cannot be fetched: {error}") from error
        return Page(
            url=url,
            status=response.status_code,
            headers=Headers(list(response.raw.headers.items())),
            text=body.decode(response.encoding or "utf-8", "replace"),
        )


def _session() -> requests.Session:
    session = requests.Session()
    # Send none of the machine's credentials, but trust its own certificates.
    session.trust_env = False
    session.verify = trusted_certificates()
    session.headers["User-Agent"] = "flask-app-inbox check"
    return session


def ask_status(url: str, proxy: str | None) -> int | None:
    """Return the status of a public file of the vendor, None if nothing answers.

    :param proxy: the one that calls to the vendor take.
    """
    try:
        with (
            _session() as session,
            session.get(
                url,
                stream=True,
                timeout=TIMEOUT,
                allow_redirects=False,
                proxies={"http": proxy, "https": proxy} if proxy else {},
            ) as response,
        ):
            return response.status_code
    except _FAILURES:
        return None


def is_address(url: str) -> bool:
    """Tell a whole address from a path of the app."""
    return urlsplit(url).scheme in ("http", "https")


@contextmanager
def logged_in_as(app: Flask, contact: Contact) -> Iterator[None]:
    """Make the extension of an app take every visitor for one contact.

    Only for commands that check pages, never for a server: the extension no longer
    asks who is logged in.
    """
    state: State = app.extensions[EXTENSION]
    loaders = copy(state.loaders)
    loaders.contact = lambda: contact
    app.extensions[EXTENSION] = replace(state, loaders=loaders)
    try:
        yield
    finally:
        app.extensions[EXTENSION] = state
