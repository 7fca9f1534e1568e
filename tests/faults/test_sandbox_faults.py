"""What a browser gets for each fault that the sandbox can play."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.faults.kinds import KINDS
from tests.faults.records import Records
from tests.faults.sites import EMAIL, LONG, SHORT, Site, check_problem


class Case(NamedTuple):
    """A fault, and the problem that it becomes; code None: a token all the same."""

    fault: dict[str, Any]
    status: int
    code: str | None = None
    retry_after: int | None = None

    def __str__(self) -> str:
        return "-".join(str(value) for value in self.fault.values())


def broken(kind: str, **options: Any) -> dict[str, Any]:
    return {"kind": kind, **options}


def answered(status: int, **options: Any) -> dict[str, Any]:
    return broken("status", status=status, **options)


CASES = (
    Case(answered(201), 502, "vendor_invalid"),
    Case(answered(204), 502, "vendor_invalid"),
    Case(answered(304), 502, "vendor_invalid"),
    Case(answered(400), 502, "vendor_invalid"),
    Case(answered(401), 502, "vendor_rejected"),
    Case(answered(403), 502, "vendor_rejected"),
    Case(answered(404), 502, "vendor_invalid"),
    Case(answered(429), 429, "rate_limited", 5),
    Case(answered(429, retryAfter=7), 429, "rate_limited", 7),
    Case(answered(429, retryAfter="soon"), 429, "rate_limited", 5),
    Case(answered(429, retryAfter="9" * 5000), 429, "rate_limited", 86400),
    Case(
        answered(429, retryAfter="Mon, 1 Jan 99999999999999999999 0:0:0 GMT"),
        429,
        "rate_limited",
        5,
    ),
    Case(answered(500), 503, "vendor_unavailable", 5),
    Case(answered(502), 503, "vendor_unavailable", 5),
    Case(answered(503), 503, "vendor_unavailable", 5),
    Case(answered(503, retryAfter=30), 503, "vendor_unavailable", 30),
    Case(answered(504), 503, "vendor_unavailable", 5),
    Case(answered(599), 503, "vendor_unavailable", 5),
    Case(broken("delay", seconds=0.1), 200),
    Case(broken("delay", seconds=30), 504, "vendor_timeout"),
    Case(broken("hang"), 504, "vendor_timeout"),
    Case(broken("reset", when="before"), 503, "vendor_unavailable", 5),
    Case(broken("reset", when="headers"), 503, "vendor_unavailable", 5),
    Case(broken("reset", when="body"), 503, "vendor_unavailable", 5),
    Case(broken("drip", seconds=0.05, where="all"), 504, "vendor_timeout"),
    Case(broken("drip", seconds=0.05, where="headers"), 504, "vendor_timeout"),
    Case(broken("drip", seconds=0.05, where="body"), 504, "vendor_timeout"),
    Case(broken("drip", seconds=0.001, where="body"), 200),
    Case(broken("truncate"), 502, "vendor_invalid"),
    Case(broken("garbage"), 502, "vendor_invalid"),
    Case(broken("types"), 502, "vendor_invalid"),
    Case(broken("types", value=None), 502, "vendor_invalid"),
    Case(broken("types", value=["token"]), 502, "vendor_invalid"),
    Case(broken("types", value={"token": None}), 502, "vendor_invalid"),
    Case(broken("types", value={"token": "t" * 9000}), 502, "vendor_invalid"),
    Case(broken("html"), 502, "vendor_invalid"),
    Case(broken("huge"), 502, "vendor_invalid"),
    Case(broken("huge", bytes=64 * 1024), 502, "vendor_invalid"),
    Case(broken("redirect"), 502, "vendor_invalid"),
    Case(broken("redirect", location="/v1/version"), 502, "vendor_invalid"),
)


@pytest.fixture
def sandbox(running_sandbox: SandboxServer) -> Iterator[SandboxServer]:
    """The sandbox in its initial state, with the contact of the sites."""
    running_sandbox.reset()
    drive(running_sandbox, "POST", "contacts", email=EMAIL)
    yield running_sandbox
    # Whoever hangs must not hang into the next test.
    running_sandbox.reset()


def drive(sandbox: SandboxServer, method: str, what: str, **body: Any) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            method, f"{sandbox.url}/_sandbox/{what}", json=body or None, timeout=10
        )
    assert answer.ok, answer.text


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_becomes_its_problem_within_the_deadline_and_passes(
    case: Case,
    sandbox: SandboxServer,
    site: Callable[..., Site],
    records: Records,
) -> None:
    timeout = SHORT if case.status == 504 else LONG
    shop = site(sandbox.url + "/api", timeout=timeout, sleep=lambda _: None)
    drive(sandbox, "POST", "faults", route="token", times=None, **case.fault)

    reply = shop.ask_in_time()

    if case.code is None:
        assert reply.json.keys() == {"token"}
    else:
        check_problem(reply, case.status, case.code)
        assert reply.retry_after == case.retry_after
        # Once the vendor is well, so is the site.
        drive(sandbox, "DELETE", "faults")
        shop.be_patient()
        reply = shop.ask()
    assert reply.status == 200
    assert reply.json["token"]
    assert not [line for line in records.lines if reply.json["token"] in line]


def test_the_table_has_every_fault_of_the_sandbox() -> None:
    assert {case.fault["kind"] for case in CASES} == set(KINDS)


def test_a_vendor_that_is_down_is_unavailable_until_it_is_back(
    site: Callable[..., Site],
) -> None:
    with SandboxServer() as gone:
        shop = site(gone.url + "/api")
        gone.stop()
        check_problem(shop.ask_in_time(), 503, "vendor_unavailable")
        gone.start()
        # It takes other credentials, so this is an answer of its own.
        check_problem(shop.ask(), 502, "vendor_rejected")
