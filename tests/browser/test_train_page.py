"""Train, in a real browser, against a real server and real trainings."""

import re

import pytest
from playwright.sync_api import expect

from fmnist.runs import Run

from . import browsing
from .browsing import answer, button, probabilities

pytestmark = pytest.mark.browser

MANY_EPOCHS = 400  # of `tiny`: minutes, so that it is still training when the test looks


def test_i_start_a_training_and_restart_the_server_it_goes_on_until_i_stop_it_resume_it_and_use_it(
    own_server, computer, page
):
    # A tab that loses its server rightly says so in its console: this one's is not looked at.
    open_all_along = computer.new_page()
    browsing.start_training(open_all_along, own_server.url, "tiny", MANY_EPOCHS)
    few = browsing.wait_for_points(open_all_along)
    browsing.wait_for_points(open_all_along, more_than=few)
    seen = browsing.epoch(open_all_along)
    name = run_box(open_all_along).input_value()
    own_server.restart()
    browsing.wait_for_epoch(open_all_along, after=seen)
    open_all_along.close()

    page.goto(f"{own_server.url}/train")
    expect(run_box(page)).to_have_value(name)
    browsing.wait_for_epoch(page, after=seen)
    expect(state(page)).to_contain_text("running")
    page.reload()
    expect(run_box(page)).to_have_value(name)
    browsing.wait_for_epoch(page, after=seen)

    button(page, "Stop").click()
    expect(state(page)).to_contain_text("stopped")
    expect(page).to_have_url(re.compile(f"run={name}"))  # another's may be the newest soon
    expect(page.get_by_test_id("stMetric").filter(has_text="Test accuracy")).to_contain_text("%")

    stopped_in = len(Run(own_server.runs / name).metrics())
    button(page, "Resume").click()
    browsing.wait_for_epoch(page, after=seen)  # the page looks again
    button(page, "Stop").click()
    expect(state(page)).to_contain_text("stopped")
    assert len(Run(own_server.runs / name).metrics()) > stopped_in

    page.get_by_test_id("stPageLink").get_by_role("link", name="Try it").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(name)
    expect(answer(page)).to_be_visible()
    assert len(probabilities(page)) == 10


def run_box(page):
    """Where one picks a run."""
    return page.get_by_role("combobox", name="Run")


def state(page):
    """The word that says how a run is."""
    return page.locator(".stMarkdownBadge")
