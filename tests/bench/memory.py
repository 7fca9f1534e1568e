"""Memory of a worker over 100,000 token requests from 10,000 contacts."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from tests.bench.certificates import make_certificate
from tests.bench.endpoint import check_all_good
from tests.bench.programs import load, site, vendor
from tests.bench.report import Row
from tests.bench.sites import THREADS, TOKEN_PATHS

REQUESTS = 100_000
CONTACTS = 10_000


def measure() -> Row:
    """Read the resident memory after each quarter."""
    sizes = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder)
        one = stack.enter_context(vendor(certificate, 0))
        ours = stack.enter_context(
            site(
                "ours",
                BENCH_API_URL=one.url,
                BENCH_SLOTS=str(THREADS),
                REQUESTS_CA_BUNDLE=str(certificate.bundle),
            )
        )
        start = ours.resident()
        for _ in range(4):
            result = load(
                port=ours.port,
                path=TOKEN_PATHS["ours"],
                method="POST",
                contacts=CONTACTS,
                requests=REQUESTS // 4,
            )
            check_all_good("ours", result)
            sizes.append(ours.resident())
    growth = sizes[3] - sizes[2]
    return Row(
        "memory after 100,000 token requests from 10,000 contacts",
        f"{sizes[3]:.1f} MB",
        "",
        "",
        goal="flat: ≤ 1 MB in the last quarter",
        result=f"{growth:+.1f} MB in the last quarter",
        reached=growth <= 1,
        notes=(
            f"at the start {start:.1f} MB, after each quarter "
            + ", ".join(f"{size:.1f}" for size in sizes),
        ),
    )
