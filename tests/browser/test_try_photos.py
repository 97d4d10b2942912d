"""Try it, in a real browser: photos that are uploaded, taken, refused, cropped."""

import io
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from fmnist.preprocessing.examples import examples

from . import browsing
from .browsing import T_SHIRT, button, draw, prediction

pytestmark = pytest.mark.browser


def test_an_upload_that_cannot_be_read_is_one_sentence_and_no_prediction(server, page, tmp_path):
    page.goto(server.url)
    expect(prediction(page)).to_contain_text("Trouser")
    huge = tmp_path / "huge.jpg"
    with open(huge, "wb") as file:
        file.truncate(100 << 20)
    for file, message in (
        ({"name": "shopping.png", "mimeType": "", "buffer": b"two shirts\n"}, "shopping"),
        ({"name": "list.pdf", "mimeType": "", "buffer": b"%PDF-1.4"}, "list"),
        (huge, "at most 99 MB"),
    ):
        upload(page, file)
        expect(page.get_by_role("alert")).to_contain_text(message)
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(prediction(page)).to_have_count(0)
        expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)  # none piles up
    page.route("**/_stcore/upload_file/**", lambda route: route.fulfill(status=204))
    upload(page, {"name": "forged.png", "mimeType": "", "buffer": png_of(T_SHIRT)})
    expect(page.get_by_role("alert")).to_contain_text("upload it again")
    page.unroute_all()
    draw(page, T_SHIRT)
    expect(prediction(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    expect(page.get_by_role("alert")).to_have_count(0)
    upload(page, {"name": "my shirt.png", "mimeType": "", "buffer": png_of(T_SHIRT)})
    expect(browsing.caption_of(page, "Your photo, my shirt.png")).to_be_visible()
    expect(prediction(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))


def test_the_camera_starts_when_i_want_it_and_its_photo_is_classified(server, computer, page):
    computer.grant_permissions(["camera"])
    page.goto(server.url)
    expect(prediction(page)).to_be_visible()
    assert page.locator("video").count() == 0
    button(page, "Camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState == 4")
    page.get_by_role("button", name="Take Photo").click()
    expect(browsing.caption_of(page, "Your photo")).to_be_visible()
    expect(browsing.photo(page)).to_be_visible()
    expect(page.locator("video")).to_have_count(0)


def test_a_box_around_the_item_makes_the_prediction_about_that(server, page):
    page.goto(server.url)
    upload(page, {"name": "room.png", "mimeType": "", "buffer": two_things()})
    first = page.get_by_role("img", name="Your photo", exact=True)
    expect(first).to_be_visible()
    everything = first.get_attribute("src")
    toolbar = page.locator(".st-key-try_crop .dc-toolbar")
    expect(toolbar).to_have_count(1)
    expect(toolbar).to_be_hidden()
    left, top = browsing.corner(browsing.photo(page))
    page.mouse.move(left + 165, top + 15)
    page.mouse.down()
    page.mouse.move(left + 310, top + 145, steps=6)
    page.mouse.up()
    expect(first).not_to_have_attribute("src", everything)
    expect(prediction(page)).to_contain_text("Sneaker")
    part = first.get_attribute("src")
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    page.get_by_role("link", name="Try it").click()
    expect(first).to_have_attribute("src", part)
    browsing.expect_drawn(page)
    page.wait_for_timeout(700)  # the photo's own canvas comes back, and with it the box
    expect(first).to_have_attribute("src", part)
    button(page, "Use whole photo").click()
    expect(first).to_have_attribute("src", everything)
    upload(page, {"name": "shirt.png", "mimeType": "", "buffer": png_of(T_SHIRT)})
    expect(browsing.caption_of(page, "Your photo, shirt.png")).to_be_visible()
    page.wait_for_timeout(700)  # its canvas comes, too
    expect(browsing.caption_of(page, "Your photo, shirt.png")).to_be_visible()


# What the tests above say in a word


def test_of_several_photos_each_has_a_row_that_opens_it_and_all_are_a_csv_file(
    server, page, tmp_path
):
    page.goto(server.url)
    upload(
        page,
        [
            {"name": "shirt.png", "mimeType": "", "buffer": png_of(T_SHIRT)},
            {"name": "list.png", "mimeType": "", "buffer": b"two shirts\n"},
            {"name": "room.png", "mimeType": "", "buffer": two_things()},
        ],
    )
    heading = page.locator(".st-key-try_summary").get_by_role("heading")
    expect(heading).to_contain_text("3 photos: ")
    rows = page.locator(".photos tbody tr")
    expect(rows).to_have_count(3)
    browsing.expect_accessible(page)
    browsing.expect_in_view(page, heading, rows.nth(0), rows.nth(2))
    page.get_by_role("button", name="Not read").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("The file is a text")
    page.get_by_role("button", name="All", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Predictions as CSV").click()
    download.value.save_as(tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_text().count("\n") == 4
    rows.nth(0).click()
    expect(prediction(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    button(page, "All 3 photos").click()
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_have_attribute("data-last", "")


def upload(page, files) -> None:
    """Give files to the upload box."""
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(files)


def png_of(outline) -> bytes:
    """A photo of sorts: a dark garment on a light table."""
    image = Image.new("RGB", (640, 640), "white")
    ImageDraw.Draw(image).polygon([(2 * x, 2 * y) for x, y in outline], fill=(60, 70, 120))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def two_things() -> bytes:
    """A photo of a pullover and a sneaker beside each other."""
    room = Image.new("RGB", (640, 320))
    room.paste(examples()["Pullover, photo"], (0, 0))
    room.paste(examples()["Sneaker, photo"], (320, 0))
    file = io.BytesIO()
    room.save(file, "PNG")
    return file.getvalue()
