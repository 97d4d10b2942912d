"""Train, in a real browser, against a real server and real trainings."""

import re
import shutil

import psutil
import pytest
from playwright.sync_api import expect

from fmnist.machine import this_process
from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import browsing
from .browsing import button, prediction, probabilities

pytestmark = pytest.mark.browser

SHOWN = ("Epochs", "Learning rate", "Batch size", "Seed")  # settings that are not folded away
MANY_EPOCHS = 400  # of `tiny`: minutes, so that it is still training when the test looks


@pytest.mark.slow
def test_i_start_a_training_and_the_server_is_killed_it_goes_on_until_i_stop_it_and_use_it(
    own_server, computer, page
):
    # A tab that loses its server rightly says so in its console: this one's is not looked at.
    open_all_along = computer.new_page()
    browsing.start_training(open_all_along, own_server.url, "tiny", MANY_EPOCHS)
    few = browsing.wait_for_points(open_all_along)
    browsing.wait_for_points(open_all_along, more_than=few)
    expect_cause_and_effect_in_view(open_all_along)
    seen = browsing.epoch(open_all_along)
    name = run_box(open_all_along).input_value()
    own_server.restart()
    browsing.wait_for_epoch(open_all_along, after=seen)
    open_all_along.close()

    page.goto(f"{own_server.url}/train")
    expect(run_box(page)).to_have_value(name)
    browsing.wait_for_epoch(page, after=seen)
    expect(state(page)).to_contain_text("running")
    button(page, "Stop").click()
    expect(state(page)).to_contain_text("stopped")
    expect(page).to_have_url(re.compile(f"run={name}"))  # another's may be the newest soon
    expect(page.get_by_test_id("stMetric").filter(has_text="Test accuracy")).to_contain_text("%")

    page.get_by_test_id("stPageLink").get_by_role("link", name="Try it").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(name)
    expect(prediction(page)).to_be_visible()
    assert len(probabilities(page)) == 10

    page.goto(f"{own_server.url}/train?run={name}")
    button(page, "Resume").click()
    expect(state(page)).to_contain_text("running")
    psutil.Process(Run(own_server.runs / name).status["pid"]).kill()
    expect(state(page)).to_contain_text("interrupted", timeout=10_000)


@pytest.mark.slow
def test_i_change_the_learning_rate_while_it_trains_and_the_charts_stay_where_they_are(
    own_server, page
):
    browsing.start_training(page, own_server.url, "tiny", MANY_EPOCHS)
    browsing.wait_for_points(page)
    charts = page.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks")
    expect(charts).to_have_count(2)
    before = charts.evaluate_all(MARK)
    page.get_by_role("button", name="Change settings").click()
    rate = page.get_by_test_id("stPopoverBody").get_by_role("spinbutton", name="Learning rate")
    expect(rate).to_have_value("0.003")
    rate.fill("0.01")
    rate.press("Tab")
    browsing.expect_accessible(page)
    seen = browsing.epoch(page)
    browsing.wait_for_epoch(page, after=seen)
    expect(rate).to_have_value("0.01")  # what is typed outlasts the page's looks at the run
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Learning rate 0.01 from epoch ")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Changed while it trained: 1 learning rate 0.01")).to_be_visible()
    assert charts.evaluate_all(PLACES) == before
    button(page, "Stop").click()
    expect(state(page)).to_contain_text("stopped")
    expect(page.get_by_text("learning rate 0.003, then 0.01 from epoch ")).to_be_visible()


# Where charts are, and whether they are still the ones that were marked.
PLACES = """charts => charts.map(chart => {
    const { top, height } = chart.getBoundingClientRect(); return [top, height, chart.marked]; })"""
MARK = (
    f"charts => {{ for (const chart of charts) chart.marked = true; return ({PLACES})(charts); }}"
)


@pytest.fixture
def make_run(server):
    """A function that makes a run of mine, of `tiny` with changes, for one test: others expect none."""
    made = []

    def make_run(name: str, **changes) -> Run:
        made.append(creation.create(registry.find("tiny").changed(**changes), server.runs / name))
        return made[-1]

    yield make_run
    for run in made:
        shutil.rmtree(run.path)


def test_what_i_set_is_there_when_i_come_back_by_whatever_way(server, make_run, page):
    for name, rate in (("tiny-older", 0.01), ("tiny-newer", 0.02)):
        run = make_run(name, epochs=40, learning_rate=rate)
        RunWriter(run).update_status(state="failed", error="The disk was full.")
    page.goto(f"{server.url}/train?run=tiny-older")
    rate = field(page, "Learning rate")
    expect(rate).to_have_value("0.01")
    expect(field(page, "Epochs")).to_have_value("40")
    rate.fill("0.05")
    rate.press("Tab")
    expect(page.get_by_text("Your settings", exact=True)).to_be_visible()
    for come_back in (page.get_by_role("link", name="Train").first.click, page.go_back):
        page.get_by_role("link", name="Data").first.click()
        expect(page.get_by_role("heading", name="Data")).to_be_visible()
        come_back()
        expect(run_box(page)).to_have_value("tiny-older")
        expect(rate).to_have_value("0.05")
    rate.fill("0")
    rate.press("Tab")
    expect(start(page)).to_be_disabled()
    expect(page.get_by_text("Learning rate must be a number above 0")).to_be_visible()
    rate.fill("0.05")
    rate.press("Tab")
    expect(start(page)).to_be_enabled()
    browsing.choose(page, "Run", "tiny-newer")
    expect(rate).to_have_value("0.02")
    button(page, "Back to my changes").click()
    expect(rate).to_have_value("0.05")


def test_on_a_phone_a_training_under_way_comes_before_the_form(server, make_run, phone):
    run = make_run("tiny-under-way")
    RunWriter(run).update_status(
        state="running", phase="training", epoch=1, epochs=3, **this_process()
    )
    for part in range(1, 4):
        RunWriter(run).add_metrics(epoch=part / 5, loss=1 / part, accuracy=part / 5)
    phone.goto(f"{server.url}/train?run=tiny-under-way")
    expect(phone.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    browsing.expect_no_sideways_scroll(phone)
    browsing.expect_in_view(phone, run_box(phone), state(phone), progress(phone))
    expect(start(phone)).not_to_be_in_viewport()
    RunWriter(run).update_status(state="failed", error="The disk was full.")
    expect(state(phone)).to_contain_text("failed")
    browsing.expect_in_view(phone, run_box(phone), state(phone))  # nothing has jumped
    phone.reload()
    expect(state(phone)).to_contain_text("failed")
    recipe = phone.get_by_role("combobox", name="Recipe", exact=True)
    browsing.expect_in_view(phone, recipe, field(phone, "Seed"))
    browsing.expect_no_sideways_scroll(phone)


def expect_cause_and_effect_in_view(page):
    """On a laptop: what is to be trained, Start, how it goes and both curves."""
    page.set_viewport_size(browsing.LAPTOP)
    recipe = page.get_by_role("combobox", name="Recipe", exact=True)
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    one, other = charts.all()
    browsing.expect_in_view(page, recipe, start(page), state(page), progress(page), one, other)
    assert one.bounding_box()["y"] == other.bounding_box()["y"]  # beside each other
    more = page.get_by_text("More settings", exact=True)
    browsing.expect_in_view(page, *(field(page, name) for name in SHOWN), more)


def field(page, name):
    """A number of the form."""
    return page.get_by_label(name, exact=True)


def start(page):
    """The button that begins a training."""
    return page.get_by_role("button", name="Start", exact=True)


def progress(page):
    """The bar that says how far a training has come."""
    return page.get_by_test_id("stProgress")


def run_box(page):
    """Where one picks a run."""
    return page.get_by_role("combobox", name="Run")


def state(page):
    """The word that says how a run is."""
    return page.locator(".stMarkdownBadge")
