"""The packages that the site's own bell needs, beside those of every site."""

from __future__ import annotations

from importlib.util import find_spec

#: How to get them.
INSTALL_BELL = (
    "you install the extra for the site's own bell: "
    'pip install "flask-app-inbox[bell]"'
)


def lacks_extra() -> bool:
    """Return whether one of them is not installed."""
    return any(find_spec(name) is None for name in ("nh3", "cryptography"))
