"""What axe-core finds on the pages: nothing, on a wide light screen and on a narrow dark one, which never scrolls sideways.

https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
"""

import pytest
from playwright.sync_api import expect

from . import browsing

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {  # where, and what is there once the page is
    "": ".bars",
    "train": "[data-testid=stForm], .stButton",
    "sweep": ".st-key-sweep-start button",
    "models?model=dropout-cnn": ".layers",
    "mistakes?model=mlp-256&true=Shirt": ".gallery button",
    "mistakes?model=mlp-256&image=23": "[alt='Counterfactual']",
    "data": ".map canvas",
    "learn": ".glossary svg",
}

# What is another on a narrow dark screen; what has no name or role has none on any.
BY_LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
NARROW = 320  # pixels: a small phone, or 200 % and more on a laptop
TALL = 6000  # pixels: axe-core sees no contrast in what must be scrolled to


@pytest.mark.parametrize("link", PAGES)
def test_nothing_keeps_anybody_from_reading_or_using_a_page(server, page, link):
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(f"{server.url}/{link}")
    expect(page.locator(PAGES[link]).first).to_be_visible()
    for summary in page.locator("summary").all():  # what is folded away, too
        summary.click()
    page.set_viewport_size({"width": 1280, "height": TALL})
    browsing.expect_drawn(page)
    browsing.expect_accessible(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(20, 20, 29)")
    page.set_viewport_size({"width": NARROW, "height": TALL})
    browsing.expect_drawn(page)
    browsing.expect_no_sideways_scroll(page)
    browsing.expect_accessible(page, *BY_LOOKS)
