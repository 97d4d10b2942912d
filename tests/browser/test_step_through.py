"""A drawing through the network, layer by layer, by pointer and by keys."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from . import browsing

pytestmark = pytest.mark.browser


def layer(page: Page, title: str) -> Locator:
    """A layer in the row of layers."""
    return page.locator(".strip button").filter(has_text=re.compile(f"^{title}"))


def number(page: Page, name: str) -> float:
    """The number in the line of that name."""
    line = page.locator(".ladder tr").filter(has_text=re.compile(f"^{name}")).first
    return float(line.locator(".number").inner_text().replace("−", "-"))


def lines(page: Page) -> list[float]:
    """All numbers of the sum, down to its value."""
    texts = page.locator(".ladder .number").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.slow  # a minute's visit
def test_a_drawing_goes_through_the_network_by_pointer_and_keys(server, page):
    page.goto(f"{server.url}/?model=two-conv")
    browsing.draw(page, browsing.T_SHIRT)
    expect(browsing.caption_of(page, "Your drawing")).to_be_visible()
    page.get_by_text("Step through the network").click()
    expect(layer(page, "Convolution 1")).to_have_attribute("aria-pressed", "true")
    *parts, total, value = lines(page)
    assert sum(parts) == pytest.approx(total, abs=0.003)
    assert value == max(0, total)
    move_the_window(page)
    choose_a_layer_and_a_map_by_keys(page)
    see_what_is_kept_and_what_adds_up(page)
    browsing.expect_accessible(page)
    stay_while_strokes_follow(page)


def move_the_window(page):
    place = page.locator(".at")
    expect(place).not_to_have_text("Row 14, column 7")
    image = page.locator(".input canvas")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    page.mouse.move(box["x"] + 7.5 / 28 * box["width"], box["y"] + 14.5 / 28 * box["height"])
    expect(place).to_have_text("Row 14, column 7")
    page.locator(".output button").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text("Row 15, column 6")
    expect(page.locator("output.said")).to_contain_text("Row 15, column 6: Image")


def choose_a_layer_and_a_map_by_keys(page):
    layer(page, "Convolution 1").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(layer(page, "Convolution 2")).to_have_attribute("aria-pressed", "true")
    expect(layer(page, "Convolution 2")).to_be_focused()
    tile = page.get_by_role("button", name="Feature map 5", exact=True)
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".output figcaption")).to_have_text("Convolution 2, map 5")
    *parts, total, _ = lines(page)
    assert sum(parts) == pytest.approx(total, abs=0.006)
    expect(page.locator(".ladder")).to_contain_text("28 more")


def see_what_is_kept_and_what_adds_up(page):
    layer(page, "Max pooling 2").click()
    kept = page.locator(".cells .kept")
    expect(kept).to_have_count(1)
    assert float(kept.inner_text().replace("−", "-")) == pytest.approx(
        number(page, "Maximum"), abs=0.01
    )
    layer(page, "Classes").click()
    other = page.get_by_role("button", name="Bag", exact=True)
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(page.locator("section h3")).to_have_count(2)
    expect(page.locator("section h3").last).to_have_text("Bag")


def stay_while_strokes_follow(page):
    before = page.locator("section .total").first.inner_text()
    browsing.draw(page, browsing.SLEEVE)
    expect(page.locator("section .total").first).not_to_have_text(before)
    expect(layer(page, "Classes")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("section h3").last).to_have_text("Bag")
    page.get_by_role("link", name="Models").click()
    page.get_by_role("tab", name="Kernels and maps").click()
    expect(page.get_by_text(re.compile("^My drawing, predicted"))).to_be_visible()


def test_on_a_small_phone_nothing_scrolls_sideways_but_the_row_of_layers(server, phone):
    phone.goto(f"{server.url}/models?model=two-conv&tab=Kernels+and+maps")
    for title in ("Convolution 1", "Convolution 2", "Classes"):
        layer(phone, title).click()
        expect(layer(phone, title)).to_have_attribute("aria-pressed", "true")
        browsing.expect_no_sideways_scroll(phone)
        assert phone.locator(".values").evaluate("it => it.scrollWidth <= it.clientWidth")
