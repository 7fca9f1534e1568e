"""What we bend of urllib3, tried on 2.0.0, 2.2.3, 2.5.0 and 2.8.0."""

from __future__ import annotations

import subprocess
import sys

import pytest
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util.ssltransport import SSLTransport

from flask_app_inbox.client.pool import check_urllib3


def test_this_urllib3_calls_what_we_override() -> None:
    check_urllib3()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (HTTPConnection, "connect"),
        (HTTPSConnection, "connect"),
        (HTTPConnection, "request"),
        (HTTPConnection, "getresponse"),
        (HTTPConnectionPool, "_get_conn"),
        (HTTPConnectionPool, "_make_request"),
        (HTTPConnectionPool, "_new_conn"),
        (urllib3.PoolManager, "_new_pool"),
        (SSLTransport, "_ssl_io_loop"),
        (urllib3.connectionpool, "is_connection_dropped"),
    ],
)
def test_one_that_does_not_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    monkeypatch.setattr(owner, name, lambda *_: None)
    with pytest.raises(ImportError, match=rf"urllib3 2.*{name} calls no .*Install"):
        check_urllib3()


def test_one_without_the_caller_is_refused_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(HTTPConnectionPool, "_make_request")
    with pytest.raises(ImportError, match="_make_request calls no getresponse"):
        check_urllib3()


def test_it_is_refused_when_a_site_starts() -> None:
    start = (
        "from urllib3.connection import HTTPConnection as Connection; "
        "Connection.connect = lambda self: None; "
        "from flask_app_inbox import AppInbox"
    )
    run = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True)
    assert "ImportError: flask_app_inbox does not work with urllib3" in run.stderr
