"""A sweep in a browser: the example from Start to its best settings, on a computer and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from . import browsing
from .browsing import button, expect_in_view

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_example_finds_the_best_learning_rate_and_takes_it_to_the_train_page(own_server, page):
    page.set_viewport_size(browsing.LAPTOP)
    page.goto(f"{own_server.url}/sweep")
    expect_in_view(page, page.get_by_text("A sweep trains one"), button(page, "Start"))
    button(page, "Start").click()
    expect_in_view(page, button(page, "Stop"), page.get_by_test_id("stProgress"))
    best = page.get_by_text(re.compile(r"^Best: learning rate 0\.01$"))
    expect(best).to_be_visible(timeout=browsing.TRAINING)
    expect(page.get_by_text("Test accuracy", exact=True)).to_be_visible()
    expect_in_view(page, best, page.get_by_test_id("stVegaLiteChart"))
    browsing.expect_drawn(page)
    browsing.expect_accessible(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 6000})
    browsing.expect_drawn(page)
    browsing.expect_no_sideways_scroll(page)
    browsing.expect_accessible(page, "color-contrast", "scrollable-region-focusable")
    page.set_viewport_size(browsing.LAPTOP)
    button(page, "Use these settings").click()
    rate = page.get_by_test_id("stNumberInput").filter(has_text="Learning rate")
    expect(rate.locator("input")).to_have_value("0.01")
    expect(page).to_have_url(re.compile(r"/train\?.*learning_rate=0\.01"))
