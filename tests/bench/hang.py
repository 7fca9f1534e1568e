"""The rest of the site while the vendor hangs."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.certificates import make_certificate
from tests.bench.programs import finish, site, start_load, vendor
from tests.bench.report import Row, median_ratio
from tests.bench.sites import TOKEN_PATHS

SECONDS = 30.0
ROUNDS = 3
TOKEN_RATE = 20
CLIENTS = 16


def measure() -> Row:
    """Count pages in the 30 s after the vendor begins to hang."""
    rounds = [count_pages() for _ in range(ROUNDS)]
    ours, rival, limit = zip(*rounds, strict=True)
    ratio, rival_ratio = median_ratio(ours, limit), median_ratio(rival, limit)
    return Row(
        "other pages/s while the vendor hangs",
        f"{statistics.median(ours):.0f}",
        f"{statistics.median(rival):.1f}",
        f"{statistics.median(limit):.0f}",
        goal="≥ 0.9 × limit",
        result=f"{ratio:.2f} × limit (rival {rival_ratio:.2f})",
        reached=ratio >= 0.9,
        notes=(
            f"{ROUNDS} rounds of {SECONDS:g} s, all three sites at the same time, so "
            "each has a part of the machine",
        ),
    )


def count_pages() -> tuple[float, float, float]:
    """Return the pages a second of our site, the rival's, and a healthy one.

    Each has 20 token requests a second beside them.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder)
        healthy, hanging = (
            stack.enter_context(vendor(certificate, 0.03)) for _ in range(2)
        )
        sites = [
            (
                stack.enter_context(
                    site(
                        kind,
                        BENCH_API_URL=one.url,
                        REQUESTS_CA_BUNDLE=str(certificate.bundle),
                    )
                ),
                TOKEN_PATHS[kind],
            )
            for kind, one in (("ours", hanging), ("recipe", hanging), ("ours", healthy))
        ]
        tokens = [
            start_load(
                port=one.port,
                path=path,
                method="POST",
                contacts=10_000,
                rate=TOKEN_RATE,
                seconds=SECONDS + 4,
                clients=300,
                timeout=10,
            )
            for one, path in sites
        ]
        time.sleep(3)  # the generators start; first tokens come
        pages = [
            start_load(
                port=one.port, path="/page", clients=CLIENTS, seconds=SECONDS, timeout=5
            )
            for one, _ in sites
        ]
        hanging.toggle_hang()
        results = [finish(process) for process in pages]
        for process in tokens:
            finish(process)
    ours, rival, limit = (
        int(result["statuses"].get("200", 0)) / SECONDS for result in results
    )
    return ours, rival, limit
