"""What the site's own bell costs the first paint, in Chromium."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Sequence
from random import Random

from playwright.sync_api import Page

from tests.bench.programs import Site, site
from tests.bench.report import Row
from tests.bench.tabs import (
    UNREAD,
    address_of,
    chromium,
    empty_cache,
    open_tab,
    sandbox_with_messages,
)

ROUNDS = 200
#: A shop's page with a bell, and the same without one, twice: both together are the
#: limit, and what they differ by is what the measurement cannot tell apart.
PAGES = ("with", "without", "again")
MOST = 1.03
#: Whether the browser has no file of the page, for each load in a row. The second one
#: compiles the script again, which no later one need do.
LOADS = (True, False, False, False, False)
FIRST = (True, False)
#: Milliseconds that a page has after its load, so that the next one begins at rest.
REST = 150

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
                for is_first in LOADS:
                    rest(tab, one)
                    paints[page, is_first].append(paint_of(tab, address))
        size = len(tab.request.get(f"{address_of(one)}/shop/without").body())
    ours, one_limit, other_limit = (
        [trimmed_mean(paints[page, is_first]) for is_first in FIRST] for page in PAGES
    )
    limit = [statistics.mean(both) for both in zip(one_limit, other_limit, strict=True)]
    ratios = quotients(ours, limit)
    resolution = quotients(other_limit, one_limit)
    have_bell = [has for is_first in FIRST for _, has in paints["with", is_first]]
    return Row(
        "first paint of a page with its bell and count, with an empty cache; later",
        ours=written(ours),
        rival="",
        limit=written(limit),
        goal=f"≤ {MOST} × limit",
        result="; ".join(f"{ratio:.3f} × limit" for ratio in ratios),
        reached=max(ratios) <= MOST and all(have_bell),
        notes=(
            f"the limit is the same page without them, {size / 1024:.0f} kB with a "
            f"style sheet of its own, and beside itself it is {resolution[0]:.3f} and "
            f"{resolution[1]:.3f}; means of {ROUNDS} loads with an empty cache and of "
            f"the {len(LOADS) - 1} after each, of the limit twice as many, in turns, "
            "without the tenth at each end. Each begins at another page that has come "
            f"to rest. The bell with its number was in {sum(have_bell)} of "
            f"{len(have_bell)} first paints",
        ),
    )


def trimmed_mean(paints: Sequence[Paint]) -> float:
    """Return the mean time of all but the earliest and the latest tenth.

    Chromium rounds each to 4 ms, so a median tells no smaller differences.
    """
    tenth = len(paints) // 10
    times = sorted(at for at, _ in paints)
    return statistics.mean(times[tenth : len(times) - tenth])


def quotients(some: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return what each is by the other at its place."""
    return [one / other for one, other in zip(some, others, strict=True)]


def written(times: Sequence[float]) -> str:
    """Return times in words."""
    return "; ".join(f"{time:.1f} ms" for time in times)


def rest(tab: Page, one: Site) -> None:
    """Go to a page without a bell, and let it come to rest.

    What is left of the page before, such as the bell's script, is nobody else's time.
    """
    tab.goto(f"{address_of(one)}/page")
    tab.evaluate("(rest) => new Promise((done) => setTimeout(done, rest))", REST)


def paint_of(tab: Page, address: str) -> Paint:
    """Go to a page until there is something to see."""
    tab.goto(address)
    tab.wait_for_function("window.bench.paint", timeout=15_000)
    told = tab.evaluate("window.bench")
    return float(told["paint"]), bool(told["hasBell"])
