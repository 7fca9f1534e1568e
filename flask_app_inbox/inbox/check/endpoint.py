"""What the site answers to a visitor who is not logged in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from ...errors import AppInboxError, StorageError, VendorError
from .finding import FindingKind, Section
from .login import Login, report_failure
from .visit import Page, Site, VisitError

IN_FRONT = "Something in front of the extension answers instead of it."
EXEMPT_US = (
    'if request.blueprint == "app_inbox": return  # first in your before_request'
)

_ERRORS: tuple[type[AppInboxError], ...] = (
    *(StorageError, VendorError),
    *VendorError.__subclasses__(),
)
#: What the endpoint answers to somebody whom it takes for a customer.
_AFTER_LOGIN = {error.code for error in _ERRORS}

SCRIPT_UNREACHABLE = FindingKind(
    "script_unreachable",
    "error",
    what="{path} does not serve our {file}: {reason}.",
    why=IN_FRONT,
    fix=EXEMPT_US,
)
ENDPOINT_FAILS = FindingKind(
    "endpoint_fails",
    "error",
    what="The site's endpoint does not answer: {reason}.",
    why="The bell stays empty without it.",
    fix=EXEMPT_US,
)
ENDPOINT_OPEN = FindingKind(
    "endpoint_open",
    "error",
    what="{path} takes a visitor who is not logged in for a customer.",
    why="Anyone who asks can read that customer's messages.",
    fix="return None  # in your contact_loader, when nobody is logged in",
)
ENDPOINT_REDIRECTS = FindingKind(
    "endpoint_redirects",
    "error",
    what="{path} answers {status} and redirects to {target}.",
    why="A script cannot log in: it needs the 401 in JSON. A before_request of the "
    "site redirects everyone to the login page.",
    fix=EXEMPT_US,
)
ENDPOINT_CSRF = FindingKind(
    "endpoint_csrf",
    "error",
    what="{path} answers {status}: the site wants the CSRF token of a form.",
    why="The endpoint checks the origin itself, and a form's token dies after an hour. "
    "CSRFProtect lets it pass, unless the site calls csrf.protect() itself.",
    # protect() itself knows no exemptions, so only the site can leave us out.
    fix='if request.blueprint not in ("app_inbox", "app_inbox_oauth", "chathub"): '
    "csrf.protect()",
)
ENDPOINT_FORGETS = FindingKind(
    "endpoint_forgets",
    "error",
    what="{path} says that nobody is logged in, but the page is for somebody.",
    why="So there is no token for them, and no bell. Functions of one blueprint, such "
    "as its before_request, do not run for the endpoint.",
    fix="@blueprint.before_app_request  # where the site finds out who is logged in",
)
ENDPOINT_TAKEN = FindingKind(
    "endpoint_taken",
    "error",
    what="{path} answers {status}, not 401 with login_required.",
    why=IN_FRONT,
    fix=EXEMPT_US,
)


def check_script_file(site: Site, address: str, section: Section) -> None:
    """Fetch our script as browsers do."""
    if serves_file(site, address, section, "script"):
        section.ok("Our script is served.")


def serves_file(
    site: Site,
    address: str,
    section: Section,
    file: str,
    *,
    kind: str = "javascript",
) -> bool:
    """Fetch a file of ours as browsers do, and tell whether it came.

    :param file: what it is, in words.
    :param kind: what its content type says.
    """
    try:
        page = site.ask_anonymously("GET", address)
        given = page.headers.get("Content-Type", "nothing")
        if page.status == 200 and kind in given:
            return True
        reason = f"it answers {page.status} with {given}"
    except VisitError as error:
        reason = str(error)
    path = urlsplit(address).path
    section.report(SCRIPT_UNREACHABLE, path=path, file=file, reason=reason)
    return False


def check_endpoints(
    site: Site,
    asked: Iterable[tuple[str, str]],
    login: Login,
    section: Section,
    *,
    has_csrf: bool,
) -> None:
    """Ask endpoints without being logged in; each must answer a 401 in JSON.

    The first that is wrong is reported: most often all are, and for the same reason.

    :param asked: method and address of each.
    :param has_csrf: whether the app uses Flask-WTF's CSRFProtect. An endpoint never
        answers 400 to a visitor by itself, and the site may have its own words for it.
    """
    answers = (
        _asks_for_login(site, method, address, login, section, has_csrf)
        for method, address in asked
    )
    if all(answers):
        section.ok("The site answers 401 to somebody who is not logged in.")


def _asks_for_login(
    site: Site,
    method: str,
    address: str,
    login: Login,
    section: Section,
    has_csrf: bool,
) -> bool:
    try:
        page = site.ask_anonymously(method, address)
    except VisitError as error:
        section.report(ENDPOINT_FAILS, reason=error)
        return False
    code = _problem_code(page)
    path = urlsplit(page.url).path
    if page.status == 401 and code == "login_required":
        return True
    if code == "loader_failed":
        reason = f"{path} answers {page.status} with loader_failed; see the log."
        report_failure(login, reason, section)
    elif page.status == 200 or code in _AFTER_LOGIN:
        section.report(ENDPOINT_OPEN, path=path)
    elif 300 <= page.status < 400:
        target = page.headers.get("Location", "nowhere")
        section.report(ENDPOINT_REDIRECTS, path=path, status=page.status, target=target)
    elif "csrf" in page.text.lower() or (has_csrf and page.status == 400):
        section.report(ENDPOINT_CSRF, path=path, status=page.status)
    else:
        section.report(ENDPOINT_TAKEN, path=path, status=page.status)
    return False


def check_user(site: Site, address: str, section: Section) -> None:
    """Ask who is logged in, as the page's script does for whom the page is."""
    try:
        page = site.get(address)
    except VisitError:
        return  # the token endpoint has told
    if page.status == 401 and _problem_code(page) == "login_required":
        section.report(ENDPOINT_FORGETS, path=urlsplit(page.url).path)
    elif page.status == 204:
        section.ok("The endpoint knows the visitor whom the page is for.")


def _problem_code(page: Page) -> object:
    try:
        body = json.loads(page.text)
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None
