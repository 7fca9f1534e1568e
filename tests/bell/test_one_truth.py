"""One truth: whatever happens in which order, badge, list and server agree."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import flask_app_inbox
from tests.fixtures.programs import find_program

PACKAGE = Path(flask_app_inbox.__file__).parent
SCRIPTS = ("pauses.js", "store.js", "message_list.js")
FILES = [PACKAGE / "bell/static" / name for name in SCRIPTS]
WORLD = Path(__file__).with_name("world.js")

TAB = st.integers(0, 1)
PLACE = st.integers(0, 5)
#: What people do in these tabs, and what the network does.
DEEDS = st.one_of(
    st.tuples(st.just("deliver")),
    st.tuples(st.sampled_from(["process", "answer", "answer", "answer"]), PLACE),
    st.tuples(st.sampled_from(["open", "close", "more", "markAll", "want"]), TAB),
    st.tuples(st.just("mark"), TAB, PLACE),
    st.tuples(st.just("advance"), st.sampled_from([100, 5000, 160000])),
)
HAPPENINGS = st.one_of(
    st.tuples(st.sampled_from(["arrive", "deliver"])),
    st.tuples(st.sampled_from(["expire", "readElsewhere"]), PLACE),
    st.tuples(
        st.sampled_from(["process", "answer", "answer", "answer", "fail"]), PLACE
    ),
    st.tuples(
        st.sampled_from(["open", "close", "more", "markAll", "lead", "want"]), TAB
    ),
    st.tuples(st.just("mark"), TAB, PLACE),
    st.tuples(st.just("reload"), TAB, st.booleans()),
    st.tuples(st.just("advance"), st.sampled_from([100, 5000, 31000, 160000])),
)


@pytest.fixture(scope="module")
def live() -> Iterator[Callable[[list[tuple[object, ...]]], str]]:
    """Let things happen to two tabs and a server; returns what is wrong at the end."""
    node = find_program("nodejs", "node")
    with subprocess.Popen(
        [node, str(WORLD), *map(str, FILES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as world:
        assert world.stdin is not None
        assert world.stdout is not None
        stdin, stdout = world.stdin, world.stdout

        def live(happenings: list[tuple[object, ...]]) -> str:
            stdin.write(json.dumps(happenings) + "\n")
            stdin.flush()
            return str(json.loads(stdout.readline()))

        yield live
        stdin.close()


def often(test: Callable[..., None]) -> Callable[..., None]:
    """Try it with many lists of happenings."""
    return settings(
        max_examples=400,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )(test)


@often
@given(happenings=st.lists(HAPPENINGS, max_size=40))
def test_badge_list_and_server_agree_in_the_end(
    live: Callable[[list[tuple[object, ...]]], str],
    happenings: list[tuple[object, ...]],
) -> None:
    assert live(happenings) == ""


@often
@given(arrived=st.integers(1, 8), deeds=st.lists(DEEDS, max_size=40))
@example(
    # A count that was asked for before a mark comes back after it.
    arrived=1,
    deeds=[
        *(("open", 0), ("answer", 0), *[("deliver",)] * 3, ("close", 0)),
        *(("advance", 160000), ("process", 0), ("mark", 0, 0), ("answer", 1)),
        *(("answer", 0), *[("deliver",)] * 6),
    ],
)
@example(
    # A count that another tab said before a mark comes after it has ended.
    arrived=1,
    deeds=[
        *(("open", 0), ("markAll", 1), ("answer", 0), ("deliver",), ("answer", 0)),
        *[("deliver",)] * 2,
    ],
)
def test_no_mark_is_lost_or_counted_twice(
    live: Callable[[list[tuple[object, ...]]], str],
    arrived: int,
    deeds: list[tuple[object, ...]],
) -> None:
    assert live([*[("arrive",)] * arrived, ("strict",), *deeds]) == ""
