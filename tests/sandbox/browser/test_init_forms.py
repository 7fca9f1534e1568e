"""The form of ``init`` that an account takes, in the console and in pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flask_app_inbox.sandbox import SandboxServer
from tests.fixtures.bell import bell
from tests.fixtures.complaints import Complaints
from tests.fixtures.control import Control

ANN = "ann@example.com"
FORMS = ("features", "options")


def test_the_console_sets_the_form(
    page: Page, sandbox: SandboxServer, control: Control
) -> None:
    page.goto(sandbox.url)
    card = page.get_by_role("region", name="Where the bell goes")
    form = card.get_by_label("Form of init")
    expect(form).to_have_value("")
    form.select_option("options alone")
    with page.expect_response("**/_sandbox/site"):
        card.get_by_role("button", name="Save").click()
    assert control.call("GET", "site")["initForm"] == "options"
    page.reload()
    expect(form).to_have_value("options")


@pytest.mark.parametrize("taken", [*FORMS, None])
@pytest.mark.parametrize("form", FORMS)
def test_a_page_has_a_bell_with_the_form_that_the_account_takes(
    form: str,
    taken: str | None,
    page: Page,
    control: Control,
    make_site: Callable[..., str],
    complaints: Complaints,
) -> None:
    control.add(ANN)
    control.call("PUT", "site", initForm=taken)
    site = f"{make_site(INIT_FORM=form)}/login?email={ANN}"
    if taken in (form, None):
        page.goto(site)
        expect(bell(page)).to_be_visible()
        return
    complaints.expected = [r"this account takes eS\('init'"]
    with page.expect_console_message(lambda said: said.type == "error"):
        page.goto(site)
    expect(bell(page)).to_have_count(0)


def test_a_page_without_an_inbox_is_left_alone(
    page: Page, control: Control, make_site: Callable[..., str]
) -> None:
    control.call("PUT", "site", initForm="options")
    page.goto(make_site(ANONYMOUS="tracking", FEATURES={"RECOMS": True}))
    page.wait_for_function("window.eS && window.eS.taken")
