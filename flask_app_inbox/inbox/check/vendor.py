"""Does the vendor answer, whose account is it, and does it give tokens?"""

from __future__ import annotations

import contextlib

from ...client.account import read_account, read_version
from ...client.contact import Contact
from ...errors import VendorError, VendorInvalid, VendorRateLimited, VendorRejected
from ..state import State
from .finding import Area
from .visit import ask_status

#: A contact whom no vendor knows; ``.invalid`` can belong to nobody.
STRANGER = Contact(email="check@app-inbox.invalid")


def check_vendor(state: State, area: Area, contact: Contact | None) -> None:
    """Call the vendor as the endpoint does, but create nobody.

    :param contact: for whom a token is minted; None: for somebody unknown.
    """
    if not _check_account(state, area):
        return
    _check_token(state, area, contact)
    _check_script(state, area)


def _check_account(state: State, area: Area) -> bool:
    """Tell whether it is worth asking for more."""
    try:
        account = read_account(state.client.api)
    except VendorRejected as error:
        if error.status == 403:
            area.ok("The key opens an account, but may not say whose.")
            return True
        _key_refused(area)
        return False
    except VendorInvalid:
        # Not every documented host is known to have this call; minting decides.
        area.ok("The vendor did not say whose account this is.")
        return True
    except VendorError as error:
        _unreachable(state, area, error)
        return False
    name = account.name or "without a name"
    number = f" ({account.id})" if account.id is not None else ""
    area.ok(f"The key opens the account {name}{number}.")
    with contextlib.suppress(VendorError):  # it decides nothing
        area.ok(f"The vendor's API has the version {read_version(state.client.api)}.")
    return True


def _check_token(state: State, area: Area, contact: Contact | None) -> None:
    try:
        token = state.client.issue_to_known(contact or STRANGER)
    except VendorRejected as error:
        if error.status == 401:
            _key_refused(area)
            return
        area.error(
            "right_missing",
            "The key opens the account, but the vendor mints no token with it (403).",
            why="Which right a key needs for tokens is not documented; full access "
            "to the API has it for sure.",
            mend='APP_INBOX_API_KEY = "…"  # a new one, with full access',
        )
    except VendorInvalid as error:
        area.error(
            "api_url_wrong",
            f"What answers at {state.settings.token_url} mints no tokens: {error}.",
            why="APP_INBOX_API_URL and APP_INBOX_TOKEN_PATH together are this address.",
            mend=f'APP_INBOX_API_URL = "{_api_url(state)}"',
        )
    except VendorError as error:
        _unreachable(state, area, error)
    else:
        _judge_token(area, token, contact)


def _api_url(state: State) -> str:
    """Return the likeliest base: a stand-in's own, else the platform's."""
    given = state.settings.api_url
    if given.startswith("http:"):
        return "/".join(given.split("/")[:3]) + "/api"
    return state.settings.platform.api_url


def _judge_token(area: Area, token: str, contact: Contact | None) -> None:
    if token:
        area.ok("The vendor mints a token for this contact.")
    elif contact is None:
        area.ok("The vendor answers token requests (asked for an unknown contact).")
    else:
        area.warn(
            "contact_unknown",
            "The vendor does not know this contact: the token is empty.",
            why="The bell stays empty for customers whom the vendor does not know.",
            mend="APP_INBOX_CREATE_CONTACTS = True  # or app_inbox.sync_contact() "
            "when customers register",
        )


def _check_script(state: State, area: Area) -> None:
    source = state.settings.script_source
    if source is None:
        return
    status = ask_status(source)
    if status == 200:
        area.ok("The vendor's page script is there.")
        return
    told = f"answers {status}" if status else "cannot be reached"
    area.error(
        "script_id_wrong",
        f"The vendor's page script {told}: {source}",
        why="Without it nothing draws the bell.",
        mend="flask app-inbox script --domain your.domain  # prints the right id",
    )


def _key_refused(area: Area) -> None:
    area.error(
        "key_refused",
        "The vendor refuses APP_INBOX_API_KEY (401).",
        why="The key is wrong, of another platform, or disabled: the vendor does that "
        "to a key that was not used for 90 days.",
        mend='APP_INBOX_API_KEY = "…"  # from the vendor: Settings, API keys',
    )


def _unreachable(state: State, area: Area, error: VendorError) -> None:
    if isinstance(error, VendorRateLimited):
        mend = "flask app-inbox check  # again in a minute"
    elif error.status:
        mend = "flask app-inbox check  # again later: the vendor says it is down"
    elif state.settings.api_url != state.settings.platform.api_url:
        mend = f'APP_INBOX_API_URL = "{state.settings.platform.api_url}"'
    else:
        mend = f"curl {state.settings.api_url}/v1/version  # does it get out of here?"
    area.error(
        "vendor_unreachable",
        f"The vendor gives no answer at {state.settings.api_url}: {error}.",
        why="Without it there are no tokens. A firewall that lets nothing out and a "
        "wrong address look the same from here.",
        mend=mend,
    )
