"""ChatHub's calls take the proxy of their own setting."""

from __future__ import annotations

import pytest
from flask import Flask

from flask_app_inbox import ChatHub, ConfigError, VendorUnavailable
from tests.faults.proxies import passes_on, refuses
from tests.faults.raw_vendor import RawVendor, each_request, http


def make_app(vendor: RawVendor, proxy: str) -> tuple[Flask, ChatHub]:
    app = Flask("site")
    app.config.update(
        SECRET_KEY="a key",
        CHATHUB_KEY="the-key",
        CHATHUB_API_URL=vendor.url,
        CHATHUB_PROXY=proxy,
    )
    return app, ChatHub(app)


def test_calls_take_the_proxy() -> None:
    vendor = RawVendor(each_request(http(b"[]")))
    with vendor, RawVendor(passes_on) as proxy:
        app, chathub = make_app(vendor, proxy.url)
        with app.app_context():
            assert chathub.organizations() == []
    assert len(proxy.requests) == 1


def test_a_command_names_the_proxy_that_refuses() -> None:
    vendor = RawVendor(each_request(http(b"[]")))
    with vendor, RawVendor(refuses("407 Who are you?")) as proxy:
        app, chathub = make_app(vendor, proxy.url)
        shown = app.test_cli_runner().invoke(args=["chathub", "organizations"])
        with app.app_context(), pytest.raises(VendorUnavailable, match="407"):
            chathub.organizations()
    assert "Check the setting PROXY" in shown.output


def test_nothing_goes_in_clear_to_a_proxy_on_another_machine() -> None:
    vendor = RawVendor(each_request(http(b"[]")))
    with vendor, pytest.raises(ConfigError, match="CHATHUB_PROXY must be unset"):
        make_app(vendor, "http://proxy.example:3128")
