"""Try it, in a real browser: drawing, uploading, asking another model."""

import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from . import browsing
from .browsing import (
    BOOT,
    SLEEVE,
    T_SHIRT,
    button,
    canvas,
    choose,
    draw,
    ink,
    prediction,
    probabilities,
)

pytestmark = pytest.mark.browser


def test_the_page_shows_a_prediction_before_i_have_drawn_and_then_that_of_my_drawing(server, page):
    page.goto(server.url)
    expect(prediction(page)).to_contain_text("Trouser")
    assert "100%" in probabilities(page)
    draw(page, T_SHIRT)
    expect(browsing.caption_of(page, "Your drawing")).to_be_visible()
    expect(prediction(page)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    undo_and_redo_a_stroke_by_button_and_by_key(page)


def undo_and_redo_a_stroke_by_button_and_by_key(page):
    one_stroke, first_prediction = ink(page), prediction(page).inner_text()
    draw(page, SLEEVE)
    both = ink(page)
    assert both > one_stroke
    for undo, redo in (("Control+z", "Control+y"), ("Control+z", "Control+Shift+Z")):
        page.keyboard.press(undo)
        assert ink(page) == one_stroke
        page.keyboard.press(redo)
        assert ink(page) == both
    edit(page, "Undo").click()
    expect(edit(page, "Redo")).to_be_enabled()
    expect(prediction(page)).to_have_text(first_prediction)
    edit(page, "Clear").click()
    expect(page.get_by_text("Draw the outline of")).to_be_visible()
    assert ink(page) == 0
    edit(page, "Undo").dblclick()  # what was cleared, and the stroke before
    expect(edit(page, "Undo")).to_be_disabled()
    expect(page.get_by_text("Draw the outline of")).to_be_visible()
    page.keyboard.press("Control+y")
    assert ink(page) == one_stroke
    expect(prediction(page)).to_have_text(first_prediction)


def test_my_drawing_and_the_model_survive_a_look_at_another_page_and_a_reload(server, page):
    page.goto(server.url)
    draw(page, BOOT)
    expect(prediction(page)).to_contain_text("Ankle boot")
    drawn = ink(page)
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Train")
    page.get_by_role("link", name="Try it").click()
    expect(prediction(page)).to_contain_text("Ankle boot")
    browsing.wait_for_ink(page, drawn)
    before = prediction(page).inner_text()
    choose(page, "Model", "mlp-256")
    expect(prediction(page)).not_to_have_text(before)
    expect(page).to_have_url(re.compile(r"[?&]model=mlp-256"))
    other = prediction(page).inner_text()
    page.reload()
    browsing.wait_for_ink(page, drawn)
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("^mlp-256"))
    expect(prediction(page)).to_have_text(other)
    edit(page, "Undo").click()
    browsing.wait_for_ink(page, 0)


def test_i_draw_with_a_finger_on_a_phone_and_see_the_prediction_below(server, phone):
    phone.goto(server.url)
    browsing.draw_with_finger(phone, T_SHIRT)
    expect(prediction(phone)).to_contain_text(re.compile("T-shirt/top|Shirt"))
    assert ink(phone) > 1000
    browsing.expect_in_view(phone, canvas(phone), prediction(phone))
    browsing.expect_no_sideways_scroll(phone)
    phone.get_by_role("button", name="Example: Sneaker, photo").tap()  # below the prediction
    expect(prediction(phone)).to_contain_text("Sneaker")
    browsing.expect_in_view(phone, prediction(phone))


def test_cause_and_effect_are_in_one_view_on_a_small_screen_and_images_one_click_away(server, page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(server.url)
    to_draw_with = [canvas(page), edit(page, "Clear"), tool(page, "Eraser")]
    expect(prediction(page)).to_contain_text("Trouser")  # a test image
    expect_all_in_one_view(page, *to_draw_with)
    draw(page, SLEEVE)  # a line is no garment: there are tips, too
    expect(prediction(page)).to_contain_text("can't tell")
    expect_all_in_one_view(page, *to_draw_with)
    button(page, "Surprise me").click()
    expect(browsing.caption_of(page, "Test image")).to_have_text(
        re.compile(r"Test image \d+, labelled \w+")
    )
    page.get_by_role("button", name="Example: Sneaker, photo").click()
    expect(browsing.caption_of(page, "Example: Sneaker, photo")).to_be_visible()
    expect(prediction(page)).to_contain_text("Sneaker")
    expect_all_in_one_view(page, browsing.photo(page), button(page, "Turn left"))
    for step in ("Your photo", "Salient item", "Cut out", "Grey, inverted", "28 x 28, centred"):
        expect(page.get_by_role("img", name=step, exact=True)).to_be_visible()


def expect_all_in_one_view(page, *more):
    browsing.expect_drawn(page)
    browsing.expect_in_view(
        page,
        *more,
        prediction(page),
        page.get_by_role("img", name="as 28 x 28 pixels"),
        page.locator(".bars"),
        page.get_by_role("combobox", name="Model"),
        page.get_by_role("button", name="Upload", exact=True),
        button(page, "Camera"),
        button(page, "Surprise me"),
        page.get_by_role("button", name="Example: Ankle boot, photo"),
    )
    browsing.expect_no_sideways_scroll(page)


def test_each_tool_draws_in_its_own_way_and_is_reached_by_keys(server, page):
    page.goto(f"{server.url}/try_it")  # by its name, too
    draw(page, SLEEVE)
    with_pen = ink(page)
    page.get_by_role("combobox", name="Model").wait_for()
    tool(page, "Pen").focus()
    page.keyboard.press("ArrowRight")
    expect(tool(page, "Brush")).to_be_checked()
    page.keyboard.press("Tab")
    for name in ("Undo", "Clear"):  # there is nothing to redo
        expect(edit(page, name)).to_be_focused()
        assert (
            edit(page, name).evaluate("button => getComputedStyle(button).outlineStyle") == "solid"
        )
        page.keyboard.press("Tab")
    draw(page, SLEEVE)
    with_brush = ink(page)
    assert with_brush > 2 * with_pen
    tool(page, "Eraser").check(force=True)
    draw(page, SLEEVE)
    assert ink(page) < with_brush
    expect(page.get_by_role("dialog")).to_have_count(0)  # "Page not found"
    shapes_are_placed_and_changed_by_keys(page)


def shapes_are_placed_and_changed_by_keys(page):
    edit(page, "Clear").click()
    tool(page, "Pen").check(force=True)
    canvas(page).focus()
    page.keyboard.press("r")
    assert (small := ink(page)) > 0
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".said")).to_have_text("Rectangle at 160, 170: 130 by 120 pixels")
    assert (wide := ink(page)) > small
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    assert ink(page) > wide
    page.keyboard.press("Delete")
    assert ink(page) == wide  # the kept one stays
    expect(canvas(page)).to_have_accessible_name(re.compile("1 stroke$"))


def test_no_stroke_is_lost_while_the_page_loads_nor_to_what_i_press_right_after(server, page):
    page.goto(server.url, wait_until="commit")
    draw(page, T_SHIRT)
    drawn = ink(page)
    expect(browsing.caption_of(page, "Your drawing")).to_be_visible()
    browsing.expect_drawn(page)
    assert ink(page) == drawn
    draw(page, SLEEVE)
    tool(page, "Brush").check(force=True)
    draw(page, SLEEVE)
    drawn = ink(page)
    page.get_by_role("button", name="Example: Bag, drawn").click()
    expect(browsing.caption_of(page, "Example: Bag")).to_be_visible()
    browsing.expect_drawn(page)
    expect(browsing.caption_of(page, "Example: Bag")).to_be_visible()
    button(page, "Draw").click()
    expect(browsing.caption_of(page, "Your drawing")).to_be_visible()
    assert ink(page) == drawn


# What the tests above say in a word


def edit(page, name: str):
    """Undo, Redo or Clear."""
    return page.locator(".sketch").get_by_role("button", name=name)


def tool(page, name: str):
    """Pen, Brush or Eraser."""
    return page.locator(".sketch").get_by_role("radio", name=name)


@pytest.mark.slow
def test_a_link_brings_my_drawing_to_another_browser_where_it_can_be_drawn_on(
    server, browser, page
):
    page.goto(server.url)
    draw(page, BOOT)
    expect(prediction(page)).to_contain_text("Ankle boot")
    drawn, predicted = ink(page), prediction(page).inner_text().split("(")[0]
    page.get_by_role("button", name="Share").click()
    field = page.get_by_role("textbox", name="Link to this page")
    expect(field).to_have_value(re.compile("drawing="))
    link = field.input_value()
    assert len(link) < 2000
    picture = page.get_by_role("img", name="QR code").screenshot()
    code = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert cv2.QRCodeDetector().detectAndDecode(code)[0] == link
    with browser.new_context(**browsing.DESKTOP) as elsewhere, browsing.new_tab(elsewhere) as other:
        other.goto(link)
        expect(prediction(other)).to_contain_text(predicted)
        assert abs(ink(other) - drawn) < 0.02 * drawn
        draw(other, SLEEVE)
        browsing.wait_until(other, lambda: link != other.evaluate("location.href"), "another link")
        other.goto(link[:-3])  # as a program that cuts long links sends it
        expect(other.get_by_role("alert")).to_contain_text("cannot be read")
