"""Everything that ``flask app-inbox check`` checks, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

from flask import Flask

from ...client.contact import Contact
from ..state import EXTENSION, State
from .configuration import check_configuration, setting_rows
from .embed import embed
from .endpoint import check_endpoint, check_script_file
from .finding import Report, Section
from .html import read_html
from .page import (
    SECOND_INIT,
    address_in,
    check_answer,
    check_page,
    check_page_of_visitors,
    find_own_script,
    is_page,
    report_no_page,
)
from .page_policy import check_policy
from .session import check_cookies, check_secret_key
from .storage import check_storage, processes_of
from .vendor import STRANGER, check_vendor
from .visit import Page, Site, SiteInProcess, VisitError, logged_in_as


@dataclass(frozen=True)
class CheckOptions:
    """What to check, and how.

    :param page: the path or address of a page.
    :param contact: the contact to issue a token and render the page for.
    :param own_login: whether the site's own loader says who is logged in.
    :param vendor: whether to call the vendor too.
    :param processes: how many the site runs in operation; None: what the environment
        says.
    """

    page: str = "/"
    contact: Contact | None = None
    own_login: bool = False
    vendor: bool = True
    processes: int | None = None


def check(app: Flask, site: Site, options: CheckOptions) -> Report:
    """Check an app, the vendor and a page of the site.

    :param site: where to fetch the page from.
    :returns: the settings, and a section with findings for each part.
    :raises ParserMissing: if the extra ``check`` is not installed.
    """
    state: State = app.extensions[EXTENSION]
    report = Report(setting_rows(state.settings, app.config, os.environ))
    check_configuration(app, state, report.section("Configuration"))
    if not state.settings.enabled:
        if state.settings.serves_script:
            _check_visitors(site, options, state, report.section(_title(options)))
        return report
    if options.vendor:
        check_vendor(state, report.section("Vendor"), options.contact)
    section = report.section(_title(options))
    _check_page(app, site, options, section)
    if not section.has(SECOND_INIT):
        _check_visitors(site, options, state, section)
    section = report.section("Operation")
    check_secret_key(app, section)
    check_cookies(app, section)
    processes = options.processes or processes_of(os.environ)
    check_storage(state.settings, processes, section)
    return report


def _check_page(
    app: Flask, site: Site, options: CheckOptions, section: Section
) -> None:
    state: State = app.extensions[EXTENSION]
    own_loader = state.loaders.contact is not None
    try:
        page = _page(app, site, options, options.page)
    except VisitError as error:
        report_no_page(error, section)
        return
    script = site.own_address("app_inbox.script", fingerprint=state.script.fingerprint)
    token = site.own_address("app_inbox.token")
    if check_answer(page, section):
        html = read_html(page)
        fetch = partial(_page, app, site, options)
        embed(page, html, state.settings, section, site, fetch)
        check_page(page, html, state.settings, section, own_loader=own_loader)
        check_policy(page, html, state.settings, section)
        own = find_own_script(html)
        if own is not None and script is None:
            script = address_in(page, str(own["src"]))
            token_url = own.get("data-token-url")
            token = address_in(page, str(token_url)) if token_url else None
    if script:
        check_script_file(site, script, section)
    if token:
        check_endpoint(site, token, section, own_loader=own_loader)


def _title(options: CheckOptions) -> str:
    return f"Page {options.page}"


def _check_visitors(
    site: Site, options: CheckOptions, state: State, section: Section
) -> None:
    """Check the page as visitors see it, if they see it."""
    try:
        page = site.ask_anonymously("GET", options.page)
    except VisitError:
        return
    if is_page(page):
        html = read_html(page)
        fetch = partial(site.ask_anonymously, "GET")
        embed(page, html, state.settings, section, site, fetch)
        check_page_of_visitors(html, state.settings, section)


def _page(app: Flask, site: Site, options: CheckOptions, address: str) -> Page:
    if options.own_login or not isinstance(site, SiteInProcess):
        return site.get(address)
    with logged_in_as(app, options.contact or STRANGER):
        return site.get(address)
