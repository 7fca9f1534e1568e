"""Does the vendor answer, whose account is it, and does it issue tokens?"""

from __future__ import annotations

import contextlib

from ...client.account import read_account, read_version
from ...client.contact import Contact
from ...errors import VendorError, VendorInvalid, VendorRateLimited, VendorRejected
from ..state import State
from .finding import FindingKind, Section
from .visit import ask_status

KEY_REFUSED = FindingKind(
    "key_refused",
    "error",
    what="The vendor refuses APP_INBOX_API_KEY (401).",
    why="The key is wrong, belongs to another platform, or is disabled: the vendor "
    "disables a key that was not used for 90 days.",
    fix='APP_INBOX_API_KEY = "…"  # from the vendor: Settings, API keys',
)
RIGHT_MISSING = FindingKind(
    "right_missing",
    "error",
    what="The key opens the account, but the vendor issues no token with it (403).",
    why="The vendor does not document which right a key needs for tokens; full access "
    "to the API certainly includes it.",
    fix='APP_INBOX_API_KEY = "…"  # a new one, with full access',
)
API_URL_WRONG = FindingKind(
    "api_url_wrong",
    "error",
    what="What answers at {token_url} issues no tokens: {error}.",
    why="APP_INBOX_API_URL and APP_INBOX_TOKEN_PATH together make this address.",
    fix='APP_INBOX_API_URL = "{likely_url}"',
)
CONTACT_UNKNOWN = FindingKind(
    "contact_unknown",
    "warning",
    what="The vendor does not know this contact: the token is empty.",
    why="The bell stays empty for customers whom the vendor does not know.",
    fix="APP_INBOX_CREATE_CONTACTS = True  # or app_inbox.sync_contact() when "
    "customers register",
)
VENDOR_UNREACHABLE = FindingKind(
    "vendor_unreachable",
    "error",
    what="The vendor gives no answer at {api_url}: {error}.",
    why="Without it there are no tokens. A firewall that lets nothing out and a wrong "
    "address look the same from here.",
    fix={
        "rate_limited": "flask app-inbox check  # again in a minute",
        "down": "flask app-inbox check  # again later: the vendor says it is down",
        "other_address": 'APP_INBOX_API_URL = "{platform_url}"',
        "network": "curl {api_url}/v1/version  # can this machine reach it?",
    },
)
SCRIPT_ID_WRONG = FindingKind(
    "script_id_wrong",
    "error",
    what="The vendor's page script {failure}: {source}",
    why="Without it nothing draws the bell.",
    fix="flask app-inbox script --domain your.domain  # prints the right id",
)

#: A contact whom no vendor knows; ``.invalid`` can belong to nobody.
STRANGER = Contact(email="check@app-inbox.invalid")


def check_vendor(state: State, section: Section, contact: Contact | None) -> None:
    """Call the vendor as the endpoint does, but create nobody.

    :param contact: whose token to ask for; None: somebody unknown.
    """
    if not _check_account(state, section):
        return
    _check_token(state, section, contact)
    _check_script(state, section)


def _check_account(state: State, section: Section) -> bool:
    """Tell whether it is worth asking for more."""
    try:
        account = read_account(state.client.api)
    except VendorRejected as error:
        if error.status == 403:
            section.ok("The key opens an account, but may not say whose.")
            return True
        section.report(KEY_REFUSED)
        return False
    except VendorInvalid:
        # Perhaps not every documented host has this call; the token call decides.
        section.ok("The vendor did not say whose account this is.")
        return True
    except VendorError as error:
        _report_unreachable(state, section, error)
        return False
    name = account.name or "without a name"
    number = f" ({account.id})" if account.id is not None else ""
    section.ok(f"The key opens the account {name}{number}.")
    with contextlib.suppress(VendorError):  # it decides nothing
        version = read_version(state.client.api)
        section.ok(f"The vendor's API has version {version}.")
    return True


def _check_token(state: State, section: Section, contact: Contact | None) -> None:
    try:
        token = state.client.issue_to_known(contact or STRANGER)
    except VendorRejected as error:
        section.report(KEY_REFUSED if error.status == 401 else RIGHT_MISSING)
    except VendorInvalid as error:
        section.report(
            API_URL_WRONG,
            token_url=state.settings.token_url,
            error=error,
            likely_url=_likely_url(state),
        )
    except VendorError as error:
        _report_unreachable(state, section, error)
    else:
        _judge_token(section, token, contact)


def _likely_url(state: State) -> str:
    """Return the most likely base: a stand-in's own, else the platform's."""
    given = state.settings.api_url
    if given.startswith("http:"):
        return "/".join(given.split("/")[:3]) + "/api"
    return state.settings.platform.api_url


def _judge_token(section: Section, token: str, contact: Contact | None) -> None:
    if token:
        section.ok("The vendor issues a token for this contact.")
    elif contact is None:
        section.ok("The vendor answers token requests (asked for an unknown contact).")
    else:
        section.report(CONTACT_UNKNOWN)


def _check_script(state: State, section: Section) -> None:
    source = state.settings.script_source
    if source is None:
        return
    status = ask_status(source)
    if status == 200:
        section.ok("The vendor's page script is there.")
        return
    failure = f"answers {status}" if status else "cannot be reached"
    section.report(SCRIPT_ID_WRONG, failure=failure, source=source)


def _report_unreachable(state: State, section: Section, error: VendorError) -> None:
    platform_url = state.settings.platform.api_url
    if isinstance(error, VendorRateLimited):
        case = "rate_limited"
    elif error.status:
        case = "down"
    elif state.settings.api_url != platform_url:
        case = "other_address"
    else:
        case = "network"
    section.report(
        VENDOR_UNREACHABLE,
        case,
        api_url=state.settings.api_url,
        error=error,
        platform_url=platform_url,
    )
