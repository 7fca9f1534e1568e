"""Secrets at rest: sealed with Fernet under the site's keys."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..errors import StorageError


class Sealer:
    """Seals and opens what is stored.

    :param keys: of Fernet; the first seals, each one opens.
    """

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secrets: dict[str, Any]) -> str:
        """Return secrets as text that is safe to store."""
        return self._fernet.encrypt(json.dumps(secrets).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """Return what was sealed.

        :raises StorageError: if it was sealed under another key.
        """
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken:
            # Not from it: its context holds the sealed text.
            raise StorageError(
                "The connection was stored under another key. Nothing was deleted. "
                "Put the key back: APP_INBOX_ENCRYPTION_KEYS takes earlier keys after "
                "the newest one, and without it the key comes from SECRET_KEY (and "
                "SECRET_KEY_FALLBACKS). If it is lost, `flask app-inbox oauth "
                "disconnect` forgets the connection, so that you can connect again."
            ) from None
        return opened


def derive_key(secret: str | bytes) -> bytes:
    """Return a key of Fernet that comes from a site's secret and serves for this."""
    secret = secret.encode() if isinstance(secret, str) else secret
    kdf = HKDF(SHA256(), 32, salt=None, info=b"flask-app-inbox oauth connections")
    return urlsafe_b64encode(kdf.derive(secret))
