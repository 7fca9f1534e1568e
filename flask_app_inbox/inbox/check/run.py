"""Everything that ``flask app-inbox check`` checks, in order."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from shlex import quote

from flask import Flask

from ...client.contact import Contact
from ...errors import StorageError
from ..state import EXTENSION, State
from .anchor import check_anchor
from .configuration import check_configuration, setting_rows
from .connections import (
    Access,
    accesses_of,
    check_connection_loader,
    check_redirect_uri,
    report_unreadable,
)
from .database_pool import check_database_pool
from .embed import embed
from .endpoint import check_endpoints, check_script_file, check_user
from .finding import Report, Section
from .html import read_html
from .login import CHECKED_AS_STRANGER, Login, login_source
from .one_init import SECOND_INIT, check_init, check_init_for_visitors
from .own_bell import check_bell, check_bell_files, check_bell_policy, endpoints_of
from .own_messages import check_messages
from .own_script import check_own_script, find_own_script
from .page import address_in, check_answer, is_page, report_no_page
from .page_policy import check_policy
from .session import (
    check_cookie_paths,
    check_cookies,
    check_secret_key,
    check_webhook_password,
)
from .storage import check_storage, processes_of
from .vendor import STRANGER, check_account, check_script
from .visit import Page, Site, SiteInProcess, VisitError, logged_in_as


@dataclass(frozen=True)
class CheckOptions:
    """What to check, and how.

    :param page: the path or address of a page.
    :param contact: the contact to issue a token and render the page for.
    :param own_login: whether the site's own loader says who is logged in.
    :param session: the keys that a login was tried with.
    :param connection: the OAuth connection to check; None: all.
    :param vendor: whether to call the vendor too.
    :param processes: how many the site runs in operation; None: what the environment
        says.
    """

    page: str = "/"
    contact: Contact | None = None
    own_login: bool = False
    session: tuple[str, ...] = ()
    connection: str | None = None
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
    configuration = report.section("Configuration")
    check_configuration(app, state, configuration)
    if not state.settings.enabled:
        if state.settings.serves_script:
            _check_visitors(site, options, state, report.section(_title(options)))
        return report
    check_redirect_uri(app, state.settings, configuration)
    page = _visit(app, site, options)
    if options.vendor:
        _check_vendor(state, options, page, report)
    section = report.section(_title(options))
    login = _login(app, site, options)
    if not (options.own_login or options.contact) and isinstance(site, SiteInProcess):
        section.report(CHECKED_AS_STRANGER, ways=login.ways)
    if state.settings.draws_own_bell:
        _check_page_with_bell(app, site, page, login, section)
    else:
        _check_page(app, site, options, page, login, section)
    if not (section.has(SECOND_INIT) or state.settings.draws_own_bell):
        _check_visitors(site, options, state, section)
    section = report.section("Operation")
    check_secret_key(app, section)
    check_webhook_password(state.settings.webhook_password, section)
    check_cookies(app, site.origin, section)
    check_cookie_paths(app, state.settings.url_prefix, section)
    processes = options.processes or processes_of(os.environ)
    check_storage(state.settings, processes, section)
    check_database_pool(app, state.settings, section)
    return report


def _title(options: CheckOptions) -> str:
    return f"Page {options.page}"


def _login(app: Flask, site: Site, options: CheckOptions) -> Login:
    place = "" if options.page == "/" else f" --url {quote(options.page)}"
    return Login(
        source=login_source(app, app.extensions[EXTENSION]),
        command=f"flask app-inbox check{place}",
        cookie=app.config["SESSION_COOKIE_NAME"],
        session=options.session,
        is_remote=not isinstance(site, SiteInProcess),
        uses_flask_login=getattr(app, "login_manager", None) is not None,
    )


def _visit(app: Flask, site: Site, options: CheckOptions) -> Page | VisitError:
    try:
        return _fetch(app, site, options, options.page)
    except VisitError as error:
        return error


def _fetch(app: Flask, site: Site, options: CheckOptions, address: str) -> Page:
    """Fetch an address as the visitor whom the options name."""
    if options.own_login or not isinstance(site, SiteInProcess):
        return site.get(address)
    with logged_in_as(app, options.contact or STRANGER):
        return site.get(address)


def _check_vendor(
    state: State, options: CheckOptions, page: Page | VisitError, report: Report
) -> None:
    try:
        accesses = accesses_of(state, options.connection)
    except StorageError as error:
        report_unreadable(error, report.section("Vendor"))
        return
    scripts: set[str | None] = set()
    for access in accesses:
        section = report.section(access.title)
        contact = _contact_of(access, options, page)
        check_account(access, state.settings, contact, section)
        if state.settings.draws_own_bell:
            if state.inboxes is not None:
                check_messages(access, state.inboxes, state.settings, contact, section)
        elif access.script_source not in scripts:
            scripts.add(access.script_source)
            check_script(access, state.settings, section)


def _contact_of(
    access: Access, options: CheckOptions, page: Page | VisitError
) -> Contact | None:
    """Return the contact to ask an account about; None: one whom nobody knows."""
    contact, connection = options.contact, options.connection
    if isinstance(page, Page):
        if isinstance(page.connection, str):
            connection = connection or page.connection
        if options.own_login and isinstance(page.visitor, Contact):
            contact = page.visitor
    # The accounts of other connections have other contacts.
    return contact if access.connection in (None, connection) else None


def _check_page(
    app: Flask,
    site: Site,
    options: CheckOptions,
    page: Page | VisitError,
    login: Login,
    section: Section,
) -> None:
    state: State = app.extensions[EXTENSION]
    if isinstance(page, VisitError):
        report_no_page(page, section)
        return
    check_connection_loader(page.connection, section)
    script = site.own_address("app_inbox.script", fingerprint=state.script.fingerprint)
    token = site.own_address("app_inbox.token")
    if check_answer(page, login, section):
        html = read_html(page)
        fetch = partial(_fetch, app, site, options)
        embed(page, html, state.settings, section, site, fetch)
        check_own_script(page, html, login, section)
        check_anchor(html, state.settings, section)
        check_init(html, state.settings, section)
        check_policy(page, html, state.settings, section)
        own = find_own_script(html)
        if own is not None and script is None:
            script = address_in(page, str(own["src"]))
            token_url = own.get("data-token-url")
            token = address_in(page, str(token_url)) if token_url else None
        if own is not None and options.own_login and own.get("data-user-url"):
            check_user(site, address_in(page, str(own["data-user-url"])), section)
    if script:
        check_script_file(site, script, section)
    if token:
        asked = [("POST", token)]
        check_endpoints(site, asked, login, section, has_csrf="csrf" in app.extensions)


def _check_page_with_bell(
    app: Flask, site: Site, page: Page | VisitError, login: Login, section: Section
) -> None:
    """Check a page of a site that draws its own bell."""
    if isinstance(page, VisitError):
        report_no_page(page, section)
        return
    check_connection_loader(page.connection, section)
    html = None
    if check_answer(page, login, section):
        html = read_html(page)
        check_bell(page, html, login, section)
        check_bell_policy(page, html, section)
        check_bell_files(site, page, html, section)
    asked = endpoints_of(site, page, html)
    if asked:
        check_endpoints(site, asked, login, section, has_csrf="csrf" in app.extensions)


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
        check_init_for_visitors(html, state.settings, section)
