"""The time from navigation to a bell with its count, in Chromium on the sandbox."""

from __future__ import annotations

import contextlib
import statistics

from playwright.sync_api import Page

from tests.bench.programs import Site, site
from tests.bench.report import Row, median_ratio
from tests.bench.sites import TOKEN_PATHS
from tests.bench.tabs import (
    address_of,
    chromium,
    delay,
    empty_cache,
    open_tab,
    sandbox_with_messages,
)

#: Seconds that the sandbox takes for each of its routes.
DELAYS = {"script": 0.08, "token": 0.1, "count": 0.08, "messages": 0.08}
ROUNDS = 25


def measure() -> Row:
    """Open the page of each site, in turns."""
    times: dict[str, list[float]] = {kind: [] for kind in TOKEN_PATHS}
    cached: list[float] = []
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(sandbox_with_messages())
        delay(url, DELAYS)
        sites = {
            kind: stack.enter_context(
                site(
                    kind,
                    BENCH_API_URL=f"{url}/api",
                    BENCH_SCRIPT_URL=url,
                    BENCH_RATE_LIMIT="1000/minute",
                )
            )
            for kind in times
        }
        browser = stack.enter_context(chromium())
        tabs = {kind: open_tab(browser, one) for kind, one in sites.items()}
        for number in range(ROUNDS + 2):
            for kind, one in sites.items():
                empty_cache(tabs[kind])
                took = time_of_bell(tabs[kind], kind, one)
                if number >= 2:  # before is for warming up
                    times[kind].append(took)
            cached.append(time_of_bell(tabs["ours"], "ours", sites["ours"]))
    waits = (max(DELAYS["script"], DELAYS["token"]) + DELAYS["count"]) * 1000
    to_rival = median_ratio(times["ours"], times["recipe"])
    to_limit = statistics.median(times["ours"]) / waits
    by_hand = statistics.median(times["pooled"])
    return Row(
        "navigation to a bell with its count",
        ours=f"{statistics.median(times['ours']):.0f} ms",
        rival=f"{statistics.median(times['recipe']):.0f} ms",
        limit=f"{waits:.0f} ms",
        goal="≤ 0.8 × rival, ≤ 1.15 × limit",
        result=f"{to_rival:.2f} × rival, {to_limit:.2f} × limit",
        reached=to_rival <= 0.8 and to_limit <= 1.15,
        notes=(
            f"medians of {ROUNDS} loads with an empty cache, in turns; the limit is "
            "max(script, token) + inbox, the bare waits; a page by hand that asks for "
            f"its token in an inline script at its top takes {by_hand:.0f} ms, so the "
            "rest is the browser's: committing the page, starting scripts, the "
            "preflight of the count. On later pages, our script cached: "
            f"{statistics.median(cached):.0f} ms",
        ),
    )


def time_of_bell(tab: Page, kind: str, one: Site) -> float:
    """Return the milliseconds of going to the page with a bell."""
    tab.goto(f"{address_of(one)}/bell/{kind}")
    tab.wait_for_function("window.bench.bell", timeout=15_000)
    took = float(tab.evaluate("window.bench.bell"))
    tab.goto(f"{address_of(one)}/page")
    return took
