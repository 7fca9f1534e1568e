"""A page that carries the vendor's snippet has one `init`, whatever comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

import pytest
from playwright.sync_api import Route

from flask_app_inbox import Contact
from tests.fixtures.streamed import HAND_OVERS, PAUSE, SNIPPET, StreamedPage

Stream = Callable[..., StreamedPage]

ANN = Contact(email="ann@example.com")
OURS = "{{ app_inbox() }}"
INITS = {
    "none": "",
    "plain": "<script>eS('init');</script>",
    "with flags": '<script>window.eS( "init", {RECOMS: true});</script>',
    "for later": "<script>addEventListener('load', () => eS(`init`));</script>",
}
PLACES = {
    "snippet, ours": (f"{SNIPPET}{{init}}{OURS}", ""),
    "ours, snippet": (f"{OURS}{SNIPPET}{{init}}", ""),
    "snippet … ours": (f"{SNIPPET}{{init}}", OURS),
    "ours … snippet": (OURS, f"{SNIPPET}{{init}}"),
    "… snippet, ours": ("", f"{SNIPPET}{{init}}{OURS}"),
    "snippet, ours … its init": (f"{SNIPPET}{OURS}", "{init}"),
}


def orders(rest: str) -> Iterator[tuple[str, ...]]:
    """Yield each order in which the vendor's script, ours and the rest can come."""
    for order in permutations(("vendor", "ours", "rest")):
        after = order[order.index("rest") :]
        if SNIPPET in rest and "vendor" not in after:
            continue
        if OURS in rest and "ours" not in after:
            continue
        yield order


@pytest.mark.parametrize("place", PLACES)
def test_whatever_comes_first_there_is_one_init(place: str, stream: Stream) -> None:
    first, rest = PLACES[place]
    # Without one, the last place is the first.
    inits = ["plain"] if rest == "{init}" else ["none", "plain"]
    for init in inits:
        for order in orders(rest):
            check_one_init(stream, first + PAUSE + rest, INITS[init], order)


@pytest.mark.parametrize("init", ["with flags", "for later"])
def test_however_the_page_writes_its_init_it_is_the_only_one(
    init: str, stream: Stream
) -> None:
    body = PLACES["snippet, ours"][0] + PAUSE
    for order in (("vendor", "ours", "rest"), ("ours", "rest", "vendor")):
        check_one_init(stream, body, INITS[init], order)


def check_one_init(stream: Stream, body: str, init: str, order: Sequence[str]) -> None:
    streamed = stream(body.replace("{init}", init), contact=ANN)
    streamed.let_come(*order)
    streamed.page.wait_for_load_state()
    streamed.page.wait_for_function("window.inits.length")
    (given,) = streamed.inits
    ours = bool(given and given[0].get("APP_INBOX"))
    assert ours == (not init)
    assert streamed.codes.count("second_init") == bool(init)


@pytest.mark.parametrize("init", ["none", "plain"])
def test_the_page_of_a_visitor_has_one_init_without_the_inbox(
    init: str, stream: Stream
) -> None:
    for order in (("vendor", "ours"), ("ours", "vendor")):
        streamed = stream(SNIPPET + INITS[init] + OURS, FEATURES={"TRACKING": False})
        streamed.let_come("rest", *order)
        assert streamed.inits == [[] if init == "plain" else [{"TRACKING": False}]]
        assert streamed.codes == (["second_init"] if init == "plain" else [])


def test_what_is_switched_off_leaves_the_page_its_init(stream: Stream) -> None:
    streamed = stream(SNIPPET + OURS, contact=ANN, ENABLED=False)
    streamed.let_come("rest", "ours", "vendor")
    assert (streamed.inits, streamed.codes) == ([[]], [])


@pytest.mark.parametrize("hand_over", HAND_OVERS)
def test_however_the_vendor_takes_over_our_init_counts_once(
    hand_over: str, stream: Stream
) -> None:
    for contact in (ANN, None):
        streamed = stream(SNIPPET + OURS, contact=contact, hand_over=hand_over)
        streamed.let_come("rest", "ours", "vendor")
        streamed.page.evaluate("window.again?.()")
        assert len(streamed.inits) == 1
        assert "second_init" not in streamed.codes


LATE = "const tag = document.createElement('script'); tag.text = `eS('init')`;"


# Before the vendor's script it is all the same how that one will take over.
@pytest.mark.parametrize(
    ("hand_over", "order"),
    [
        ("another function", ("rest", "ours", "vendor")),
        ("the stub's own c", ("rest", "ours", "vendor")),
        ("another function", ("rest", "ours")),
    ],
    ids=["another function", "the stub's own c", "before the vendor's script"],
)
def test_a_tag_manager_that_comes_later_is_told(
    hand_over: str, order: Sequence[str], stream: Stream
) -> None:
    for contact in (ANN, None):
        streamed = stream(SNIPPET + OURS, contact=contact, hand_over=hand_over)
        streamed.let_come(*order)
        with streamed.page.expect_console_message(
            lambda message: "calls eS('init') itself" in message.text
        ):
            streamed.page.evaluate(f"{LATE} document.body.append(tag);")
        assert "second_init" in streamed.codes


def test_a_tag_manager_that_comes_before_has_the_only_init(stream: Stream) -> None:
    streamed = stream(SNIPPET + OURS + PAUSE, contact=ANN)
    streamed.let_come("ours", "vendor")
    streamed.page.evaluate("eval('e' + 'S')('in' + 'it')")  # no text shows it
    streamed.let_come("rest")
    assert (streamed.inits, streamed.codes) == ([[]], ["second_init"])


def test_an_init_of_a_deferred_script_is_waited_for(stream: Stream) -> None:
    held: list[Route] = []
    deferred = "<script defer src='/deferred.js'></script>"
    streamed = stream(SNIPPET + OURS + PAUSE + deferred, contact=ANN)
    streamed.page.route("**/deferred.js", lambda route: held.append(route))
    streamed.rest.set()
    streamed.page.wait_for_function("document.readyState === 'interactive'")
    streamed.let_come("ours", "vendor")
    held[0].fulfill(body="eS('init')", content_type="text/javascript")
    streamed.let_come("rest")
    assert (streamed.inits, streamed.codes) == ([[]], ["second_init"])


COMMENTED = """<script>
  // eS('init');
  /* eS('init'); */
  const picture = 'image/*';
</script><script type="application/json">"eS('init')"</script>"""


def test_text_that_calls_nothing_does_not_count(stream: Stream) -> None:
    streamed = stream(SNIPPET + COMMENTED + OURS, contact=ANN)
    streamed.let_come("rest", "vendor", "ours")
    assert len(streamed.inits) == 1
    assert "second_init" not in streamed.codes


def test_a_stub_that_was_declared_by_var_is_no_obstacle(stream: Stream) -> None:
    declared = "<script>var eS;</script>"
    streamed = stream(declared + SNIPPET + OURS, contact=ANN)
    streamed.let_come("rest", "ours", "vendor")
    assert len(streamed.inits) == 1
    assert "second_init" not in streamed.codes


def test_the_vendors_function_keeps_what_it_has(stream: Stream) -> None:
    streamed = stream(SNIPPET + OURS, contact=ANN, hand_over="the stub's own c")
    streamed.let_come("rest", "ours", "vendor")
    streamed.page.evaluate("window.eS('sendEvent', 'PageView')")
    assert streamed.page.evaluate("window.eS === window.eS && !window.eS.q.length")
    assert len(streamed.inits) == 1
