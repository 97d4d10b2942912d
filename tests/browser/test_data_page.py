"""The Data page in a real browser: what its own drawings show, and what a click opens."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from fmnist.data import fashion_mnist, overview
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import listing

from . import browsing

pytestmark = pytest.mark.browser

MARGIN = 1.12  # from the edge of the map to the outermost point
NUMBER = re.compile(r"image (\d+)")


def test_an_image_of_the_sample_opens_beside_its_numbers_by_mouse_and_by_keys(server, page):
    page.goto(f"{server.url}/data")
    images = page.locator(".classes button")
    expect(images).to_have_count(360)
    last = images.last
    number = int(NUMBER.search(last.get_attribute("aria-label"))[1])
    last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Training image {number}, labelled Ankle boot")
    expect(dialog.locator("td")).to_have_count(784)
    shown = [int(text) for text in dialog.locator("td").all_text_contents()]
    assert shown == fashion_mnist.load("train")[0][number].ravel().tolist()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    # By keys: arrows go from image to image, Enter opens one.
    images.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    number = NUMBER.search(images.nth(13).get_attribute("aria-label"))[1]
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"Training image {number}, ")


def test_whoever_points_at_a_number_or_a_pixel_is_told_row_column_x_and_value(server, page):
    page.goto(f"{server.url}/data?split=test&image=2")
    pixels = fashion_mnist.load("test")[0][2]
    shown = page.locator("output")
    page.locator("td").nth(28 * 3 + 12).hover()
    expect(shown).to_contain_text(f"Row i = 3, column j = 12, value {pixels[3, 12]}")
    expect(shown).to_contain_text("28 · 3 + 12 = 96")
    image = page.locator(".large canvas")
    image.scroll_into_view_if_needed()
    size = image.bounding_box()["width"] / 28
    image.hover(position={"x": 12.5 * size, "y": 20.5 * size})
    expect(shown).to_contain_text(f"Row i = 20, column j = 12, value {pixels[20, 12]}")
    expect(page.locator("td.at")).to_have_text(str(pixels[20, 12]))


def test_the_points_fly_to_another_map_where_a_class_can_stand_alone_and_a_click_opens_an_image(
    server, page
):
    page.goto(f"{server.url}/data?model=mlp-256")
    in_pixels = at_rest(page)
    page.get_by_role("radio", name="predictions").click()
    expect(page.locator(".place")).to_have_count(10)
    as_seen = at_rest(page)
    assert as_seen != in_pixels
    page.locator(".legend").get_by_role("button", name="Bag").click()
    expect(page.locator(".legend [aria-pressed=true]")).to_have_text("Bag")
    assert at_rest(page) != as_seen
    page.locator(".legend").get_by_role("button", name="Bag").click()
    assert at_rest(page) == as_seen
    # A click on a point opens its image, and the network classifies it.
    number, (x, y) = the_loneliest_of_the_first(500)
    label = CLASS_NAMES[fashion_mnist.load("test")[1][number]]
    canvas = page.locator(".map canvas")
    by_keys(page, canvas)
    canvas.scroll_into_view_if_needed()
    size = canvas.bounding_box()["width"]
    canvas.hover(position={"x": (1 + x / MARGIN) / 2 * size, "y": (1 - y / MARGIN) / 2 * size})
    expect(page.locator(".tip")).to_have_text(f"{label}, test image {number}")
    page.mouse.down()
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Test image {number}, labelled {label}")
    dialog.get_by_role("button", name="Classify this image").click()
    expect(browsing.caption_of(page, f"Test image {number}, labelled {label}")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("mlp-256")


def by_keys(page, canvas):
    """Arrow keys move from point to point, and Enter opens one."""
    canvas.focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".tip").inner_text()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".tip")).not_to_have_text(first)
    number = page.locator(".tip").inner_text().rpartition(" ")[2]
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"Test image {number},")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def the_loneliest_of_the_first(count: int) -> tuple[int, list[float]]:
    """Number and place of the test image that is farthest from all others on the map."""
    probabilities, _ = listing.find("mlp-256").predictions()
    means = overview.mean_images(*fashion_mnist.load("train"), 10)
    class_places = overview.class_places(overview.ring(means))
    places = overview.map_of_predictions(probabilities, class_places)
    away = np.linalg.norm(places[:count, None] - places[None], axis=2)
    away[np.arange(count), np.arange(count)] = np.inf
    number = int(away.min(axis=1).argmax())
    return number, places[number].tolist()


def at_rest(page) -> str:
    """The map's pixels, once the points have stopped."""
    canvas = page.locator(".map canvas")
    expect(canvas).to_be_visible()
    seen = [""]

    def still() -> bool:
        seen.append(canvas.evaluate("canvas => canvas.toDataURL()"))
        page.wait_for_timeout(300)
        return seen[-1] == seen[-2]

    browsing.wait_until(page, still, "the points to stop")
    return seen[-1]


def test_the_numbers_scroll_in_their_own_box_on_a_phone(server, phone):
    phone.goto(f"{server.url}/data")
    expect(phone.locator("td")).to_have_count(784)
    expect(phone.locator(".map canvas")).to_be_visible()
    browsing.expect_no_sideways_scroll(phone)
    box = phone.locator(".right")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert box.evaluate("box => { box.scrollLeft = 999; return box.scrollLeft; }") > 0
