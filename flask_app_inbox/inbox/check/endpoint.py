"""What the site answers to somebody who is not logged in."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from .finding import Area
from .visit import Page, Site, VisitError

_EXEMPT_US = (
    'if request.blueprint == "app_inbox": return  # first in your before_request'
)


def check_script_file(site: Site, address: str, area: Area) -> None:
    """Fetch our script as browsers do."""
    try:
        page = site.ask_anonymously("GET", address)
    except VisitError as error:
        _script_unreachable(area, str(error), address)
        return
    kind = page.headers.get("Content-Type", "nothing")
    if page.status == 200 and "javascript" in kind:
        area.ok("Our script is served.")
    else:
        _script_unreachable(area, f"It answers {page.status} with {kind}", address)


def _script_unreachable(area: Area, told: str, address: str) -> None:
    area.error(
        "script_unreachable",
        f"Our script cannot be loaded from {urlsplit(address).path}: {told}.",
        why="Something in front of the extension answers instead of it.",
        mend=_EXEMPT_US,
    )


def check_endpoint(site: Site, address: str, area: Area) -> None:
    """Ask for a token without being logged in; the answer must be a 401 in JSON."""
    try:
        page = site.ask_anonymously("POST", address)
    except VisitError as error:
        area.error(
            "endpoint_fails",
            f"The token endpoint does not answer: {error}.",
            why="Without tokens the bell stays empty.",
            mend=_EXEMPT_US,
        )
        return
    code = _problem_code(page)
    path = urlsplit(page.url).path
    if page.status == 401 and code == "login_required":
        area.ok("The token endpoint answers 401 to somebody who is not logged in.")
    elif page.status == 200:
        area.error(
            "endpoint_open",
            f"{path} gives a token to somebody who is not logged in.",
            why="Whoever asks reads that contact's messages.",
            mend="return None  # in your contact_loader, when nobody is logged in",
        )
    elif code == "loader_failed":
        area.error(
            "loader_failed",
            f"{path} answers 500: the site could not say who is logged in.",
            why="The contact loader raised or returned something else than a Contact "
            "or None; the log says what.",
            mend="return None  # in your contact_loader, when nobody is logged in",
        )
    elif 300 <= page.status < 400:
        area.error(
            "endpoint_redirects",
            f"{path} answers {page.status} to {page.headers.get('Location')}.",
            why="A script cannot log in: it needs the 401 in JSON. A before_request of "
            "the site sends everybody to the login page.",
            mend=_EXEMPT_US,
        )
    else:
        area.error(
            "endpoint_taken",
            f"{path} answers {page.status}, not 401 with login_required.",
            why="Something in front of the extension answers instead of it.",
            mend=_EXEMPT_US,
        )


def _problem_code(page: Page) -> object:
    try:
        body = json.loads(page.text)
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None
