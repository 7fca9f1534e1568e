"""The three platforms, as data.

The documents of eSputnik, Yespo and Reteno describe the same service under three host
names. Where the documents disagree, we take what the vendor's own plugins use. Settings
reach every other documented form.
"""

from __future__ import annotations

from typing import NamedTuple


class Platform(NamedTuple):
    """Where a platform lives.

    :param api_url: base of the REST API; the token path is joined to it.
    :param script_url: base of the page script, ``<script_url>/scripts/<id>.js``.
    :param messages_url: base of the messages API, which has no ``/api`` before it.
    :param oauth_url: base of the authorization server; None where no document
        names one.
    :param domains: the domains that pages with the widget call, for a
        Content-Security-Policy. The API's own domain is likely, not documented: the
        guide for mobile apps names esputnik.com, and the one site whose policy is
        public allows it with its subdomains.
    """

    name: str
    api_url: str
    script_url: str
    messages_url: str
    oauth_url: str | None
    domains: tuple[str, ...]


#: Where events are sent, below the API's base.
EVENT_PATH = "/v2/event"
#: The web guides of all three platforms load the script from this host.
_SCRIPT_URL = "https://statics.esputnik.com"
#: The guide "App Inbox for mobile apps", of eSputnik and of Yespo alike.
_MESSAGES_URL = "https://esputnik.com/appinbox"

PLATFORMS = {
    platform.name: platform
    for platform in (
        # API base: the reference "Getting started with your API".
        Platform(
            name="esputnik",
            api_url="https://esputnik.com/api",
            script_url=_SCRIPT_URL,
            messages_url=_MESSAGES_URL,
            oauth_url="https://uaa.esputnik.com/uaa",
            domains=("esputnik.com",),
        ),
        # API base: the vendor's WooCommerce plugin.
        Platform(
            name="yespo",
            api_url="https://yespo.io/api",
            script_url=_SCRIPT_URL,
            messages_url=_MESSAGES_URL,
            oauth_url="https://uaa.yespo.io/uaa",
            domains=("yespo.io", "esputnik.com"),
        ),
        # The guide "Configuring App Inbox for websites" shows no /api here.
        Platform(
            name="reteno",
            api_url="https://reteno.com",
            script_url=_SCRIPT_URL,
            # The newer revision of the guide for mobile apps; the older one has
            # reteno.com.
            messages_url="https://api.reteno.com/appinbox",
            oauth_url=None,
            domains=("reteno.com", "esputnik.com"),
        ),
    )
}
