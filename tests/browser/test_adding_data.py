"""A data set of one's own, by clicks alone: added, trained on, looked at, removed."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect

from . import browsing

pytestmark = pytest.mark.browser


def digits(count: int = 24) -> bytes:
    """A ZIP of printed digits at random places and in random greys, with a folder for each."""
    numbers, file, font = np.random.default_rng(0), io.BytesIO(), ImageFont.load_default(16)
    with zipfile.ZipFile(file, "w") as archive:
        for digit in "0123456789":
            for index in range(count):
                image = Image.new("L", (24, 24))
                place = tuple(numbers.integers(2, 9, 2).tolist())
                ImageDraw.Draw(image).text(place, digit, int(numbers.integers(120, 256)), font)
                png = io.BytesIO()
                image.save(png, "PNG")
                archive.writestr(f"digits/{digit}/{index}.png", png.getvalue())
    return file.getvalue()


@pytest.mark.slow
def test_a_zip_becomes_a_data_set_and_a_model_of_it_by_clicks_alone(own_server, page):
    page.goto(f"{own_server.url}/data")
    browsing.button(page, "Add a data set").click()
    page.locator(".st-key-data_add_box input[type=file]").set_input_files(
        {"name": "digits.zip", "mimeType": "application/zip", "buffer": digits()}
    )
    expect(page.locator(".gallery")).to_have_count(4)  # as uploaded, and in three framings
    expect(page.get_by_text("240 images of 10 classes")).to_be_visible()
    browsing.expect_drawn(page)
    browsing.expect_in_view(page, page.get_by_role("button", name="Add", exact=True))
    browsing.expect_accessible(page)
    page.set_viewport_size({"width": 320, "height": 780})
    browsing.expect_no_sideways_scroll(page)
    page.set_viewport_size(browsing.DESKTOP["viewport"])
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Train on it").click()
    page.get_by_role("button", name="Start", exact=True).click()
    test_accuracy = page.get_by_test_id("stMetric").filter(has_text="Test accuracy")
    expect(test_accuracy).to_be_visible(timeout=browsing.TRAINING)
    # The Data page still shows that data set, now with a map by the predictions of the new model.
    page.get_by_role("link", name="Data").click()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("digits")
    page.get_by_role("radio", name="predictions").click()
    expect(page.locator(".place").first).to_be_visible()
    browsing.button(page, "Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 run (sprint-1) was trained on it")
    dialog.get_by_role("button", name="Remove it").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("fashion-mnist")
    # The run keeps its name and its predictions.
    page.goto(f"{own_server.url}/mistakes?model=sprint-1")
    expect(page.get_by_role("combobox", name="Model")).to_have_value("sprint-1")
    browsing.expect_drawn(page)
    assert not own_server.complaints()
