"""Register the shop with the sandbox as an app that connects by OAuth."""

from __future__ import annotations

from typing import Any

from .sandbox import SandboxClient

#: Seconds. The vendor's access tokens live 48 hours; nobody watches that long.
ACCESS_TOKEN_LIFE = 60


def register(sandbox_url: str, shop_url: str) -> dict[str, Any]:
    """Register the shop; return the settings that replace an API key.

    :param sandbox_url: where the sandbox listens.
    :param shop_url: where the owner's browser returns to.
    :raises SandboxError: if the sandbox does not answer.
    """
    sandbox = SandboxClient(sandbox_url.rstrip("/"), lambda _: None)
    callback = f"{shop_url}/app-inbox/oauth/callback"
    client_id, client_secret = sandbox.register_app("Zavarka", callback)
    sandbox.shorten_access_tokens(ACCESS_TOKEN_LIFE)
    return {
        "APP_INBOX_OAUTH_CLIENT_ID": client_id,
        "APP_INBOX_OAUTH_CLIENT_SECRET": client_secret,
        "APP_INBOX_OAUTH_REDIRECT_URI": callback,
    }
