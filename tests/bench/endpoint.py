"""The token endpoint: how many it serves, and how long the slow ones take."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.certificates import make_certificate
from tests.bench.programs import Site, finish, load, site, start_load, vendor
from tests.bench.report import Row, median_ratio, spread
from tests.bench.sites import THREADS, TOKEN_PATHS

LATENCY = 0.03
CONTACTS = 10_000
ROUNDS = 7
SECONDS = 4.0
TAIL_SECONDS = 120.0
TAIL_RATE = 20


@contextlib.contextmanager
def three_sites() -> Iterator[dict[str, Site]]:
    """Run the three sites side by side on one vendor with 30 ms latency."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder)
        url = stack.enter_context(vendor(certificate, LATENCY)).url
        yield {
            kind: stack.enter_context(
                site(
                    kind,
                    BENCH_API_URL=url,
                    BENCH_SLOTS=str(THREADS),
                    REQUESTS_CA_BUNDLE=str(certificate.bundle),
                )
            )
            for kind in TOKEN_PATHS
        }


def measure_throughput() -> Row:
    """Count tokens a second, in turns."""
    rates: dict[str, list[float]] = {kind: [] for kind in TOKEN_PATHS}
    with three_sites() as sites:
        for number in range(ROUNDS + 1):
            for kind, path in TOKEN_PATHS.items():
                result = load(
                    port=sites[kind].port,
                    path=path,
                    method="POST",
                    contacts=CONTACTS,
                    seconds=SECONDS if number else 1.0,
                )
                check_all_good(kind, result)
                if number:  # before is for warming up
                    rates[kind].append(len(result["latencies"]) / result["took"])
    ours, rival, limit = rates["ours"], rates["recipe"], rates["pooled"]
    to_rival, to_limit = median_ratio(ours, rival), median_ratio(ours, limit)
    return Row(
        "token endpoint, requests/s",
        ours=f"{statistics.median(ours):.0f}",
        rival=f"{statistics.median(rival):.0f}",
        limit=f"{statistics.median(limit):.0f}",
        goal="≥ 2 × rival, ≥ 0.9 × limit",
        result=f"{to_rival:.2f} × rival, {to_limit:.2f} × limit",
        reached=to_rival >= 2 and to_limit >= 0.9,
        notes=(
            f"medians of {ROUNDS} rounds of {SECONDS:g} s in turns; lowest and "
            f"highest: ours {spread(ours)}, rival {spread(rival)}, "
            f"limit {spread(limit)}",
        ),
    )


def check_all_good(kind: str, result: dict[str, Any]) -> None:
    """Stop a measurement of anything else than tokens."""
    if set(result["statuses"]) != {"200"}:
        raise RuntimeError(f"{kind} answered {result['statuses']}")


def measure_tail() -> Row:
    """Take the times of 20 requests a second, at all three sites at once."""
    times: dict[str, list[float]] = {}
    with three_sites() as sites:
        for seconds in (2.0, TAIL_SECONDS):  # the first for warming up
            loads = {
                kind: start_load(
                    port=sites[kind].port,
                    path=path,
                    method="POST",
                    contacts=CONTACTS,
                    rate=TAIL_RATE,
                    seconds=seconds,
                )
                for kind, path in TOKEN_PATHS.items()
            }
            for kind, process in loads.items():
                result = finish(process)
                check_all_good(kind, result)
                times[kind] = sorted(result["latencies"])
    p99 = {kind: taken[int(len(taken) * 0.99)] for kind, taken in times.items()}
    medians = ", ".join(
        f"{kind} {statistics.median(times[kind]):.1f}" for kind in times
    )
    ratio = p99["ours"] / p99["pooled"]
    return Row(
        "the same, p99 at 20 requests/s",
        ours=f"{p99['ours']:.1f} ms",
        rival=f"{p99['recipe']:.1f} ms",
        limit=f"{p99['pooled']:.1f} ms",
        goal="≤ 1.15 × limit",
        result=f"{ratio:.2f} × limit",
        reached=ratio <= 1.15,
        notes=(
            f"{TAIL_SECONDS:g} s, all three at the same time; median requests in "
            f"ms: {medians}",
        ),
    )
