"""The console for people, and the script that shops load."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests

from flask_app_inbox.bell.languages import TEXTS

Call = Callable[..., requests.Response]


def test_the_console_is_a_page_under_a_strict_policy(anyone: Call) -> None:
    answer = anyone("GET", "/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("site_id", ["ABC", "5329D46FF7EB4D63A5CA2E048C5C6C4E", "a_-1"])
def test_any_script_id_gives_the_widget(anyone: Call, site_id: str) -> None:
    answer = anyone("GET", f"/scripts/{site_id}.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert len(answer.text) > 1000


@pytest.mark.parametrize("site_id", ["a b", "..", "a" * 65, "a.b", "%22"])
def test_a_script_id_of_strange_characters_is_unknown(
    anyone: Call, site_id: str
) -> None:
    assert anyone("GET", f"/scripts/{site_id}.js").status_code == 404


def test_the_script_is_led_by_the_sites_configuration(
    anyone: Call, control: Call
) -> None:
    def configuration() -> object:
        first = anyone("GET", "/scripts/ABC.js").text.splitlines()[0]
        start = "window.__appInboxSandboxSite = "
        assert first.startswith(start)
        assert first.endswith(";")
        assert "</" not in first
        told = json.loads(first.removeprefix(start)[:-1])
        assert told.pop("look")["texts"].keys() == TEXTS.keys()
        return told

    assert configuration() == {
        "selector": "#app-inbox",
        "position": "beforeend",
        "icon": None,
    }
    site = {
        "selector": "[title='</script>']\u2028",
        "position": "afterend",
        "icon": "<svg></svg>",
    }
    control("PUT", "site", json=site)
    assert configuration() == site | {"selector": "[title='</script>']"}
