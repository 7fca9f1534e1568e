"""What the site's own bell costs the first paint, in Chromium."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Sequence
from random import Random

from playwright.sync_api import Page

from tests.bench.programs import site
from tests.bench.report import Row
from tests.bench.tabs import (
    UNREAD,
    address_of,
    chromium,
    empty_cache,
    open_tab,
    sandbox_with_messages,
)

ROUNDS = 400
#: A shop's page with a bell, and the same without one, twice: what these two differ by
#: is what the measurement cannot tell apart.
PAGES = ("with", "without", "again")
MOST = 1.03
#: Whether the browser has no file of the page; then, whether it has all.
FIRST = (True, False)

#: The milliseconds until a page shows something, and whether a bell was in that.
Paint = tuple[float, bool]


def measure() -> Row:
    """Open both pages in turns: in a browser that knows no file of them, and later."""
    paints: dict[tuple[str, bool], list[Paint]] = {
        (page, is_first): [] for page in PAGES for is_first in FIRST
    }
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(sandbox_with_messages())
        one = stack.enter_context(
            site(
                "ours",
                BENCH_API_URL=f"{url}/api",
                BENCH_MESSAGES_URL=f"{url}/appinbox",
                BENCH_WIDGET="site",
            )
        )
        tab = open_tab(stack.enter_context(chromium()), one, "frames")
        tab.goto(f"{address_of(one)}/shop/with")
        # The server knows the count now.
        tab.get_by_role("button", name=f"Notifications, {UNREAD} unread").wait_for()
        for number in range(ROUNDS):
            # Whichever is later finds the processor warmer.
            for page in Random(number).sample(PAGES, len(PAGES)):
                address = f"{address_of(one)}/shop/{page}"
                empty_cache(tab)
                for is_first in FIRST:
                    paints[page, is_first].append(paint_of(tab, address))
        size = len(tab.request.get(f"{address_of(one)}/shop/without").body())
    means = {key: trimmed_mean([at for at, _ in all_]) for key, all_ in paints.items()}
    ratios, resolution = (
        [means[page, is_first] / means["without", is_first] for is_first in FIRST]
        for page in ("with", "again")
    )
    have_bell = [
        sum(has_bell for _, has_bell in paints["with", is_first]) for is_first in FIRST
    ]
    return Row(
        "first paint of a page with its bell and count, with an empty cache; later",
        ours=written(means, "with"),
        rival="",
        limit=written(means, "without"),
        goal=f"≤ {MOST} × limit",
        result="; ".join(f"{ratio:.3f} × limit" for ratio in ratios),
        reached=max(ratios) <= MOST and min(have_bell) == ROUNDS,
        notes=(
            f"the limit is the same page without them, {size / 1024:.0f} kB with a "
            f"style sheet of its own, and beside itself it is {resolution[0]:.3f} and "
            f"{resolution[1]:.3f}; means of {ROUNDS} loads of each, in turns, without "
            "the tenth at each end. The "
            f"bell with its number was in {have_bell[0]} and {have_bell[1]} of the "
            "first paints",
        ),
    )


def trimmed_mean(values: Sequence[float]) -> float:
    """Return the mean of all but the lowest and the highest tenth.

    Chromium rounds each to 4 ms, so a median tells no smaller differences.
    """
    tenth = len(values) // 10
    return statistics.mean(sorted(values)[tenth : len(values) - tenth])


def written(means: dict[tuple[str, bool], float], page: str) -> str:
    """Return the mean times of a page's first paint."""
    return "; ".join(f"{means[page, is_first]:.1f} ms" for is_first in FIRST)


def paint_of(tab: Page, address: str) -> Paint:
    """Go to a page until there is something to see."""
    tab.goto(address)
    tab.wait_for_function("window.bench.paint", timeout=15_000)
    told = tab.evaluate("window.bench")
    return float(told["paint"]), bool(told["hasBell"])
