"""Pages and header fit every screen, whatever the font, language and account."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from demo.shop.languages import LANGUAGES
from tests.fixtures.complaints import FAILED_LOAD, Complaints

from .conftest import PLAIN_PATH, enter

WIDTHS = (320, 480, 768, 940, 1024, 1280)

#: DejaVu is on every machine of ours; spacing makes it wider than what people have.
FONTS = {
    "wide": "* { font-family: 'DejaVu Sans'; letter-spacing: 0.06em }",
    "narrow": "* { font-family: 'DejaVu Sans Condensed'; letter-spacing: -0.06em }",
}

#: To lay out the header again and again without the rest of the page is much faster.
HEADER_ALONE = {
    font: f"{css} main, footer {{ display: none }}" for font, css in FONTS.items()
}

WEAR = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""

#: What is wrong with the page in each font, with the drawer closed and open.
LOOK = """async (fonts) => {
  const sheet = new CSSStyleSheet();
  const before = document.adoptedStyleSheets; // a vendor's bell brings one
  document.adoptedStyleSheets = [...before, sheet];
  const look = () => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const found = wide > 0 ? [`the page is ${wide} px too wide`] : [];
    const folded = document.querySelector(".folded");
    const shows = (one) => one.checkVisibility();
    if (!!folded === shows(document.querySelector(".menu")))
      found.push("the menu is neither shown nor folded");
    const room = document.querySelector(".header-row").getBoundingClientRect();
    const labels = document.querySelectorAll(".logo, .menu a, .menu button, .tool");
    for (const label of [...labels].filter(shows)) {
      const name = label.innerText;
      const { left, right } = label.getBoundingClientRect();
      if (left < room.left || right > room.right) found.push(`${name} stands outside`);
      if (label.matches(".tool")) continue; // a picture and a number
      const text = document.createRange();
      text.selectNodeContents(label);
      const boxes = [...text.getClientRects()].filter((box) => box.height > 1);
      const lowestTop = Math.max(...boxes.map((box) => box.top));
      const highestBottom = Math.min(...boxes.map((box) => box.bottom));
      if (boxes.length && lowestTop > highestBottom) found.push(`${name} breaks`);
    }
    return found;
  };
  const found = [];
  for (const drawer of ["closed", "open"]) {
    const button = drawer === "open" ? ".flow-button" : ".flow-close";
    document.querySelector(button).click();
    for (const [font, css] of Object.entries(fonts)) {
      sheet.replaceSync(css);
      for (let frame = 0; frame < 2; frame++) {
        await new Promise(requestAnimationFrame); // until it is laid out anew
      }
      found.push(...look().map((what) => `${font}, drawer ${drawer}: ${what}`));
    }
  }
  document.querySelector(".flow-close").click();
  document.adoptedStyleSheets = before;
  return found;
}"""


#: A visitor has the link to log in, a customer a name and a bell, the owner the most
#: links. Staff has a customer's menu with another word in it, and no bell.
PEOPLE = ["", "bohdan", "owner"]


@pytest.mark.parametrize("who", PEOPLE)
def test_the_header_fits_every_screen(still_page: Page, address: str, who: str) -> None:
    page = still_page
    if who:
        enter(page, address, f"{who}@example.com")
    else:
        page.goto(address + PLAIN_PATH)
    for language in LANGUAGES:
        with page.expect_navigation():
            page.locator(f"button[value={language}]").dispatch_event("click")
        expect(page.locator("html")).to_have_attribute("lang", language)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 300})
            assert page.evaluate(LOOK, HEADER_ALONE) == [], (language, width)


def test_the_menu_folds_by_its_content_and_opens_with_a_click(
    still_page: Page, address: str
) -> None:
    page = still_page
    page.set_viewport_size({"width": 760, "height": 800})
    page.goto(address + PLAIN_PATH)
    menu = page.get_by_role("button", name="Menu")
    link = page.get_by_role("link", name="Log in", exact=True)
    page.evaluate(WEAR, FONTS["narrow"])
    expect(menu).to_be_hidden()
    expect(link).to_be_visible()
    page.evaluate(WEAR, FONTS["wide"].replace("0.06", "0.3"))
    expect(link).to_be_hidden()
    menu.click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()


def test_no_page_is_wider_than_the_screen(
    still_page: Page, complaints: Complaints, address: str
) -> None:
    page = still_page
    complaints.expected.append(rf"{FAILED_LOAD}.*404")
    enter(page, address, "bohdan@example.com")
    for path in ("/things/teapot", "/basket", "/account", "/ask", "/nowhere"):
        page.set_viewport_size({"width": 320, "height": 700})
        page.goto(address + path)
        assert page.evaluate(LOOK, FONTS) == [], path
        page.set_viewport_size({"width": 768, "height": 700})
        assert page.evaluate(LOOK, FONTS) == [], path


#: Whether an element at the bottom of the window can be pressed in its middle.
IN_REACH = """one => {
  one.scrollIntoView({ block: "end" });
  const { left, right, top, bottom } = one.getBoundingClientRect();
  return one.contains(
    document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}"""


def test_on_a_phone_the_drawers_button_lies_on_no_other(
    still_page: Page, address: str
) -> None:
    page = still_page
    page.set_viewport_size({"width": 360, "height": 500})
    enter(page, address, path="/things/teapot")
    page.get_by_role("button", name="Add to basket", exact=True).click()
    page.goto(address + PLAIN_PATH)
    drawers = page.get_by_role("button", name="How it works")
    expect(drawers).to_be_visible()
    for words in ("+", "Go to checkout"):
        assert page.get_by_text(words, exact=True).evaluate(IN_REACH), words
    page.goto(f"{address}/checkout")
    expect(drawers).to_be_visible()
    assert page.get_by_role("button", name="Place order").evaluate(IN_REACH)


def test_the_menu_folds_for_what_comes_late_into_the_header(
    still_page: Page, address: str
) -> None:
    still_page.set_viewport_size({"width": 1280, "height": 700})
    still_page.goto(address + PLAIN_PATH)
    row = still_page.locator(".header-row")
    expect(row).not_to_have_class("header-row folded")
    # A bell beside the name, wide enough for every font.
    still_page.evaluate(
        """() => {
          const late = document.createElement("div");
          late.style.flex = "none";
          late.style.width = "700px";
          document.querySelector(".logo").after(late);
        }"""
    )
    expect(row).to_have_class("header-row folded")
