"""Two replicas of the app behind nginx, on one folder of runs: what one trains, the other shows, and takes over."""

import pytest
from playwright.sync_api import expect

from . import browsing, replicas
from .browsing import button
from .test_train_page import run_box, state
from .test_try_photos import png_of, upload

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not replicas.possible(), reason="it takes root on Linux, and nginx"),
]

MANY_EPOCHS = 2_000  # of `tiny`


@pytest.fixture(scope="module")
def both():
    with replicas.running_replicas() as both:
        yield both


@pytest.fixture
def tabs(both, browser):
    """A tab on each replica, each in a browser of its own, by the replica's name."""
    found, contexts = {}, []
    while len(found) < len(replicas.NAMES):
        contexts.append(browser.new_context(**browsing.DESKTOP))
        page = contexts[-1].new_page()
        found.setdefault(both.open(page), page)
        assert len(contexts) < 30
    yield found
    for context in contexts:
        context.close()


def test_a_training_is_one_and_the_same_on_both_and_goes_on_where_its_replica_dies(both, tabs):
    (dies, first), (stays, second) = tabs.items()
    assert (both.open(first), both.open(second)) == (dies, stays)
    browsing.start_training(first, both.url, "tiny", MANY_EPOCHS)
    browsing.wait_for_points(first)
    name = run_box(first).input_value()

    second.goto(f"{both.url}/train?run={name}")
    few = browsing.wait_for_points(second)
    browsing.wait_for_points(second, more_than=few)
    expect(state(second)).to_contain_text("running")

    seen = browsing.epoch(second)
    both.machines[dies].kill()
    expect(state(second)).to_contain_text("interrupted")
    button(second, "Resume").click()
    browsing.wait_for_epoch(second, after=seen)

    expect(state(first)).to_contain_text("running")  # nobody has touched this tab
    browsing.wait_for_epoch(first, after=browsing.epoch(first))
    assert both.open(first, f"train?run={name}") == stays
    button(first, "Stop").click()
    expect(state(second)).to_contain_text("stopped")

    both.open(first)
    upload(first, {"name": "boot.png", "mimeType": "image/png", "buffer": png_of(browsing.BOOT)})
    expect(browsing.prediction(first)).to_be_visible()
