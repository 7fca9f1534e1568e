"""Flask-WTF's CSRFProtect and Flask-Talisman."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect

from flask_app_inbox import AppInbox, ChatHub, Contact
from flask_app_inbox.testing import VendorDouble
from tests.fixtures.registration import OAUTH
from tests.integrations.conftest import LAYOUT, MakeSite, ask, client_of, shown
from tests.manuals import block_of


@pytest.mark.parametrize("when", ["prepare", "finish"])
@pytest.mark.parametrize("seconds", [3600, -1], ids=["fresh", "expired"])
def test_a_page_open_for_longer_than_form_tokens_live_still_gets_tokens(
    make_site: MakeSite, app_inbox_vendor: VendorDouble, when: str, seconds: int
) -> None:
    app = make_site(**{when: CSRFProtect}, config={"WTF_CSRF_TIME_LIMIT": seconds})
    client = client_of(app)
    page = shown(client.get("/"))
    assert ask(client, page).json == {"token": "token-1"}
    assert ask(client, page).json == {"token": "token-2"}


def test_the_sites_own_forms_stay_protected(
    make_site: MakeSite, app_inbox_vendor: VendorDouble
) -> None:
    app = make_site(prepare=CSRFProtect)
    app.add_url_rule("/order", "order", lambda: "ordered", methods=["POST"])
    client = client_of(app)
    ask(client, shown(client.get("/")))
    assert client.post("/order").status_code == 400


RECIPE = block_of(
    "flask_app_inbox/inbox/README.md",
    "python",
    "from flask import request\nfrom flask_wtf import CSRFProtect\n",
)


@pytest.mark.parametrize("is_left_out", [True, False])
def test_a_site_that_protects_by_hand_leaves_our_endpoints_out(
    app_inbox_vendor: VendorDouble, is_left_out: bool
) -> None:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key",
        **OAUTH,
        CHATHUB_KEY="key",
    )
    AppInbox(app).contact_loader(lambda: None)
    ChatHub(app).operator_loader(dict)
    app.add_url_rule("/order", "order", lambda: "ordered", methods=["POST"])
    recipe = RECIPE if is_left_out else RECIPE.replace("not in", "in")
    exec(compile(recipe, "README.md", "exec"), {"app": app})
    client = app.test_client()
    paths = ("/app-inbox/token", "/app-inbox/oauth/disconnect", "/chathub/token")
    statuses = [client.post(path).status_code for path in (*paths, "/order")]
    # Nobody is logged in, is the owner, or is an operator.
    assert statuses == ([401, 404, 403, 400] if is_left_out else [400, 400, 400, 200])


def talisman_site(policy: dict[str, Any], **options: Any) -> Flask:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="a key", APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="SITE"
    )
    inbox = AppInbox(app)
    inbox.contact_loader(lambda: Contact(email="ann@example.com"))
    Talisman(app, content_security_policy=inbox.csp_sources(policy), **options)
    app.add_url_rule("/", "index", lambda: render_template_string(LAYOUT))
    return app


def test_talisman_takes_csp_sources_as_it_is() -> None:
    app = talisman_site({"default-src": "'self'"})
    answer = app.test_client().get("/", base_url="https://localhost")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' https://statics.esputnik.com" in policy
    assert "connect-src 'self' https://esputnik.com" in policy


def test_our_tag_carries_talismans_nonce() -> None:
    app = talisman_site(
        {"default-src": "'self'", "script-src": "'self' 'strict-dynamic'"},
        content_security_policy_nonce_in=["script-src"],
    )
    client = app.test_client()
    nonces = set()
    for _ in range(2):
        answer = client.get("/", base_url="https://localhost")
        nonce = shown(answer).attribute("nonce")
        assert nonce
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


def test_check_passes_with_talisman(app_inbox_vendor: VendorDouble) -> None:
    app = talisman_site(
        {"default-src": "'self'", "script-src": "'self' 'strict-dynamic'"},
        content_security_policy_nonce_in=["script-src"],
    )
    runner = app.test_cli_runner()
    output = runner.invoke(args=["app-inbox", "check", "--offline"]).output
    assert "The Content-Security-Policy lets the bell through." in output
