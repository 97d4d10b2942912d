"""Train, in a real browser, against a real server and real trainings."""

import pytest
from playwright.sync_api import expect

from . import browsing
from .browsing import answer, button, probabilities

pytestmark = pytest.mark.browser

MANY_EPOCHS = 400  # of `tiny`: minutes, so that it is still training when the test looks


def test_i_start_a_training_watch_it_stop_it_and_use_it(own_server, page):
    browsing.start_training(page, own_server.url, "tiny", MANY_EPOCHS)
    few = browsing.wait_for_points(page)
    browsing.wait_for_points(page, more_than=few)
    seen = browsing.epoch(page)
    name = page.get_by_role("combobox", name="Run").input_value()

    page.reload()
    expect(page.get_by_role("combobox", name="Run")).to_have_value(name)
    browsing.wait_for_epoch(page, after=seen)

    button(page, "Stop").click()
    expect(state(page)).to_contain_text("stopped")
    expect(page.get_by_test_id("stMetric").filter(has_text="Test accuracy")).to_contain_text("%")

    page.get_by_test_id("stPageLink").get_by_role("link", name="Try it").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(name)
    expect(answer(page)).to_be_visible()
    assert len(probabilities(page)) == 10


def test_a_training_goes_on_when_the_server_restarts(own_server, computer, page):
    # A tab that loses its server rightly says so in its console: this one's is not looked at.
    open_all_along = computer.new_page()
    browsing.start_training(open_all_along, own_server.url, "tiny", MANY_EPOCHS)
    browsing.wait_for_points(open_all_along)
    seen = browsing.epoch(open_all_along)
    own_server.restart()
    browsing.wait_for_epoch(open_all_along, after=seen)
    open_all_along.close()

    page.goto(f"{own_server.url}/train")
    browsing.wait_for_epoch(page, after=seen)
    expect(state(page)).to_contain_text("running")


def state(page):
    """The word that says how a run is."""
    return page.locator(".stMarkdownBadge")
