"""Does the vendor answer, whose account is it, and does it issue tokens?"""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from ...client.account import read_account, read_version
from ...client.contact import Contact
from ...client.transport_errors import ProxyFailed, ProxyTimeout
from ...config.validators import is_loopback
from ...errors import (
    ReconnectNeeded,
    StorageError,
    VendorError,
    VendorInvalid,
    VendorRateLimited,
    VendorRejected,
)
from ..settings import Settings
from .connections import Access, report_unreadable
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
    what="{credentials} opens the account, but the vendor issues no token with it "
    "(403).",
    why="The vendor does not document which right tokens need; full access to the API "
    "certainly includes it.",
    fix={
        "key": 'APP_INBOX_API_KEY = "…"  # a new one, with full access',
        "connection": 'APP_INBOX_OAUTH_CLIENT_ID = "…"  # an app that is registered '
        "with full access",
    },
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
        "sandbox": "python -m flask_app_inbox.sandbox --port {port}  # starts the "
        "sandbox there",
        "other_address": 'APP_INBOX_API_URL = "{platform_url}"',
        "proxy": 'APP_INBOX_PROXY = "http://user:password@host:3128"  # or unset it',
        "network": "curl {api_url}/v1/version  # can this machine reach it?",
    },
)
SCRIPT_ID_WRONG = FindingKind(
    "script_id_wrong",
    "error",
    what="The vendor's page script {failure}: {source}",
    why="Without it nothing draws the bell.",
    fix={
        "setting": "flask app-inbox script --domain your.domain  # prints the right id",
        "connection": "flask app-inbox script --connection {connection} --domain "
        "its.domain  # stores the right id",
    },
)

#: A contact whom no vendor knows; ``.invalid`` can belong to nobody.
STRANGER = Contact(email="check@app-inbox.invalid")


def check_account(
    access: Access, settings: Settings, contact: Contact | None, section: Section
) -> None:
    """Call the vendor as the endpoint does, but create nobody.

    :param contact: whose token to ask for; None: somebody unknown.
    """
    try:
        if access.is_usable(settings, section) and _opens(access, settings, section):
            _check_token(access, settings, contact, section)
    except StorageError as error:
        report_unreadable(error, section)


def _opens(access: Access, settings: Settings, section: Section) -> bool:
    """Tell whether it is worth asking for more."""
    try:
        account = read_account(access.client.api)
    except VendorRejected as error:
        if error.status == 403:
            section.ok(f"{access.credentials} opens an account, but may not say whose.")
            return True
        _report_refusal(access, error, section)
        return False
    except VendorInvalid:
        # Perhaps not every documented host has this call; the token call decides.
        section.ok("The vendor did not say whose account this is.")
        return True
    except VendorError as error:
        _report_failure(access, settings, error, section)
        return False
    name = account.name or "without a name"
    number = f" ({account.id})" if account.id is not None else ""
    section.ok(f"{access.credentials} opens the account {name}{number}.")
    with contextlib.suppress(VendorError):  # it decides nothing
        version = read_version(access.client.api)
        section.ok(f"The vendor's API has version {version}.")
    return True


def _check_token(
    access: Access, settings: Settings, contact: Contact | None, section: Section
) -> None:
    try:
        token = access.client.issue_to_known(contact or STRANGER)
    except VendorRejected as error:
        if error.status == 401:
            _report_refusal(access, error, section)
        else:
            case = "connection" if access.connection else "key"
            section.report(RIGHT_MISSING, case, credentials=access.credentials)
    except VendorInvalid as error:
        section.report(
            API_URL_WRONG,
            token_url=settings.token_url,
            error=error,
            likely_url=_likely_url(settings),
        )
    except VendorError as error:
        _report_failure(access, settings, error, section)
    else:
        _judge_token(token, contact, section)


def _report_refusal(access: Access, error: VendorRejected, section: Section) -> None:
    if access.connection is None:
        section.report(KEY_REFUSED)
    else:
        access.report_lost_connection(error, section)


def _likely_url(settings: Settings) -> str:
    """Return the most likely base: a stand-in's own, else the platform's."""
    given = settings.api_url
    if given.startswith("http:"):
        return "/".join(given.split("/")[:3]) + "/api"
    return settings.platform.api_url


def _judge_token(token: str, contact: Contact | None, section: Section) -> None:
    if token:
        section.ok("The vendor issues a token for this contact.")
    elif contact is None:
        section.ok("The vendor answers token requests (asked for an unknown contact).")
    else:
        section.report(CONTACT_UNKNOWN)


def check_script(access: Access, settings: Settings, section: Section) -> None:
    """Fetch the vendor's script that the account's pages load."""
    source = access.script_source
    if source is None:
        return
    status = ask_status(source, settings.proxy)
    if status == 200:
        section.ok("The vendor's page script is there.")
        return
    section.report(
        SCRIPT_ID_WRONG,
        "connection" if access.has_own_script else "setting",
        failure=f"answers {status}" if status else "cannot be reached",
        source=source,
        connection=access.quoted_connection,
    )


def _report_failure(
    access: Access, settings: Settings, error: VendorError, section: Section
) -> None:
    if isinstance(error, ReconnectNeeded):
        access.report_lost_connection(error, section)
        return
    platform_url = settings.platform.api_url
    address = urlsplit(settings.api_url)
    if isinstance(error, VendorRateLimited):
        case = "rate_limited"
    elif isinstance(error, (ProxyFailed, ProxyTimeout)):
        case = "proxy"
    elif error.status:
        case = "down"
    elif is_loopback(address.hostname or ""):
        case = "sandbox"
    elif settings.api_url != platform_url:
        case = "other_address"
    else:
        case = "network"
    section.report(
        VENDOR_UNREACHABLE,
        case,
        api_url=settings.api_url,
        error=error,
        platform_url=platform_url,
        port=address.port or 80,
    )
