"""The operator panel in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.control import Control

SALES, SUPPORT = 24, 25


def chat(page: Page, organization: str = "sales") -> FrameLocator:
    """Return the frame of an organization that is shown."""
    return page.frame_locator(
        f'iframe[title="Chat panel: {organization}"]:not(.chathub-next)'
    )


def write(
    control: Control, customer: str, text: str, organization: int = SALES
) -> None:
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


def reply(panel: FrameLocator, customer: str, text: str) -> None:
    panel.get_by_role("button", name=customer).click()
    panel.get_by_label("Your answer").fill(text)
    panel.get_by_role("button", name="Send").click()


def test_a_staff_member_answers_a_customer(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    write(control, "Ann", "Where is my parcel?")
    page.goto(make_staff_site() + "/login?user=olha")
    panel = chat(page)
    reply(panel, "Ann", "It leaves today.")
    expect(panel.get_by_role("log")).to_contain_text("Where is my parcel?")
    expect(panel.get_by_role("log")).to_contain_text("It leaves today.")
    assert answers(control) == ["It leaves today."]
    write(control, "Ann", "Thank you!")
    expect(panel.get_by_role("log")).to_contain_text("Thank you!")
