"""No web page but the sandbox's own console may drive it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from flask_app_inbox.sandbox import SandboxServer

Call = Callable[..., requests.Response]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "contacts"), ("PUT", "tokens"), ("DELETE", "faults"), ("POST", "reset")],
)
def test_a_body_that_a_form_could_send_is_refused(
    control: Call, method: str, path: str, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    data = '{"email": "ann@example.com"}'
    answer = control(method, path, data=data, headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]
    assert control("GET", "contacts").json() == []


def test_a_post_without_any_body_is_refused_where_one_is_needed(control: Call) -> None:
    assert control("POST", "contacts").status_code == 415


def test_broken_json_is_refused(control: Call) -> None:
    headers = {"Content-Type": "application/json"}
    answer = control("POST", "contacts", data="{", headers=headers)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "contacts"), ("POST", "reset")])
def test_foreign_pages_are_refused(
    control: Call, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = control(method, path, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]


def test_the_console_and_programs_are_let_in(
    control: Call, sandbox: SandboxServer
) -> None:
    for headers in (
        {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Host": f"localhost:{sandbox.port}"},
        {"Host": f"shop.localhost:{sandbox.port}"},
        {"Host": f"[::1]:{sandbox.port}"},
    ):
        assert control("GET", "contacts", headers=headers).status_code == 200


def test_no_page_may_read_the_control_api(control: Call) -> None:
    answer = control("OPTIONS", "contacts", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.status_code == 403
