"""The console's form for faults, which knows every kind and every route."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from flask_app_inbox.sandbox.faults.kinds import KINDS
from tests.fixtures.control import Control


def test_every_kind_can_be_set_and_all_are_fixed_at_once(
    page: Page, sandbox: SandboxServer, control: Control
) -> None:
    page.goto(sandbox.url)
    for kind in KINDS:
        page.get_by_label("What goes wrong").select_option(kind)
        expect(page.locator("#kind-hint")).to_have_text(
            KINDS[kind].help.replace("`", "")
        )
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name="Break it").click()
    expect(page.locator("#broken li")).to_have_count(len(KINDS))
    assert [fault["kind"] for fault in control.call("GET", "faults")["faults"]] == list(
        KINDS
    )
    page.get_by_role("button", name="Fix everything").click()
    expect(page.locator("#broken li")).to_have_count(0)


def test_the_options_of_a_kind_are_sent(
    page: Page, sandbox: SandboxServer, control: Control
) -> None:
    page.goto(sandbox.url)
    route = page.get_by_label("Route")
    expect(route.locator("option")).to_have_count(
        len(control.call("GET", "faults")["routes"])
    )
    route.select_option("count")
    page.get_by_label("What goes wrong").select_option("drip")
    page.get_by_label("seconds", exact=True).fill("0.5")
    page.locator("[name=option-where]").select_option("body")
    page.get_by_label("until I fix it").check()
    page.get_by_role("button", name="Break it").click()
    expect(page.locator("#broken li")).to_have_count(1)
    [fault] = control.call("GET", "faults")["faults"]
    del fault["id"]
    assert fault == {
        "route": "count",
        "kind": "drip",
        "seconds": 0.5,
        "where": "body",
        "times": None,
        "hits": 0,
    }
