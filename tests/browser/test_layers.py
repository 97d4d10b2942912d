"""A network chosen layer by layer, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from . import browsing
from .browsing import button

pytestmark = pytest.mark.browser

TWO_CONV = ["Convolution", "Max pooling", "Convolution", "Max pooling", "Flatten"]


def names(page: Page) -> list[str]:
    """The layers that can be changed, from the first to the last."""
    return page.locator(".rows li:not(.fixed) .name").all_inner_texts()


def outputs(page: Page) -> list[str]:
    """What each layer gives, from the image to the last dense layer."""
    return page.locator(".rows li .figure:nth-child(2)").all_inner_texts()


def below_start(page: Page) -> float:
    """How far below Start the layers begin, in pixels."""
    rows, start = page.locator(".rows").bounding_box(), button(page, "Start").bounding_box()
    return rows["y"] - start["y"]


def test_i_build_a_network_with_the_keyboard_and_see_at_once_what_fits_and_what_it_costs(
    server, page
):
    page.goto(f"{server.url}/train?recipe=own-layers")
    status = page.locator(".editor .status")
    expect(status).to_contain_text("55,002 parameters")  # that of `sprint`
    distance = below_start(page)
    page.get_by_label("Start from").select_option("two-conv")
    expect(status).to_contain_text("83,466 parameters")
    assert names(page) == TWO_CONV

    page.get_by_label("Kernels of layer 1, Convolution").focus()
    page.keyboard.press("ArrowUp")  # 32 become 40
    expect(page.locator(".rows li.conv").first).to_contain_text("28 × 28 × 40")
    page.get_by_label("Remove: layer 5, Flatten").press("Enter")
    expect(status).to_contain_text("The last layer (dense 10 softmax) takes a row of numbers")
    expect(button(page, "Start")).to_be_disabled()
    assert below_start(page) == distance  # nothing has moved
    assert outputs(page)[-2:] == ["7 × 7 × 64", "–"]
    page.get_by_role("button", name="Undo").press("Enter")
    expect(button(page, "Start")).to_be_enabled()

    page.get_by_role("button", name="Add Dropout").press("Enter")
    expect(page.get_by_label("Rate of layer 6, Dropout")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Rate of layer 5, Dropout")).to_be_visible()
    assert names(page) == [*TWO_CONV[:-1], "Dropout", "Flatten"]
    page.get_by_label("Kernels of layer 3, Convolution").fill("9999")
    expect(status).to_contain_text("must be a whole number from 1 to 512, not 9999")
    page.get_by_label("Kernels of layer 3, Convolution").fill("8")
    expect(page.locator(".rows li.conv").last).to_contain_text("14 × 14 × 8")

    page.reload()
    expect(page.locator(".rows li.conv").last).to_contain_text("14 × 14 × 8")
    page.get_by_text("As Keras source and as text").click()
    expect(
        page.get_by_text('layers.Conv2D(8, 5, padding="same", activation="relu")')
    ).to_be_visible()


def test_on_a_phone_all_of_it_fits_and_says_which_layers_do_not(server, phone):
    phone.emulate_media(color_scheme="dark")
    phone.goto(f"{server.url}/train?recipe=own-layers&layers=conv 8,flatten,pool")
    expect(phone.locator(".editor .status")).to_contain_text(
        "Layer 3 (pool 2) takes feature maps, but layer 2 (flatten) gives a row of 6,272 numbers"
    )
    phone.get_by_label("Move up (Alt+↑): layer 3, Max pooling").tap()
    expect(phone.locator(".editor .status")).to_contain_text("parameters")
    browsing.expect_no_sideways_scroll(phone)
    browsing.expect_accessible(phone)
