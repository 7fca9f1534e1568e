"""What the site answers to a visitor who is not logged in."""

from __future__ import annotations

import json
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
    what="{path} does not serve our script: {reason}.",
    why=IN_FRONT,
    fix=EXEMPT_US,
)
ENDPOINT_FAILS = FindingKind(
    "endpoint_fails",
    "error",
    what="The token endpoint does not answer: {reason}.",
    why="Without tokens the bell stays empty.",
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
ENDPOINT_TAKEN = FindingKind(
    "endpoint_taken",
    "error",
    what="{path} answers {status}, not 401 with login_required.",
    why=IN_FRONT,
    fix=EXEMPT_US,
)


def check_script_file(site: Site, address: str, section: Section) -> None:
    """Fetch our script as browsers do."""
    path = urlsplit(address).path
    try:
        page = site.ask_anonymously("GET", address)
    except VisitError as error:
        section.report(SCRIPT_UNREACHABLE, path=path, reason=error)
        return
    kind = page.headers.get("Content-Type", "nothing")
    if page.status == 200 and "javascript" in kind:
        section.ok("Our script is served.")
    else:
        reason = f"it answers {page.status} with {kind}"
        section.report(SCRIPT_UNREACHABLE, path=path, reason=reason)


def check_endpoint(
    site: Site, address: str, login: Login, section: Section, *, has_csrf: bool
) -> None:
    """Ask for a token without being logged in; the answer must be a 401 in JSON.

    :param has_csrf: whether the app uses Flask-WTF's CSRFProtect. The endpoint never
        answers 400 by itself, and the site may have its own words for it.
    """
    try:
        page = site.ask_anonymously("POST", address)
    except VisitError as error:
        section.report(ENDPOINT_FAILS, reason=error)
        return
    code = _problem_code(page)
    path = urlsplit(page.url).path
    if page.status == 401 and code == "login_required":
        section.ok("The token endpoint answers 401 to somebody who is not logged in.")
    elif code == "loader_failed":
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


def _problem_code(page: Page) -> object:
    try:
        body = json.loads(page.text)
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None
