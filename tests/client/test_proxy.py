"""The proxy as a value: nothing that is shown of it holds its password."""

from __future__ import annotations

import pytest

from flask_app_inbox.client.proxy import parse_proxy


@pytest.mark.parametrize(
    ("url", "place", "header"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", None),
        ("https://proxy.example/", "https://proxy.example", None),
        ("http://ann@[::1]:80", "http://[::1]:80", "Basic YW5uOg=="),
        ("http://ann:p%40ss@h:1", "http://h:1", "Basic YW5uOnBAc3M="),
        ("http://ann:%C3%A4@h:1", "http://h:1", "Basic YW5uOsOk"),
    ],
)
def test_user_and_password_become_a_header_and_leave_the_address(
    url: str, place: str, header: str | None
) -> None:
    proxy = parse_proxy(url)
    assert proxy.url == place
    assert proxy.headers.get("Proxy-Authorization") == header
    assert repr(proxy) == f"Proxy(url='{place}')"
