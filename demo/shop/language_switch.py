"""The language switch in the header."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from .forms import LanguageForm

blueprint = Blueprint("language_switch", __name__)


@blueprint.post("/language")
def switch() -> Response:
    """Change the language and return to the same page."""
    form = LanguageForm()
    if form.validate_on_submit():
        session["language"] = form.language.data
    return redirect(_page_before())


def _page_before() -> str:
    """Return the path that the visitor came from, if it is ours."""
    before = urlsplit(request.referrer or "")
    if before.netloc != request.host or not before.path.startswith("/"):
        return url_for("catalogue.home")
    path = "/" + before.path.lstrip("/")
    return f"{path}?{before.query}" if before.query else path
