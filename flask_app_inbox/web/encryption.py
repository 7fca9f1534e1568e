"""Secrets at rest: encrypted with Fernet under keys of the site."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class WrongKey(Exception):
    """What is stored was encrypted under another key, or by somebody else."""


class Encryptor:
    """Encrypts what is stored, and decrypts it.

    :param keys: Fernet keys; the first encrypts, every one decrypts.
    """

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, value: Any) -> str:
        """Encrypt a JSON value into text that is safe to store."""
        return self._fernet.encrypt(json.dumps(value).encode()).decode()

    def decrypt(self, text: str | bytes) -> Any:
        """Decrypt what :meth:`encrypt` returned.

        :raises WrongKey: if none of the keys encrypted it.
        """
        try:
            return json.loads(self._fernet.decrypt(text))
        except InvalidToken:
            # Not "from error": its context holds the encrypted text.
            raise WrongKey from None


def derive_key(secret: str | bytes, purpose: str) -> bytes:
    """Derive a Fernet key from a site's secret.

    :param purpose: another purpose gives another key.
    """
    secret = secret.encode() if isinstance(secret, str) else secret
    kdf = HKDF(SHA256(), 32, salt=None, info=f"flask-app-inbox {purpose}".encode())
    return urlsafe_b64encode(kdf.derive(secret))
