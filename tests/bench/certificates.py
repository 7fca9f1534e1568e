"""A certificate for 127.0.0.1 and the bundle that trusts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import certifi

from tests.fixtures.certificates import Authority


@dataclass(frozen=True)
class Certificate:
    """A server's key and certificate in one file, and what its clients trust."""

    file: Path
    bundle: Path


def make_certificate(folder: Path) -> Certificate:
    """Make an authority and a certificate signed by it.

    The bundle holds certifi's authorities too, so that loading it costs what it
    costs everywhere.
    """
    authority = Authority(folder)
    bundle = folder / "bundle.pem"
    bundle.write_bytes(
        Path(certifi.where()).read_bytes() + authority.bundle.read_bytes()
    )
    return Certificate(authority.write("127.0.0.1"), bundle)
