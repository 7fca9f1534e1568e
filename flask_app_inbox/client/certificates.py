"""Whose certificates calls trust: certifi's, or those that the machine names.

The variables are those of requests: a file of certificates, or a folder of them.
"""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path

from requests.adapters import DEFAULT_CA_BUNDLE_PATH

from ..errors import ConfigError
from ..per_process import PerProcess

#: The first one that is set counts.
VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

_NEEDED = (
    "must name a file of certificates in PEM, or a folder of them that `openssl "
    "rehash` has prepared"
)
#: How OpenSSL finds a certificate in a folder.
_HASHED = r"[0-9a-f]{8}\.[0-9]+"


def trusted_certificates() -> str:
    """Return the file or folder of the certificates to trust.

    :raises ConfigError: if a variable names something that holds none.
    """
    for variable in VARIABLES:
        place = os.environ.get(variable)
        if place:
            try:
                _check(place)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "it holds no certificate"
                raise ConfigError(
                    [
                        f"{variable} {_NEEDED} ({reason}). Correct it in the "
                        "environment, or unset it: then calls trust certifi's."
                    ]
                ) from None
            return place
    return DEFAULT_CA_BUNDLE_PATH


#: By place, and by when that was written last. To read one takes as long as all else
#: that makes an app.
_contexts: PerProcess[dict[tuple[str, int], ssl.SSLContext]] = PerProcess(
    dict, remembers=False
)


def tls_context(place: str) -> ssl.SSLContext:
    """Return a context that trusts the certificates of a file or folder alone.

    All calls of a process share it.
    """
    contexts = _contexts.get()
    key = place, Path(place).stat().st_mtime_ns
    if key not in contexts:
        file, folder = (None, place) if Path(place).is_dir() else (place, None)
        contexts[key] = ssl.create_default_context(cafile=file, capath=folder)
    return contexts[key]


def _check(place: str) -> None:
    if not Path(place).is_dir():
        try:
            tls_context(place)
        except ssl.SSLError:  # whose text says nothing that a reader could use
            raise ValueError from None
    elif not any(re.fullmatch(_HASHED, file.name) for file in Path(place).iterdir()):
        raise ValueError
