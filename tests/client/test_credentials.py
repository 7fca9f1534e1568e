"""How a call proves whose it is."""

from __future__ import annotations

from base64 import b64decode

import pytest
from requests import Request

from flask_app_inbox.client.credentials import ApiKey


@pytest.mark.parametrize("key", ["abc", "with:colon", "a" * 300, '"quotes" & more'])
def test_the_key_is_the_password_of_basic_authentication(key: str) -> None:
    request = Request("GET", "https://vendor.test", auth=ApiKey(key)).prepare()
    kind, _, credentials = request.headers["Authorization"].partition(" ")
    user, _, password = b64decode(credentials).decode().partition(":")
    assert (kind, password) == ("Basic", key)
    assert user


def test_credentials_do_not_show_themselves() -> None:
    auth = ApiKey("hunter2")
    assert "hunter2" not in repr(auth) + repr(Request(auth=auth))
