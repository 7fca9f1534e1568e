"""The key that signs sessions: created once, kept in the instance folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask


def init_app(app: Flask) -> None:
    """Give the app its secret key, unless its configuration has one."""
    if not app.config.get("SECRET_KEY"):
        app.config["SECRET_KEY"] = _read_or_make(Path(app.instance_path, "secret_key"))


def _read_or_make(path: Path) -> str:
    """Return the key from a file that only its owner can read.

    A new file is moved into place whole, so an interruption leaves no empty key.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        draft.replace(path)
    return path.read_text()
