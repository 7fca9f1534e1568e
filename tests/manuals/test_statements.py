"""Every statement of the vendors' documents has a contract test, and each test one."""

from __future__ import annotations

import pytest

from tests.contract.statements import (
    Statement,
    all_demanded,
    all_held,
    contract_tests,
    held_by,
)


@pytest.mark.parametrize(
    "test", list(contract_tests()), ids=lambda test: f"{test[0]}::{test[1]}"
)
def test_a_contract_test_names_the_statements_that_it_holds(
    test: tuple[str, str, str],
) -> None:
    assert list(held_by(*test))


def test_every_statement_has_a_test_and_there_are_no_others() -> None:
    held = {statement for one in all_held() for statement in one.statements}
    assert held == all_demanded()


def test_every_statement_is_worded_once() -> None:
    worded = [s for one in all_held() if one.words for s in one.statements]
    assert sorted(worded) == sorted(all_demanded())


def test_numbers_are_read_with_and_without_words() -> None:
    docstring = """A test.

    000, 001 §2.3; API §1.12: the request
        is a POST.
    004 §5.1
    003 says nothing here: §1.
    """
    worded, bare = held_by("test_x.py", "test_y", docstring.replace("\n    ", "\n"))
    assert worded.words == "the request is a POST."
    assert worded.statements == [
        Statement("000", 2, 3),
        Statement("001", 2, 3),
        Statement("API", 1, 12),
    ]
    assert (bare.words, bare.statements) == ("", [Statement("004", 5, 1)])
