"""Can the site read messages for its own bell?"""

from __future__ import annotations

from ...client.contact import Contact
from ...client.messages import TokenUse
from ...errors import AppInboxError, VendorError, VendorRejected
from ..inboxes import Inboxes
from ..settings import Settings
from .connections import Access
from .finding import FindingKind, Section

MESSAGES_URL_WRONG = FindingKind(
    "messages_url_wrong",
    "error",
    what="What answers at {messages_url} gives no messages: {error}.",
    why="The site's own bell shows what the platform's messages API has.",
    fix={
        "platform": 'APP_INBOX_MESSAGES_URL = "{likely_url}"',
        "network": "curl {messages_url}/v1/messages/count  # 401 is the right answer",
    },
)
MESSAGES_REFUSED = FindingKind(
    "messages_refused",
    "error",
    what="The messages API at {messages_url} refuses the token that the vendor has "
    "just issued.",
    why="Tokens of one host do not work at another, or the account has no App Inbox.",
    fix='APP_INBOX_MESSAGES_URL = "{likely_url}"',
)

#: What the vendor certainly has not issued.
_NO_TOKEN = "no-token"  # noqa: S105 - it says so


def check_messages(
    access: Access,
    inboxes: Inboxes,
    settings: Settings,
    contact: Contact | None,
    section: Section,
) -> None:
    """Count a contact's messages, and mark none.

    :param contact: None: somebody unknown, for whom there is no token. Then the API
        must refuse one that was made up.
    """
    try:
        token = access.client.issue_to_known(contact) if contact else ""
    except AppInboxError:
        return  # the account has been checked, and its finding tells
    url, likely = settings.messages_url, _likely_url(settings)
    use = TokenUse(token or _NO_TOKEN)
    try:
        count = inboxes.client.count_unread(use, inboxes.deadline())
    except VendorError as error:
        is_refusal = isinstance(error, VendorRejected) and error.status == 401
        if is_refusal and token:
            section.report(MESSAGES_REFUSED, messages_url=url, likely_url=likely)
        elif is_refusal:
            section.ok("The messages API answers.")
        else:
            case = "network" if url == likely else "platform"
            section.report(
                MESSAGES_URL_WRONG,
                case,
                messages_url=url,
                likely_url=likely,
                error=error,
            )
    else:
        section.ok(f"The messages API counts {count} unread for this contact.")


def _likely_url(settings: Settings) -> str:
    """Return the most likely base: a stand-in's own, else the platform's."""
    api = settings.api_url
    if api.startswith("http:"):
        return "/".join(api.split("/")[:3]) + "/appinbox"
    return settings.platform.messages_url
