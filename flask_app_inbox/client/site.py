"""The vendor's calls about a site: register its domain, read its script."""

from __future__ import annotations

import re

from ..errors import VendorError, VendorInvalid
from .api import VendorApi
from .deadline import Deadline

#: The vendor's answer to a domain that it knows already comes in two wordings.
_KNOWN_DOMAIN = re.compile(rb"already (?:exists|registered)", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9.-]{1,253}", re.IGNORECASE)
_UNREACHABLE = re.compile(rb"can.t be reached", re.IGNORECASE)

#: The id stands in the address of the script, or is the last argument of the loader,
#: which builds the address itself.
_ID_IN_ADDRESS = re.compile(r"/scripts/([A-Za-z0-9_-]{1,64})\.js")
_ID_OF_LOADER = re.compile(
    r"""['"]script['"]\s*,\s*['"]([A-Za-z0-9_-]{8,64})['"]\s*\)"""
)


def register_domain(
    api: VendorApi, domain: str, deadline: Deadline | None = None
) -> bool:
    """Register a site's domain with the account.

    Source: ``POST /v1/site/domains`` in the platform's OpenAPI description answers 201
    for a new domain and 200 for one that it knows. The vendor's plugins for
    WooCommerce and Shopify met a 400 whose text says that the domain exists, and count
    it as success. The description allows an organization one domain, and does not say
    how another one is refused: perhaps in the same words. So after a refusal we ask
    which one it has.

    :returns: whether the domain is new.
    :raises VendorInvalid: also if the account has another domain.
    :raises VendorError: with any other cause.
    """
    answer = api.call("POST", "/v1/site/domains", deadline, body={"domain": domain})
    if answer.status < 400:
        return answer.status == 201
    if _UNREACHABLE.search(answer.body):
        raise VendorInvalid("the vendor cannot reach that domain", status=answer.status)
    domains = _domains(api, deadline)
    if _KNOWN_DOMAIN.search(answer.body) and (domain in domains or not domains):
        return False
    others = [one for one in domains if one != domain]
    if others:
        raise VendorInvalid(
            f"the account has the domain {others[0]}, and the vendor takes one domain "
            "for each account",
            status=answer.status,
        )
    raise VendorInvalid(
        f"the vendor answered {answer.status} to a domain", status=answer.status
    )


def _domains(api: VendorApi, deadline: Deadline | None) -> list[str]:
    """Return the domains of the account, as far as the vendor says.

    Source: ``GET /v1/site/domains`` in the platform's OpenAPI description.
    """
    try:
        told = api.call("GET", "/v1/site/domains", deadline).json()
    except VendorError:
        return []
    entries = told if isinstance(told, list) else []
    names = [entry.get("domain") for entry in entries if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str) and _NAME.fullmatch(name)]


def read_script_id(api: VendorApi, deadline: Deadline | None = None) -> str:
    """Read the id of the account's page script.

    Source: the vendor's plugins call ``GET /v1/site/script`` with
    ``Accept: text/plain`` and get the HTML of the loader, which holds the id.

    :raises VendorInvalid: if there is no script or no id in it.
    :raises VendorError: with any other cause.
    """
    answer = api.call("GET", "/v1/site/script", deadline, accept="text/plain")
    if answer.status != 200:
        raise VendorInvalid(
            f"the vendor answered {answer.status} to the request for the script",
            status=answer.status,
        )
    script_id = find_script_id(answer.body.decode("utf-8", "replace"))
    if script_id is None:
        raise VendorInvalid("the vendor's script holds no id", status=200)
    return script_id


def find_script_id(html: str) -> str | None:
    """Return the id of the script that some HTML loads, None if it loads none."""
    found = _ID_IN_ADDRESS.search(html) or _ID_OF_LOADER.search(html)
    return found[1] if found else None
