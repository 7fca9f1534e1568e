"""What else is in a page neither misleads our script nor stops it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.bell import bell
from tests.fixtures.browser import LAYOUT, RECORD_CODES
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control
from tests.fixtures.libraries import SWAPPING

ANN = "ann@example.com"

#: Things of the site, and of others, that look a little like ours.
THINGS = {
    "scripts": """<script data-user="42" data-anchor="#x">window.theirs = 1;</script>
      <script src="https://"></script><script src="http://a:b/x.js"></script>
      <script src="//["></script>
      <script src="data:text/javascript,window.theirs=2"></script>""",
    "element": "<a id='eS' href='/two'>elsewhere</a>",
    "elements": "<b id='eS'></b><b id='eS'></b>",
    "frame": "<iframe name='eS' srcdoc='theirs'></iframe>",
    "clobbered": "<form><input name='q'></form><img name='scripts' alt=''>",
    "object": "<script>window.eS = { q: 'theirs' };</script>",
    "queue": """<script>(window.eS = function () {
      eS.q.push(arguments); }).q = [{ event: "view" }, 7, "text", [], [[]]];
      </script>""",
    "queue of another kind": """<script>window.eS = (...all) =>
      (eS.q ??= []).push(all);</script>""",
}


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_a_page_with_things_that_look_like_ours_has_its_bell(
    thing: str,
    page: Page,
    control: Control,
    complaints: Complaints,
    make_site: Callable[..., str],
) -> None:
    complaints.expected = [FAILED_LOAD]
    control.add(ANN, "First")
    page.add_init_script(RECORD_CODES)
    layout = LAYOUT.replace("<main>", f"{thing}<main>")
    site = make_site(layout=SWAPPING["turbo"].dress(page.context, layout))
    page.goto(f"{site}/login?email={ANN}")
    expect(bell(page, unread=1)).to_be_visible()
    page.get_by_role("link", name="Two", exact=True).click()
    page.wait_for_url("**/two")
    expect(bell(page, unread=1)).to_be_visible()
    with page.expect_response("**/app-inbox/user") as answer:
        page.evaluate("document.dispatchEvent(new Event('app-inbox:check'))")
    assert answer.value.status == 204
    assert page.evaluate("window.codes") == []
