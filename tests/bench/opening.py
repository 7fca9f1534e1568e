"""The time from a click on the bell to the first message, in Chromium."""

from __future__ import annotations

import contextlib
import re
import statistics

from playwright.sync_api import Page

from tests.bench.programs import Site, site
from tests.bench.report import Row, median_ratio
from tests.bench.tabs import (
    address_of,
    chromium,
    delay,
    empty_cache,
    open_tab,
    sandbox_with_messages,
)

#: Seconds that the vendor is away from whoever asks it: here, and as it may be.
LATENCIES = (0.0, 0.08)
#: What of the vendor's is asked about messages. Its script comes as fast as our files.
ROUTES = ("token", "count", "messages")
#: Milliseconds that a hand needs from reaching the bell to pressing the button.
HAND = 100
ROUNDS = 25
MOST = 0.8


def measure() -> Row:
    """Open the panels of both, in turns, at each latency."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(sandbox_with_messages())
        sites = {
            widget: stack.enter_context(
                site(
                    "ours",
                    BENCH_API_URL=f"{url}/api",
                    BENCH_MESSAGES_URL=f"{url}/appinbox",
                    BENCH_SCRIPT_URL=url,
                    BENCH_WIDGET=widget,
                    BENCH_RATE_LIMIT="1000/minute",
                )
            )
            for widget in ("site", "vendor")
        }
        browser = stack.enter_context(chromium())
        tabs = {widget: open_tab(browser, one) for widget, one in sites.items()}
        times = {each: in_turns(tabs, sites, url, each) for each in LATENCIES}
    ours, vendors = (
        " / ".join(f"{statistics.median(times[each][of]):.0f}" for each in LATENCIES)
        for of in ("site", "vendor")
    )
    ratios = [
        median_ratio(times[each]["site"], times[each]["vendor"]) for each in times
    ]
    away = " and ".join(f"{each * 1000:.0f} ms" for each in LATENCIES)
    return Row(
        f"panel open after a click, the vendor {away} away",
        ours=f"{ours} ms",
        rival=f"{vendors} ms",
        limit="",
        goal=f"≤ {MOST} × rival",
        result=" and ".join(f"{ratio:.2f}" for ratio in ratios) + " × rival",
        reached=max(ratios) <= MOST,
        notes=(
            "the rival is the vendor's widget as the sandbox has it, with the same "
            f"messages; medians of {ROUNDS} pages each in turns, with an empty cache, "
            f"from the click to the first message; the pointer is on the bell {HAND} "
            "ms before. The vendor's preflights take no time here",
        ),
    )


def in_turns(
    tabs: dict[str, Page], sites: dict[str, Site], url: str, latency: float
) -> dict[str, list[float]]:
    """Return the milliseconds of each opening, by who draws the panel."""
    delay(url, dict.fromkeys(ROUTES, latency) if latency else {})
    times: dict[str, list[float]] = {widget: [] for widget in tabs}
    for number in range(ROUNDS + 2):
        for widget, tab in tabs.items():
            took = time_of_opening(tab, f"{address_of(sites[widget])}/bell/ours")
            if number >= 2:  # before is for warming up
                times[widget].append(took)
    return times


def time_of_opening(tab: Page, address: str) -> float:
    """Return the milliseconds from a click to the first message that is visible.

    The page takes both times itself.
    """
    empty_cache(tab)
    tab.goto(address)
    bell = tab.get_by_role("button", name=re.compile("^Notifications, [0-9]"))
    bell.hover()
    tab.wait_for_timeout(HAND)
    tab.mouse.down()
    tab.mouse.up()
    tab.wait_for_function("window.bench.message", timeout=15_000)
    told = tab.evaluate("window.bench")
    tab.mouse.move(0, 0)
    return float(told["message"] - told["click"])
