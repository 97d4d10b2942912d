"""A term's card: by pointer, keys and finger; it covers and moves nothing that it explains."""

import pytest
from playwright.sync_api import expect

from . import browsing

pytestmark = pytest.mark.browser

CARD = "#glossary-card"
LINK = "mistakes?model=mlp-256&view=Calibration"


def test_a_term_is_explained_to_pointer_and_keys(server, page):
    page.goto(f"{server.url}/{LINK}")
    figure = page.get_by_test_id("stMetricLabel").filter(has_text="Expected calibration error")
    label = figure.locator("[data-term]")
    expect(label).to_be_visible()
    browsing.expect_drawn(page)
    place = label.bounding_box()
    label.hover()
    card = page.locator(CARD)
    expect(card).to_contain_text("Calibration")
    expect(card.locator("svg")).to_be_visible()
    assert label.bounding_box() == place
    above = card.bounding_box()
    assert above["y"] + above["height"] <= place["y"] or above["y"] >= place["y"] + place["height"]
    browsing.expect_accessible(page)
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    label.focus()
    page.keyboard.press("Tab")  # past the figure's own hint
    page.keyboard.press("Tab")  # to the first term of the caption
    expect(card).to_contain_text("Confidence")
    page.keyboard.press("Enter")
    expect(card).to_be_hidden()
    assert page.url.endswith(LINK)


@pytest.mark.slow
@pytest.mark.parametrize("link", ["train", LINK, ""])
def test_a_tap_opens_a_card_within_the_screen_and_another_closes_it(server, phone, link):
    phone.goto(f"{server.url}/{link}")
    term = phone.locator("a[data-term]").last
    term.scroll_into_view_if_needed()
    browsing.expect_drawn(phone)
    address = phone.url
    term.tap()
    browsing.expect_in_view(phone, phone.locator(CARD))
    term.tap()
    expect(phone.locator(CARD)).to_be_hidden()
    assert phone.url == address
