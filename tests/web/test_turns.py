"""Threads that want the same thing have it one after the other."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_app_inbox.web.turns import NoPlace, TooLate, Turns


def test_one_thread_at_a_time_has_the_turn() -> None:
    turns, inside, most = Turns(), 0, 0

    def visit(_: int) -> None:
        nonlocal inside, most
        with turns.wait("a", 10):
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.001)
            inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(80)))
    assert (most, inside) == (1, 0)
    assert turns._queues.get().by_key == {}


def test_each_key_has_so_many_places() -> None:
    turns = Turns(2)
    with turns.hold("a"), turns.hold("a"):
        with pytest.raises(NoPlace), turns.hold("a"):
            pass
        with turns.hold("b"):
            pass
    with pytest.raises(KeyError), turns.hold("a"):
        raise KeyError
    with turns.hold("a"), turns.hold("a"):
        pass
    assert turns._queues.get().by_key == {}


def test_whoever_waits_for_the_turn_has_a_place() -> None:
    turns = Turns(1)
    with turns.wait("a", 1), pytest.raises(NoPlace), turns.wait("a", 1):
        pass
    assert turns._queues.get().by_key == {}


def test_other_keys_do_not_wait() -> None:
    turns = Turns()
    with turns.wait("a", 1), turns.wait("b", 0.01):
        pass


def test_whoever_waits_too_long_leaves_and_nobody_is_blocked_by_them() -> None:
    turns = Turns()
    with turns.wait("a", 1), pytest.raises(TooLate), turns.wait("a", 0.01):
        pass
    with turns.wait("a", 0.01):
        pass
    assert turns._queues.get().by_key == {}


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(KeyError), turns.wait("a", 1):
        raise KeyError
    with turns.wait("a", 0.01):
        pass


def test_a_child_does_not_wait_for_its_parent() -> None:
    turns = Turns()
    with turns.wait("a", 1):
        child = os.fork()
        if not child:
            with turns.wait("a", 0):
                os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
