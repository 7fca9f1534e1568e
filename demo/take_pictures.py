"""Take the manuals' pictures of the running demo.

Usage: start ``demo/run`` in one terminal, then ``python demo/take_pictures.py`` in
another. It needs Playwright (extra ``test``) and Chromium, and writes to
``demo/pictures``.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
DESKTOP = (1120, 640)
WIDE = (1280, 860)
PHONE = (360, 720)

#: The bell's manual, and a style sheet in it that is a theme, with its name.
BELL_MANUAL = PICTURES.parents[1] / "flask_app_inbox" / "bell" / "README.md"
THEME = re.compile(r"```css\n/\* (\w+) \*/\n(.*?)```", re.DOTALL)
#: Where the panel is, in a window of ``DESKTOP``.
THEME_CLIP: FloatRect = {"x": 620, "y": 0, "width": 440, "height": 400}
#: Constructed sheets need no exception in the shop's policy.
ADD_STYLE = """style => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""

#: Resolves when the images that can be seen are there.
IMAGES_IN_SIGHT = """() => {
  const seen = ({ top, bottom }) => bottom > 0 && top < innerHeight;
  const images = [...document.images];
  const shown = images.filter((image) => seen(image.getBoundingClientRect()));
  return Promise.all(shown.map((image) => image.decode()));
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the manuals' pictures.")
    parser.add_argument("--shop", default="http://127.0.0.1:5000")
    parser.add_argument("--sandbox", default="http://127.0.0.1:5001")
    addresses = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        with new_page(browser, DESKTOP) as page:
            log_in(page, addresses.shop)
            open_bell(page)
            take(page, "bell")
        with new_page(browser, DESKTOP, dark=True) as page:
            log_in(page, addresses.shop)
            open_bell(page)
            take(page, "bell-dark")
        with new_page(browser, PHONE) as page:
            log_in(page, addresses.shop)
            open_bell(page)
            take(page, "bell-phone")
        with new_page(browser, DESKTOP) as page:
            take_themes(page, addresses.shop)
        with new_page(browser, WIDE) as page:
            log_in(page, addresses.shop)
            page.get_by_role("button", name="How it works").click()
            page.get_by_role("button", name="Send me a message").click()
            row = page.locator(".flow-calls li")
            row.filter(has_text="GET /appinbox/v1/messages/count").wait_for()
            take(page, "flow")
            move_bell(page, "Beside the name")
            take(page, "anchor")
            move_bell(page, "In the header")
            choose_widget(page, "The shop itself")
        with new_page(browser, (1120, 900)) as page:
            page.goto(addresses.sandbox)
            page.wait_for_load_state("networkidle")
            take(page, "console")
        browser.close()


@contextmanager
def new_page(
    browser: Browser, size: tuple[int, int], *, dark: bool = False
) -> Iterator[Page]:
    """Open a page with its own cookies, so that nobody is logged in."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def log_in(page: Page, shop: str) -> None:
    page.goto(f"{shop}/login")
    page.locator("input[name=email]").fill("olena@example.com")
    page.locator("input[type=password]").fill("demo")
    page.keyboard.press("Enter")
    page.locator("[part=bell][aria-label*=unread]").wait_for()


def open_bell(page: Page) -> None:
    page.locator("[part=bell]").click()
    page.locator("[part~=message]").first.wait_for()
    page.wait_for_load_state("networkidle")


def move_bell(page: Page, place: str) -> None:
    """Move the bell by the drawer, which must be open."""
    part = page.locator(".flow-anchor")
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    part.get_by_role("button", name=place).click()
    part.get_by_role("button", name=place, pressed=True).wait_for()
    page.locator("[part=bell][aria-label*=unread]").wait_for()


def take_themes(page: Page, shop: str) -> None:
    """Take the shop's own bell in each theme that the bell's manual has."""
    log_in(page, shop)
    for name, style in re.findall(THEME, BELL_MANUAL.read_text("utf-8")):
        page.reload()
        page.evaluate(ADD_STYLE, style)
        open_bell(page)
        take(page, f"theme-{name.lower()}", clip=THEME_CLIP)


def choose_widget(page: Page, name: str) -> None:
    """Choose in the drawer, which must be open, who draws the bell."""
    page.get_by_role("button", name=name).click()
    page.get_by_role("button", name=name, pressed=True).wait_for()


def take(page: Page, name: str, clip: FloatRect | None = None) -> None:
    page.evaluate(IMAGES_IN_SIGHT)
    page.screenshot(path=PICTURES / f"{name}.png", clip=clip)


if __name__ == "__main__":
    main()
