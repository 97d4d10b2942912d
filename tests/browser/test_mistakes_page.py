"""The Mistakes page in a real browser: mouse, finger, keys, and links that others open."""

import re

import pytest
from playwright.sync_api import expect

from . import browsing
from .browsing import button, cell, choose

pytestmark = pytest.mark.browser


def test_cells_and_select_boxes_choose_mistakes_and_the_link_shows_the_same_to_others(
    server, computer, page
):
    page.goto(f"{server.url}/mistakes?model=mlp-256")
    cell(page, "Shirt predicted as T-shirt/top").click()
    expect(page.get_by_role("combobox", name="True class")).to_have_value("Shirt")
    expect(page.get_by_role("combobox", name="Predicted class")).to_have_value("T-shirt/top")
    expect(page).to_have_url(re.compile("true=Shirt&predicted=T-shirt"))
    expect_only(page, "Shirt → T-shirt/top")
    cell(page, "Pullover predicted as Shirt").click()
    expect_only(page, "Pullover → Shirt")
    cell(page, "All labelled Bag").click()
    expect(page.get_by_role("combobox", name="Predicted class")).to_have_value("any class")
    browsing.wait_until(
        page,
        lambda: all(": Bag → " in name for name in browsing.thumbnail_names(page)),
        "mistakes of bags alone",
    )
    # By keys: arrows go from cell to cell, Enter chooses one.
    cell(page, "T-shirt/top, classified correctly").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect_only(page, "Pullover → Coat")
    expect(cell(page, "Pullover predicted as Coat")).to_be_focused()
    choose(page, "True class", "Sneaker")
    choose(page, "Predicted class", "Sandal")
    choose(page, "Order", "least confident")
    expect_only(page, "Sneaker → Sandal")
    expect(page).to_have_url(re.compile("order=least"))
    browsing.thumbnails(page).nth(1).click()
    expect(headline(page)).to_contain_text("Sneaker")
    expect(page).to_have_url(re.compile(r"image=\d+"))
    with browsing.new_tab(computer) as others:
        others.goto(page.url)
        expect(headline(others)).to_have_text(headline(page).inner_text())
        expect_only(others, "Sneaker → Sandal")
        browsing.wait_until(
            page,
            lambda: browsing.thumbnail_names(others) == browsing.thumbnail_names(page),
            "the same gallery on both screens",
        )


def test_i_open_a_mistake_step_on_by_keys_mark_its_label_and_go_back(server, page):
    page.goto(f"{server.url}/mistakes?model=mlp-256")
    names = browsing.thumbnails(page)
    expect(names.nth(20)).to_be_visible()
    first, second = browsing.thumbnail_names(page)[:2]
    names.first.click()
    expect(headline(page)).to_contain_text(f"{number(first)}:")
    expect(page.get_by_role("img", name="Occlusion sensitivity")).to_be_visible()
    expect(page.get_by_role("img", name="Counterfactual")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    page.keyboard.press("ArrowRight")
    expect(headline(page)).to_contain_text(f"{number(second)}:")
    expect(page).to_have_url(re.compile(f"image={number(second)}$"))
    button(page, "Wrong").click()
    expect(button(page, "Wrong")).to_have_attribute("kind", "primary")
    page.keyboard.press("ArrowLeft")
    expect(headline(page)).to_contain_text(f"{number(first)}:")
    page.get_by_role("combobox", name="Order").click()
    page.keyboard.press("Escape")  # closes the box alone
    expect(page.get_by_role("listbox")).to_be_hidden()
    browsing.expect_drawn(page)
    expect(headline(page)).to_contain_text(f"{number(first)}:")
    page.go_back()  # one step, however many images were looked at
    expect(headline(page)).to_have_count(0)
    expect(cell(page, "Shirt predicted as Coat")).to_be_visible()
    page.go_forward()
    expect(headline(page)).to_contain_text(f"{number(first)}:")
    browsing.expect_drawn(page)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("b")
    expect(headline(page)).to_have_count(0)
    page.get_by_role("radio", name="Labels").click()
    wrong = page.get_by_test_id("stMetric").filter(has_text="Marked wrong")
    expect(wrong).to_contain_text("1")
    with page.expect_download() as download:
        page.get_by_role("button", name="Marks as CSV").click()
    _, mark = download.value.path().read_text().splitlines()
    assert number(mark) == number(second)


def test_a_cell_and_what_it_changes_and_a_mistake_and_its_reasons_are_in_one_view(server, page):
    page.set_viewport_size(browsing.LAPTOP)
    page.goto(f"{server.url}/mistakes?model=mlp-256")
    matrix = page.get_by_role("table", name="Confusion matrix")
    found = page.get_by_text(re.compile("mistakes.* Click one"))
    expect(browsing.thumbnails(page).nth(250)).to_be_visible()
    first_two_rows = [browsing.thumbnails(page).nth(place) for place in (0, 11)]
    browsing.expect_in_view(page, matrix, found, *first_two_rows)
    page.mouse.move(900, 600)
    page.mouse.wheel(0, 3_000)  # the matrix stays, and a click returns to the gallery's begin
    expect(first_two_rows[0]).not_to_be_in_viewport()
    cell(page, "Shirt predicted as Coat").click()
    expect_only(page, "Shirt → Coat")
    expect(found).to_contain_text("mistakes of Shirt predicted as Coat")
    browsing.expect_in_view(page, matrix, found, *first_two_rows)
    # And so are a mistake, its reasons and the buttons.
    thumbnail = browsing.thumbnails(page).nth(20)
    thumbnail.scroll_into_view_if_needed()
    thumbnail.click()
    bars = page.get_by_role("table", name="Probability of each class")
    names = ("Occlusion sensitivity", "Counterfactual")
    reasons = [page.get_by_role("img", name=name) for name in names]
    buttons = [button(page, name) for name in ("Previous", "Next", "Wrong", "Try it")]
    browsing.expect_in_view(page, headline(page), bars, *reasons, *buttons)
    button(page, "Next").click()
    expect(headline(page)).to_contain_text("Test image")
    browsing.expect_drawn(page)
    browsing.expect_in_view(page, headline(page), bars, *reasons, *buttons)


def test_a_phone_scrolls_to_what_a_cell_changes_and_an_image_is_as_wide_as_the_phone(server, phone):
    phone.goto(f"{server.url}/mistakes?model=mlp-256")
    expect(browsing.thumbnails(phone).first).to_be_attached()
    cell(phone, "Shirt predicted as Coat").tap()
    found = phone.get_by_text("mistakes of Shirt predicted as Coat.")
    browsing.expect_in_view(phone, found, browsing.thumbnails(phone).nth(5))
    browsing.expect_no_sideways_scroll(phone)
    expect_only(phone, "Shirt → Coat")
    first, second = browsing.thumbnail_names(phone)[:2]
    browsing.thumbnails(phone).first.tap()
    expect(headline(phone)).to_contain_text(f"{number(first)}:")
    expect(phone.get_by_role("img", name="Counterfactual")).to_be_visible()
    browsing.expect_no_sideways_scroll(phone)
    button(phone, "Next").tap()
    expect(headline(phone)).to_contain_text(f"{number(second)}:")


def headline(page):
    """The headline of the chosen image."""
    return page.get_by_role("heading", level=2)


def number(name: str) -> str:
    """The number in a thumbnail's name: "Test image 2856: Shirt → T-shirt/top, 100%"."""
    return re.search(r"\d+", name)[0]


def expect_only(page, pair: str) -> None:
    """The gallery shows mistakes of these two classes, and no others."""

    def only_those() -> bool:
        names = browsing.thumbnail_names(page)
        return bool(names) and all(f": {pair}, " in name for name in names)

    browsing.wait_until(page, only_those, f"mistakes {pair} alone")


def test_the_choice_of_labels_is_never_seen_twice_while_an_image_opens_and_closes(server, page):
    page.goto(f"{server.url}/mistakes?model=mlp-256&view=Labels")
    expect(browsing.thumbnails(page).first).to_be_visible()
    page.evaluate(
        """() => {
          const count = () => document.querySelectorAll(".st-key-labels").length;
          window.most = count();
          const look = () => { window.most = Math.max(window.most, count()); };
          new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
        }"""
    )
    browsing.thumbnails(page).first.click()
    expect(headline(page)).to_be_visible()
    browsing.expect_drawn(page)
    button(page, "Back").click()
    expect(headline(page)).to_have_count(0)
    browsing.expect_drawn(page)
    assert page.evaluate("window.most") == 1
