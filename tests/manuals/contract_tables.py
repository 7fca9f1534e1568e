"""The tables of what the vendors' documents say, and of the tests that hold it."""

from __future__ import annotations

from collections.abc import Iterable

from tests.contract.statements import document_rows, statement_rows

from .table import Tables

CONTRACT_TABLES = Tables()

_HEAD = ("where", "what it says", "tests")


@CONTRACT_TABLES.add("", "document, and its sections with their statements", "in all")
def documents() -> Iterable[Iterable[str]]:
    return document_rows()


@CONTRACT_TABLES.add(*_HEAD)
def web_guides() -> Iterable[Iterable[str]]:
    return statement_rows("000", "001", "002")


@CONTRACT_TABLES.add(*_HEAD)
def oauth_guide() -> Iterable[Iterable[str]]:
    return statement_rows("003")


@CONTRACT_TABLES.add(*_HEAD)
def chathub_guide() -> Iterable[Iterable[str]]:
    return statement_rows("004")


@CONTRACT_TABLES.add(*_HEAD)
def openapi() -> Iterable[Iterable[str]]:
    return statement_rows("API")
