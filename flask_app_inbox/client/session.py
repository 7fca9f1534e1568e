"""The session of requests that calls to a vendor share."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy

import requests

from .pool import DeadlineAdapter
from .proxy import Proxy


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Ignore redirects: requests would unpack their bodies without a limit."""


def make_session(
    size: int, certificates: str, proxy: Proxy | None = None
) -> requests.Session:
    """Return a session that follows, obeys and keeps nothing by itself.

    :param size: how many idle connections are kept for each host.
    :param certificates: a file or folder of those to trust.
    :param proxy: what every call takes; None: none does.
    """
    session = _Session()
    # Take no proxy, netrc or certificate from the environment.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers.update(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "flask-app-inbox",
        }
    )
    if proxy:
        session.proxies = {"http": proxy.url, "https": proxy.url}
    adapter = DeadlineAdapter(size=size, certificates=certificates, proxy=proxy)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
