"""Everything that ``flask app-inbox check`` looks at, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass

from flask import Flask

from ...client.contact import Contact
from ..state import EXTENSION, State
from .configuration import check_configuration, setting_rows
from .endpoint import check_endpoint, check_script_file
from .finding import Area, Report
from .page import address_in, check_answer, check_page, find_own_script, read_html
from .page_policy import check_policy
from .session import check_cookies, check_secret_key
from .storage import check_storage, processes_of
from .vendor import STRANGER, check_vendor
from .visit import Page, Site, SiteInProcess, VisitError, logged_in_as


@dataclass(frozen=True)
class Wishes:
    """What a check is asked to do.

    :param page: the path or address of a page.
    :param contact: for whom a token is minted and the page rendered.
    :param own_login: whether the site's own loader says who is logged in.
    :param vendor: whether to ask the vendor, too.
    :param processes: of the site in operation; None: what the environment says.
    """

    page: str = "/"
    contact: Contact | None = None
    own_login: bool = False
    vendor: bool = True
    processes: int | None = None


def check(app: Flask, site: Site, wishes: Wishes) -> Report:
    """Look at an app, the vendor and a page of the site.

    :param site: where the page is fetched from.
    """
    state: State = app.extensions[EXTENSION]
    report = Report(setting_rows(state.settings, app.config, os.environ))
    area = report.area("Configuration")
    if not state.settings.enabled:
        area.warn(
            "disabled",
            "APP_INBOX_ENABLED is False: templates render nothing.",
            why="There is no bell and no endpoint, and the vendor is not called.",
            mend="APP_INBOX_ENABLED = True",
        )
        return report
    check_configuration(app, state, area)
    if wishes.vendor:
        check_vendor(state, report.area("Vendor"), wishes.contact)
    _check_page(app, site, wishes, report.area(f"Page {wishes.page}"))
    area = report.area("Operation")
    check_secret_key(app, area)
    check_cookies(app, area)
    processes = wishes.processes or processes_of(os.environ)
    check_storage(state.settings, processes, area)
    return report


def _check_page(app: Flask, site: Site, wishes: Wishes, area: Area) -> None:
    state: State = app.extensions[EXTENSION]
    try:
        page = _page(app, site, wishes)
    except VisitError as error:
        area.error(
            "page_missing",
            f"{str(error)[:1].upper()}{str(error)[1:]}.",
            why="Script, anchor and policy can only be seen in a page.",
            mend="flask app-inbox check --url /a/page/with/your/layout",
        )
        return
    addresses = {
        name: site.own_address(f"app_inbox.{name}", **values)
        for name, values in (
            ("token", {}),
            ("script", {"fingerprint": state.script.fingerprint}),
        )
    }
    if check_answer(page, area):
        html = read_html(page)
        check_page(page, html, state.settings, area)
        check_policy(page, html, state.settings, area)
        own = find_own_script(html)
        if own is not None and addresses["script"] is None:
            addresses["script"] = address_in(page, str(own["src"]))
            token_url = own.get("data-token-url")
            if token_url:
                addresses["token"] = address_in(page, str(token_url))
    if addresses["script"]:
        check_script_file(site, addresses["script"], area)
    if addresses["token"]:
        check_endpoint(site, addresses["token"], area)


def _page(app: Flask, site: Site, wishes: Wishes) -> Page:
    if wishes.own_login or not isinstance(site, SiteInProcess):
        return site.get(wishes.page)
    with logged_in_as(app, wishes.contact or STRANGER):
        return site.get(wishes.page)
