"""What a person does on the Models page, in a real browser."""

import re
import shutil
import zipfile
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from fmnist.machine import folders
from fmnist.runs import listing, manage

from . import browsing
from .browsing import button

pytestmark = pytest.mark.browser

HEAD, ROW = 36, 28  # pixels, the heights of the table's rows


def open_page(page: Page, url: str, query: str = "") -> None:
    """Go to the Models page and wait until all of it is there."""
    page.goto(f"{url}/models{query}")
    expect(page.get_by_role("tab", name="Architecture")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first.locator("canvas").first).to_be_visible()


def tick(page: Page, number: int, shown: Locator) -> None:
    """Select the row with that number of the table of all runs, until what follows is shown.

    A table that is still being drawn misses a click: then it is clicked again, as people do.
    """
    table = page.get_by_test_id("stDataFrame").first
    for _ in range(4):
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        page.mouse.click(box["x"] + 15, box["y"] + HEAD + (number + 0.5) * ROW)
        with suppress(AssertionError):
            expect(shown).to_be_visible(timeout=10_000)
            return
    expect(shown).to_be_visible()


def position(name: str) -> int:
    """The row of a shipped run."""
    return sorted(path.parent.name for path in folders.SHIPPED.glob("*/run.json")).index(name)


def test_a_row_that_i_select_becomes_the_model_below_and_two_are_compared(server, page):
    page.set_viewport_size(browsing.LAPTOP)
    open_page(page, server.url)
    table = page.get_by_test_id("stDataFrame").first
    charts = page.get_by_test_id("stVegaLiteChart")
    tick(page, position("deep-cnn"), charts.first)
    expect(page).to_have_url(re.compile("model=deep-cnn"))
    expect(page.get_by_text("243,786").first).to_be_visible()
    expect(charts).to_have_count(2)
    browsing.expect_in_view(page, table, *charts.all())
    compared = page.get_by_text("deep-cnn and dropout-cnn, by class")
    tick(page, position("dropout-cnn"), compared)
    expect(charts).to_have_count(3)
    browsing.expect_in_view(page, table, *charts.all())
    expect(page).to_have_url(re.compile("model=deep-cnn"))


def test_the_layers_are_drawn_in_order_and_fit_a_phone(server, phone):
    open_page(phone, server.url, "?model=everyday")
    boxes = phone.locator(".layers li")
    expect(boxes).to_have_count(len(listing.find("everyday").result["layers"]))
    expect(boxes.first).to_contain_text("Image")
    expect(boxes.last).to_contain_text("62,730 parameters")
    browsing.expect_no_sideways_scroll(phone)


def test_kernels_are_drawn_as_tiles(server, page):
    open_page(page, server.url, "?model=two-conv&tab=Kernels+and+maps&test_image=5")
    tile = page.get_by_role("img", name="Kernel 31", exact=True)
    expect(tile).to_be_visible()
    assert "data:image/png" in tile.evaluate("tile => getComputedStyle(tile).backgroundImage")


@pytest.fixture
def my_run(server, tiny_training):
    """A run of mine, tiny-1, for one test, under whatever name: others expect none."""
    shutil.copytree(tiny_training / "tiny-1", server.runs / "tiny-1")
    yield
    for name in ("tiny-1", "my-first"):
        shutil.rmtree(server.runs / name, ignore_errors=True)


def test_i_take_my_run_along_rename_it_and_delete_it(server, my_run, page, tmp_path):
    open_page(page, server.url, "?model=tiny-1&tab=Files")
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    assert download.value.suggested_filename == "tiny-1.zip"
    download.value.save_as(tmp_path / "tiny-1.zip")
    with zipfile.ZipFile(tmp_path / "tiny-1.zip") as archive:
        there = set(manage.FILES) - {"changes.json"}  # nothing was changed while it trained
        assert set(archive.namelist()) == {f"tiny-1/{name}" for name in there}
    rename(page, "../elsewhere")
    expect(page.get_by_role("alert")).to_contain_text("A name has letters, digits")
    page.keyboard.press("Escape")
    rename(page, "my-first")
    expect(page).to_have_url(re.compile("model=my-first"))
    browsing.expect_drawn(page)
    popover(page, "Delete").click()
    expect(page.get_by_text("Delete my-first for good?")).to_be_visible()
    assert (server.runs / "my-first" / "model.keras").exists()
    button(page, "Delete it").click()
    expect(page).not_to_have_url(re.compile("my-first"))
    expect(page.get_by_role("alert")).to_have_count(0)
    browsing.wait_until(
        page, lambda: not (server.runs / "my-first").exists(), "the run's folder to be gone"
    )


def popover(page: Page, name: str) -> Locator:
    """The button that opens it."""
    return page.get_by_test_id("stPopover").get_by_role("button", name=name)


def rename(page: Page, name: str) -> None:
    """Open the form, fill in the name, and send it."""
    popover(page, "Rename").click()
    page.get_by_label("New name").fill(name)
    page.get_by_label("New name").press("Enter")


def test_a_model_file_that_is_too_large_or_none_is_refused_in_a_sentence(server, page, tmp_path):
    large = tmp_path / "large.keras"
    with open(large, "wb") as file:
        file.truncate(101 << 20)
    open_page(page, server.url)
    page.get_by_role("button", name="Add a model file").click()
    box = page.get_by_test_id("stPopoverBody").locator("input[type=file]")
    box.set_input_files(large)
    expect(page.get_by_role("alert")).to_contain_text("at most 99 MB")
    expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)
    box.set_input_files({"name": "notes.txt", "mimeType": "", "buffer": b"no model"})
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("is a text")
