"""The page of messages for browsers without JavaScript.

A site can put its own template ``app_inbox/messages.html`` in the place of ours, with
its layout around it; it gets what :func:`_render` passes. Messages are marked by plain
forms. These have no header for the page's user, so they carry the tag in a field.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from flask import Response, abort, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from jinja2 import TemplateNotFound
from werkzeug.wrappers import Response as AnyResponse

from ..bell.texts import known_language, texts_in
from ..bell.wording import Texts
from ..client.message import MessagePage
from ..client.messages import checked_ids
from ..errors import AppInboxError, LoaderError
from ..web.addresses import own_url, site_home
from ..web.assets import render_page, respond_with_page_style
from ..web.body import read_body
from ..web.guards import check_same_origin
from ..web.loaders import page_language
from ..web.problems import BadRequest, CrossOrigin, LoginRequired, Problem, UserChanged
from ..web.session import give_session_back
from ..web.this_app import this_app
from ..web.written_times import written_time
from .bell_texts import bell_texts
from .reading import mark_read, read_page_and_count
from .request import MAX_BODY, PAGE_SIZE, asking_reader, page_number
from .state import State, current_state
from .token import blueprint

#: The site's own template, and ours. Ours is rendered apart from the site's templates,
#: because sites change delimiters and escaping.
TEMPLATE, OWN_TEMPLATE = "app_inbox/messages.html", "messages.html"
#: What leads to the page whoever sent a form too late.
GO_ON_TEMPLATE = "go_on.html"

#: For our own template; what a site's own one needs, the site knows.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
_FORM = "application/x-www-form-urlencoded"


def add_page_routes(setup: BlueprintSetupState) -> None:
    """Add the addresses of the page and its style."""
    options = {"methods": ["GET"], "strict_slashes": False}
    setup.add_url_rule("/", "message_page", message_page, **options)
    setup.add_url_rule("/messages.css", "message_style", message_style)


def message_page() -> AnyResponse:
    """Show a page of the messages of whoever is logged in."""
    try:
        number = page_number(request.args.get("page", "0"))
    except BadRequest:
        abort(404)
    if not _is_visit():
        check_same_origin(request)
    try:
        # Whoever follows a link from a mail comes from elsewhere.
        reader, deadline = asking_reader(limited=True, from_anywhere=True)
        found, count = read_page_and_count(
            reader, deadline, page=number, page_size=PAGE_SIZE
        )
    except LoginRequired:
        return _send_to_login()
    except (AppInboxError, Problem) as error:
        return _tell(error)
    unread = sum(not message.read for message in found.messages)
    if count is not None:
        unread = max(unread, count.unread)
    return _render(found, number=number, unread=unread, user=reader.user)


def _is_visit() -> bool:
    """Return whether somebody goes to the page, so that it fills their tab.

    What another site's page loads as a picture, a script or a frame would use up their
    limit unseen.
    """
    headers = request.headers
    mode, target = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return mode == "navigate" and target in (None, "document")


def is_form() -> bool:
    """Return whether a form of the page sent this request."""
    return request.mimetype == _FORM


def respond_to_form() -> AnyResponse:
    """Mark what the page's form says, and show the page again."""
    check_same_origin(request)
    form = _form()
    try:
        ids = None if "all" in form else checked_ids(form.get("id", []))
        number = page_number(form.get("page", ["0"])[0])
    except ValueError:
        raise BadRequest from None
    marked = None
    try:
        reader, deadline = asking_reader(limited=True, user=form.get("user", [""])[0])
        if ids != ():
            mark_read(reader, deadline, ids)
            marked = 1
    except CrossOrigin:
        raise
    except LoginRequired:
        return _go_on_to_page(number)
    except UserChanged:
        pass  # the page shows the messages of whoever is logged in now
    except (AppInboxError, Problem) as error:
        return _tell(error)
    return redirect(_address("message_page", page=number or None, marked=marked), 303)


def _form() -> dict[str, list[str]]:
    """Return the fields of the form.

    :raises BadRequest: if there are too many.
    """
    data = read_body(MAX_BODY)
    if not data:  # a function of the site may have read it before
        return request.form.to_dict(flat=False)
    try:
        return parse_qs(data.decode(), keep_blank_values=True, max_num_fields=2000)
    except ValueError:
        raise BadRequest from None


def message_style() -> Response:
    """Serve the page's style."""
    return respond_with_page_style("inbox/static/messages.css")


def _send_to_login() -> AnyResponse:
    """Let somebody log in, in the way of the site.

    A user about whom nothing is known that may be sent is logged in, and would come
    back at once.
    """
    manager = getattr(this_app(), "login_manager", None)
    if manager is None:
        abort(401)
    from flask_login import current_user

    if current_user.is_authenticated:
        return _render(MessagePage(), number=0, unread=0, user="")
    # Flask-Login, or the site's own handler, may keep in it where to come back to.
    give_session_back()
    response: AnyResponse = this_app().make_response(manager.unauthorized())
    return response


def _go_on_to_page(number: int) -> AnyResponse:
    """Let somebody whose session has ended come to the page, which lets them log in.

    No redirect does: the login may be at another host, and browsers follow none from a
    form to a host that the policy of the form's page does not name.
    """
    state = current_state()
    language = _language(state)
    values: dict[str, object] = {
        "address": _address("message_page", page=number or None),
        "style": _address("message_style"),
        "language": known_language(language),
        "texts": _texts(state, language),
    }
    return _finish(_render_own(GO_ON_TEMPLATE, values))


def _tell(error: AppInboxError | Problem) -> AnyResponse:
    """Show that there are no messages to show now."""
    if isinstance(error, AppInboxError):
        current_state().failures.write(error)
        error = Problem.of(error)
    response = _render(MessagePage(), number=0, unread=0, user="", failed=True)
    told = error.respond()
    response.status_code = told.status_code
    if "Retry-After" in told.headers:
        response.headers["Retry-After"] = told.headers["Retry-After"]
    return response


def _render(
    found: MessagePage, *, number: int, unread: int, user: str, failed: bool = False
) -> AnyResponse:
    """Render the template.

    :param number: of the page, from 0 on.
    :param user: the tag for the forms.
    :param failed: whether there is no list, because it could not be had.
    """
    app, state = this_app(), current_state()
    language = _language(state)
    values: dict[str, object] = {
        "messages": found.messages,
        "page": number,
        "pages": found.pages,
        "unread": unread,
        "user": user,
        "failed": failed,
        "marked": not failed and request.args.get("marked") == "1",
        "language": known_language(language),
        "texts": _texts(state, language),
        "address_of": _address,
        "home": site_home(app, blueprint.name, state.settings.url_prefix),
        "written_time": lambda at: written_time(app, at, known_language(language)),
    }
    try:
        theirs = app.jinja_env.get_template(TEMPLATE)
    except TemplateNotFound:
        response = _render_own(OWN_TEMPLATE, values)
    else:
        response = app.make_response(render_template(theirs, **values))
    return _finish(response)


def _render_own(name: str, values: dict[str, object]) -> AnyResponse:
    page = render_page(__package__, name, **values)
    response: AnyResponse = this_app().make_response(page)
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    return response


def _finish(response: AnyResponse) -> AnyResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    # "no-referrer" would also hide the origin of our own form from us.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _address(view: str, **values: object) -> str:
    """Return the address of a view of ours, for whichever tenant this page is."""
    return own_url(this_app(), f"{blueprint.name}.{view}", **values)


def _language(state: State) -> str:
    try:
        return page_language(
            this_app(), state.loaders.language, state.settings.language
        )
    except LoaderError as error:
        state.failures.write(error)
        return "en"


def _texts(state: State, language: str) -> Texts:
    try:
        return bell_texts(state, language)
    except LoaderError as error:
        state.failures.write(error)
        return texts_in(language)
