"""Unknown contacts are created once, within one deadline, by however many ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import responses

from flask_app_inbox import Contact, VendorError, VendorInvalid
from flask_app_inbox.client.app_inbox import AppInboxClient
from flask_app_inbox.client.deadline import Deadline
from flask_app_inbox.sandbox import SandboxServer
from tests.conftest import client_of
from tests.faults.raw_vendor import Behaviour, Line, RawVendor, each_request, http

ANN = Contact(email="ann@example.com", first_name="Ann")
BASE = "https://esputnik.com/api"


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def control(sandbox: SandboxServer) -> Callable[..., Any]:
    def call(method: str, path: str, **body: Any) -> Any:
        with requests.Session() as http:
            http.trust_env = False
            url = f"{sandbox.url}/_sandbox/{path}"
            return http.request(method, url, json=body or None, timeout=10).json()

    return call


def make_client(**settings: Any) -> AppInboxClient:
    settings = {"API_KEY": "sandbox-key", "API_URL": BASE} | settings
    return client_of(CREATE_CONTACTS=True, **settings)


def test_eight_at_once_all_get_a_token_of_one_contact(
    sandbox: SandboxServer, control: Callable[..., Any]
) -> None:
    # Slow creation, so that all eight find the contact unknown and seven are refused.
    control("POST", "faults", route="contact", kind="delay", seconds=0.3, times=None)
    client = make_client(API_URL=f"{sandbox.url}/api", TIMEOUT=10)
    tokens: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        tokens.append(client.issue_token(ANN))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 8
    assert all(tokens)
    assert len(control("GET", "contacts")) == 1
    sent = control("GET", "requests?since=0")
    saved = [each["status"] for each in sent if each["path"].endswith("/v1/contact")]
    assert saved.count(200) < 8, "nobody was refused, so nothing was proved"


@pytest.mark.alone
def test_creation_and_both_tokens_share_one_deadline(
    sandbox: SandboxServer, control: Callable[..., Any]
) -> None:
    control("POST", "faults", route="contact", kind="hang", times=None)
    client = make_client(API_URL=f"{sandbox.url}/api", TIMEOUT=0.5)
    start = time.monotonic()
    with pytest.raises(VendorError):
        client.issue_token(ANN)
    assert time.monotonic() - start < 2


def close(line: Line) -> None:
    line.read_request()


def cut_off(line: Line) -> None:
    line.read_request()
    line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")


@pytest.mark.parametrize(
    "behave", [close, cut_off, each_request(http(b"", status="503 Later"))]
)
def test_a_contact_that_may_have_been_created_is_not_sent_again(
    behave: Behaviour,
) -> None:
    with RawVendor(behave) as vendor, pytest.raises(VendorError):
        make_client(API_URL=vendor.url).sync_contact(ANN)
    assert len(vendor.requests) == 1


def test_a_contact_that_was_refused_for_now_is_sent_again() -> None:
    refused = http(b"", "Retry-After: 0", status="429 Slow down")
    with RawVendor(each_request(refused, http(b"{}"))) as vendor:
        make_client(API_URL=vendor.url).sync_contact(ANN)
    assert len(vendor.requests) == 2


def test_a_known_contact_is_not_sent_again(
    sandbox: SandboxServer, control: Callable[..., Any]
) -> None:
    control("POST", "contacts", email="ann@example.com")
    assert make_client(API_URL=f"{sandbox.url}/api").issue_token(ANN)
    paths = [each["path"] for each in control("GET", "requests?since=0")]
    assert not [path for path in paths if path.endswith("/v1/contact")]


def test_waiting_for_another_request_ends_with_the_deadline() -> None:
    now = 0.0
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        pauses.append(seconds)

    client = make_client()
    client._sleep = sleep
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/auth/contact/token", json={"token": ""})
        vendor.post(f"{BASE}/v1/contact", status=400, body="Duplicated request")
        token = client.issue_token(ANN, Deadline(1.0, clock=lambda: now))
    assert token == ""
    assert pauses == [0.1, 0.2, 0.4]


def test_a_contact_that_stays_unknown_is_created_once() -> None:
    client = make_client()
    with responses.RequestsMock() as vendor:
        issued = vendor.post(f"{BASE}/v1/auth/contact/token", json={"token": ""})
        saved = vendor.post(f"{BASE}/v1/contact", json={"id": 1})
        assert client.issue_token(ANN) == ""
        assert (issued.call_count, saved.call_count) == (2, 1)


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, "Duplicated request"), (409, "Repeated request within 1 minute")],
)
def test_a_repeated_request_is_success(status: int, body: str) -> None:
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/contact", status=status, body=body)
        make_client().sync_contact(ANN)


def test_a_contact_whom_another_process_has_just_created_gets_a_token() -> None:
    client = make_client()
    client._sleep = lambda seconds: None
    with responses.RequestsMock() as vendor:
        for token in ("", "", "issued"):
            vendor.post(f"{BASE}/v1/auth/contact/token", json={"token": token})
        vendor.post(f"{BASE}/v1/contact", status=409, body="Repeated request")
        assert client.issue_token(ANN) == "issued"


def test_any_other_refusal_of_a_contact_is_told() -> None:
    with responses.RequestsMock() as vendor:
        vendor.post(f"{BASE}/v1/contact", status=400, body="ann@example.com is bad")
        with pytest.raises(VendorInvalid) as refusal:
            make_client().sync_contact(ANN)
    assert "ann" not in str(refusal.value)
