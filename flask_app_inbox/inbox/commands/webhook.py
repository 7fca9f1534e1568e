"""``flask app-inbox webhook``: what support must know, and whether the route works."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator

import click
from flask import Flask, url_for
from flask.cli import ScriptInfo, pass_script_info, with_appcontext
from werkzeug.test import TestResponse

from ..settings import Settings
from ..state import current_state
from .terminal import write

#: In place of the password, unless it is asked for.
_MASKED = "(the value of APP_INBOX_WEBHOOK_PASSWORD)"


@click.command("webhook")
@click.option("--site", help="The address of your site.  [default: SERVER_NAME]")
@click.option("--reveal", is_flag=True, help="Show the password.")
@with_appcontext
@pass_script_info
def webhook(info: ScriptInfo, site: str | None, *, reveal: bool) -> None:
    """Print what support need for your webhook, and try it.

    The vendor's support set it up by hand. The call is tried within this process, so a
    firewall or a proxy in front of the site is not: ask support to send a message.
    """
    settings = current_state().settings
    if not settings.enabled or settings.webhook_password is None:
        raise click.ClickException(
            "There is no webhook: set APP_INBOX_WEBHOOK_PASSWORD to a long random "
            "text. This makes one: "
            "python -c 'import secrets; print(secrets.token_hex())'"
        )
    app = info.load_app()
    base = site or app.config["SERVER_NAME"] or ""
    if not base:
        raise click.UsageError("Name your site: --site https://shop.example")
    if "://" not in base:
        base = f"https://{base}"
    with app.test_request_context(base_url=base):
        url = url_for("app_inbox.webhook", _external=True)
    password = settings.webhook_password if reveal else _MASKED
    proof = {
        "type": "basic",
        "username": settings.webhook_user,
        "password": password,
    }
    write("Please send the App Inbox messages of our contacts to this webhook:")
    write()
    write(json.dumps({"url": url, "auth": proof}, indent=2))
    write()
    problems = list(_problems(app, url, settings))
    if problems:
        raise click.ClickException("It does not work.\n" + "\n".join(problems))
    write("Within this process it answers 200 with the password, and 401 without.")


def _problems(app: Flask, url: str, settings: Settings) -> Iterator[str]:
    """Call the route as the vendor does, with no message in the list."""
    user_and_password = f"{settings.webhook_user}:{settings.webhook_password}"
    proof = b64encode(user_and_password.encode()).decode()
    for authorization, wanted in ((f"Basic {proof}", 200), ("", 401)):
        answer: TestResponse = app.test_client().post(
            url, json=[], headers={"Authorization": authorization}
        )
        if answer.status_code != wanted:
            yield _advice(answer, wanted, "with" if wanted == 200 else "without")


def _advice(answer: TestResponse, wanted: int, how: str) -> str:
    text = f"It answered {answer.status_code} {how} the password, not {wanted}."
    if answer.status_code in (301, 302, 303, 307, 308):
        text += (
            f" It leads to {answer.location}: let request.blueprint == 'app_inbox' "
            "pass in your before_request functions."
        )
    elif answer.status_code == 400:
        text += " Leave the endpoint out where you call csrf.protect() yourself."
    elif answer.status_code == 503:
        text += " APP_INBOX_STORAGE_URL does not work; see `flask app-inbox check`."
    return text
