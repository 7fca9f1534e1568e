"""What pages without our templates ask for: the JSON of both calls, and an element."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, request

from ..web.assets import read_script, respond_with_script
from ..web.guards import check_same_origin
from ..web.losses import tell_loss
from ..web.user_tag import check_user
from .page import INBOX_SCRIPT, app_inbox, app_inbox_anchor
from .state import State, current_state
from .token import blueprint, script_blueprint

#: The files that make the script of ``<app-inbox-bell>``.
EMBED_SCRIPT = (
    *INBOX_SCRIPT,
    "web/static/make_element.js",
    "inbox/static/embed.js",
)


@script_blueprint.get("/embed")
@blueprint.get("/embed")
def embed() -> dict[str, Any]:
    """Return the elements that the two template calls render for this visitor.

    The nonce is left out: it belongs to one page's policy.

    :raises Problem: if a function of the site has failed, so that there is no script.
        A script without an inbox is one: it makes the page's ``init``.
    """
    # Few sites have pages without our templates, and this parses HTML.
    from ..web.elements import elements_of

    state = current_state()
    check_same_origin(request)
    hints = elements_of(app_inbox(nonce=""))
    script = hints.pop() if hints else None
    if script is None:
        tell_loss()
    tag = script["attributes"].get("data-user", "") if script else ""
    check_user(request, tag, former=partial(_former_tags, state))
    if state.settings.draws_own_bell:
        hints = elements_of(app_inbox_anchor())
        bell = hints.pop() if hints else None
        if bell is None:
            tell_loss()
        return {"anchor": bell, "hints": hints, "script": script}
    # A selector that makes no element is no mistake here: the site writes its own.
    has_element = state.settings.anchor_element is not None
    anchor = elements_of(app_inbox_anchor()) if has_element else []
    return {"anchor": anchor[0] if anchor else None, "hints": hints, "script": script}


def _former_tags(state: State) -> list[str]:
    contact = state.contact()
    return state.former_user_tags(contact) if contact else []


@script_blueprint.get("/embed.js")
@blueprint.get("/embed.js")
def embed_script() -> Response:
    """Serve the script of ``<app-inbox-bell>``, at an address that never changes."""
    state = current_state()
    if state.settings.draws_own_bell:
        from ..bell.element import EMBED_SCRIPT as OWN_EMBED_SCRIPT

        return respond_with_script(read_script(*OWN_EMBED_SCRIPT))
    return respond_with_script(state.embed_script)
