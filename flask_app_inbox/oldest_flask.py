"""The oldest Flask that this package works with."""

from __future__ import annotations

import flask


def check_flask() -> None:
    """Fail if Flask is older than 3.0.

    Newer ones do not carry their version as an attribute; asking the metadata for it
    would take longer than the rest of the import.

    :raises RuntimeError: with the version that is installed.
    """
    version = vars(flask).get("__version__")
    if version and int(version.partition(".")[0]) < 3:
        raise RuntimeError(
            "flask_app_inbox needs Flask 3.0 or newer; installed is "
            f"{version}. Upgrade your site first: pip install 'flask>=3.0'"
        )
