"""Try it, in a real browser: drawing, uploading, asking another model; and every page on a phone."""

import io
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from fmnist.examples import examples

from . import browsing
from .browsing import (
    BOOT,
    SLEEVE,
    T_SHIRT,
    answer,
    button,
    canvas,
    choose,
    draw,
    ink,
    probabilities,
)

pytestmark = pytest.mark.browser

LAST_WORDS = {  # of each page: once they are there, all of it is
    "train": "Nothing has been trained here yet",
    "mistakes": "Click one to see it large",
}


def test_the_page_answers_before_i_have_drawn_anything_and_then_about_my_drawing(server, page):
    page.goto(server.url)
    expect(answer(page)).to_contain_text("Trouser")
    assert "100%" in probabilities(page)
    draw_and_wait(page, T_SHIRT)
    expect(browsing.what_it_is_about(page, "Your drawing")).to_be_visible()
    expect(answer(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    undo_takes_back_a_stroke_and_clear_all_of_them(page)


def undo_takes_back_a_stroke_and_clear_all_of_them(page):
    one_stroke, first_answer = ink(page), answer(page).inner_text()
    draw_and_wait(page, SLEEVE, again=True)
    button(page, "Undo").click()
    browsing.wait_for_ink(page, one_stroke)
    expect(answer(page)).to_have_text(first_answer)
    button(page, "Clear").click()
    expect(page.get_by_text("Draw the outline of")).to_be_visible()
    browsing.wait_for_ink(page, 0)
    button(page, "Undo").click()
    browsing.wait_for_ink(page, one_stroke)
    button(page, "Undo").dblclick()  # there is but one stroke to take back
    expect(page.get_by_text("Draw the outline of")).to_be_visible()
    browsing.wait_for_ink(page, 0)


def test_my_drawing_survives_a_look_at_another_page(server, page):
    page.goto(server.url)
    draw_and_wait(page, BOOT)
    expect(answer(page)).to_contain_text("Ankle boot")
    drawn = ink(page)
    page.get_by_role("link", name="Mistakes").click()
    expect(browsing.thumbnails(page).first).to_be_visible()
    page.get_by_role("link", name="Try it").click()
    expect(answer(page)).to_contain_text("Ankle boot")
    browsing.wait_for_ink(page, drawn)


def test_i_draw_with_a_finger_on_a_phone(server, phone):
    phone.goto(server.url)
    browsing.draw_with_finger(phone, T_SHIRT)
    expect(answer(phone)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    assert ink(phone) > 1000
    browsing.expect_no_sideways_scroll(phone)


@pytest.mark.parametrize("path", LAST_WORDS)
def test_no_page_scrolls_sideways_on_a_phone(server, phone, path):
    phone.goto(f"{server.url}/{path}")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    expect(phone.get_by_text(LAST_WORDS[path]).first).to_be_visible()
    browsing.expect_no_sideways_scroll(phone)


def test_a_text_file_named_png_gets_one_sentence_and_a_photo_an_answer(server, page):
    page.goto(server.url)
    upload(page, "shopping.png", b"two shirts, one bag\n")
    expect(page.get_by_role("alert")).to_contain_text("shopping.png")
    draw(page, T_SHIRT)
    expect(answer(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    expect(page.get_by_role("alert")).to_have_count(0)
    upload(page, "my shirt.png", png_of(T_SHIRT))
    expect(browsing.what_it_is_about(page, "Your photo, my shirt.png")).to_be_visible()
    expect(answer(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))


def test_an_example_or_a_random_test_image_is_one_click_away(server, page):
    page.goto(server.url)
    shown = browsing.what_it_is_about(page, "Test image")
    before = shown.inner_text()
    button(page, "Surprise me").click()
    expect(shown).not_to_have_text(before)
    expect(shown).to_have_text(re.compile(r"Test image \d+, labelled \w+"))
    page.get_by_role("button", name="Example: Sneaker, photo").click()
    expect(browsing.what_it_is_about(page, "Example: Sneaker, photo")).to_be_visible()
    expect(answer(page)).to_contain_text("Sneaker")
    for step in ("Your photo", "What stands out", "Cut out", "Grey, negated", "28 x 28, centred"):
        expect(page.get_by_role("img", name=step, exact=True)).to_be_visible()


def test_the_brush_paints_broadly_and_the_eraser_takes_away(server, page):
    page.goto(server.url)
    expect(canvas(page)).to_be_visible()
    draw_and_wait(page, SLEEVE)
    with_pen = ink(page)
    choose_tool(page, "Brush")
    browsing.wait_for_ink(page, with_pen)
    draw_and_wait(page, SLEEVE, again=True)
    with_brush = ink(page)
    assert with_brush > 2 * with_pen
    choose_tool(page, "Eraser")
    browsing.wait_for_ink(page, with_brush)
    draw(page, SLEEVE)
    browsing.wait_until(page, lambda: ink(page) < with_pen, "the eraser to have erased")


def test_no_stroke_is_lost_to_what_i_press_before_it_is_answered(server, page):
    with page.expect_websocket() as wire:
        page.goto(server.url)
    draw_and_wait(page, T_SHIRT)
    one_stroke = ink(page)
    draw_and_see_it_sent(page, SLEEVE, wire.value, strokes=2)
    choose_tool(page, "Brush")
    browsing.wait_until(page, lambda: ink(page) > one_stroke, "both strokes on the new canvas")
    browsing.expect_drawn(page)
    both = ink(page)
    draw_and_see_it_sent(page, BOOT, wire.value, strokes=3)
    button(page, "Undo").click()
    browsing.wait_for_ink(page, both)
    draw_and_see_it_sent(page, BOOT, wire.value, strokes=3)
    button(page, "Surprise me").click()
    expect(browsing.what_it_is_about(page, "Test image")).to_be_visible()
    button(page, "Undo").click()
    browsing.wait_for_ink(page, both)
    expect(browsing.what_it_is_about(page, "Your drawing")).to_be_visible()


def test_a_box_around_the_item_makes_the_answer_about_that(server, page):
    page.goto(server.url)
    upload(page, "room.png", two_things())
    first = page.get_by_role("img", name="Your photo", exact=True)
    expect(first).to_be_visible()
    everything = first.get_attribute("src")
    page.get_by_text("Drag a box around the item").click()
    page.wait_for_timeout(700)  # it unfolds
    left, top = browsing.canvas_corner(page, 1)
    page.mouse.move(left + 165, top + 15)
    page.mouse.down()
    page.mouse.move(left + 310, top + 145, steps=6)
    page.mouse.up()
    expect(first).not_to_have_attribute("src", everything)
    expect(answer(page)).to_contain_text("Sneaker")
    part = first.get_attribute("src")
    page.get_by_role("link", name="Mistakes").click()
    expect(browsing.thumbnails(page).first).to_be_visible()
    page.get_by_role("link", name="Try it").click()
    expect(first).to_have_attribute("src", part)
    browsing.expect_drawn(page)
    page.wait_for_timeout(700)  # the photo's own canvas comes back, and with it the box
    expect(first).to_have_attribute("src", part)


def test_another_model_answers_differently_and_its_name_is_in_the_link(server, page):
    page.goto(server.url)
    draw_and_wait(page, T_SHIRT)
    before = answer(page).inner_text()
    choose(page, "Model", "mlp-256")
    expect(answer(page)).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"[?&]model=mlp-256"))
    page.reload()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("^mlp-256"))


# What the tests above say in a word


def draw_and_wait(page, points, again=False) -> None:
    """Draw a stroke and wait until the answer is about it; `again` if it is not the first."""
    picture = page.get_by_role("img", name="Your drawing, as 28 x 28 pixels")
    before = picture.get_attribute("src") if again else None
    draw(page, points)
    expect(picture).to_be_visible()
    if again:
        expect(picture).not_to_have_attribute("src", before)


def draw_and_see_it_sent(page, points, wire, strokes: int) -> None:
    """Draw a stroke and wait until the canvas has told the server of so many, a blink later."""
    with wire.expect_event("framesent", lambda frame: frame.count(b"path") == strokes):
        draw(page, points)


def upload(page, name: str, content: bytes) -> None:
    """Give the file to the upload box."""
    file = {"name": name, "mimeType": "image/png", "buffer": content}
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)


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


def choose_tool(page, name: str) -> None:
    """Pen, Brush or Eraser; the canvas is mounted anew for it."""
    before = canvas(page).element_handle()
    page.get_by_role("radio", name=name).click()
    browsing.wait_until(page, lambda: not before.is_visible(), "the new canvas")
