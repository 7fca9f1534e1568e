"""What people do with the operator panel, and customers with its chats."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.fixtures.control import Control

SALES, SUPPORT = 24, 25
ISSUE = "/api/operator/get-token"


def chat(page: Page, organization: str = "sales") -> FrameLocator:
    """Return an organization's panel, as it is shown now."""
    title = f"Chat panel: {organization}"
    return page.frame_locator(f'iframe[title="{title}"]:not(.chathub-next)')


def chats_are_shown(page: Page, organization: str = "sales") -> None:
    """Wait until an organization's panel works."""
    heading = chat(page, organization).get_by_role("heading", name="Chats")
    expect(heading).to_be_visible()


def frames(page: Page) -> Any:
    """Return the frames of all panels of a page."""
    return page.locator("chathub-panel iframe:not(.chathub-next)")


def write(
    control: Control, customer: str, text: str, organization: int = SALES
) -> None:
    """Write to an organization as a customer."""
    control.call(
        "POST",
        "chathub/messages",
        organizationId=organization,
        customer=customer,
        text=text,
    )


def answers(control: Control, organization: int = SALES) -> list[str]:
    """Return what operators wrote to an organization's customers."""
    chats = control.call("GET", f"chathub/chats?organizationId={organization}")
    return [
        message["textMessage"]
        for one in chats
        for message in one["messages"]
        if message["fromOperator"]
    ]


def reply(panel: FrameLocator, customer: str, text: str, presses: int = 1) -> None:
    """Answer a customer, and see the answer.

    :param presses: how often "Send" may be pressed. A token may end while an answer
        is sent; then the panel keeps it as a draft.
    """
    panel.get_by_role("button", name=customer).click()
    panel.get_by_label("Your answer").fill(text)
    answer = expect(panel.get_by_role("log"))
    for left in reversed(range(presses)):
        panel.get_by_role("button", name="Send").click()
        try:
            answer.to_contain_text(text)
        except AssertionError:
            if not left:
                raise
        else:
            break


def record_events(page: Page) -> None:
    """Keep what the panel tells the page, from its next load on."""
    page.add_init_script(
        """window.heard = [];
        for (const name of ["token", "ready", "error", "removed"]) {
          document.addEventListener("chathub:" + name, ({ detail }) =>
            window.heard.push([name, detail]));
        }"""
    )


def heard(page: Page, name: str) -> list[dict[str, str]]:
    """Return the details of the events of one name."""
    return [detail for event, detail in page.evaluate("window.heard") if event == name]
