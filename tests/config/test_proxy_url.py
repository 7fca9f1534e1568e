"""A proxy between the site and the vendor: which addresses are taken."""

from __future__ import annotations

import pytest

from flask_app_inbox.config.proxy_url import proxy_url

SECRET = "hunter2-in-the-wrong-place"


@pytest.mark.parametrize(
    "value",
    [
        "http://proxy.example:3128",
        "https://proxy.example",
        "http://10.0.0.1:8080/",
        "http://[::1]:3128",
        "http://user@proxy.example:3128",
        "http://user:@proxy.example:3128",
        "http://user:p%40ss%3Aw%C3%B6rd@proxy.example:3128",
    ],
)
def test_a_proxy_is_taken(value: str) -> None:
    assert proxy_url(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        3128,
        True,
        "proxy.example:3128",
        "socks5://proxy.example:1080",
        "http://",
        "http://:3128",
        "http://proxy.example:0",
        "http://proxy.example:65536",
        "http://proxy.example:port",
        "http://proxy.example:3128/path",
        "http://proxy.example:3128?x=y",
        "http://proxy.example:3128#x",
        "http://proxy.example:3128\n",
        "http://999.1.1.1:3128",
        "http://[1.2.3.4]:3128",
        f"http://user:{SECRET}@x@proxy.example",
        f"http://:{SECRET}@proxy.example",
        f"http://a%3Ab:{SECRET}@proxy.example",
        f"http://user:{SECRET}%@proxy.example",
        f"http://user:{SECRET}%0d@proxy.example",
        f"http://user:{SECRET}%ff@proxy.example",
        f"http://user:{SECRET}ä@proxy.example",
    ],
)
def test_anything_else_is_refused_without_being_repeated(value: object) -> None:
    with pytest.raises(ValueError, match=r"http://host:port .*%40") as caught:
        proxy_url(value)
    assert SECRET not in str(caught.value)
