"""Lessons in a browser: a newcomer's first five minutes, and a lesson from page to page."""

import re

import pytest
from playwright.sync_api import Page, expect

from . import browsing

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def panel(page: Page):
    """What a lesson says and offers now."""
    return page.get_by_role("region", name="Lesson")


def press(page: Page, name: str) -> None:
    """Press a button of the lesson."""
    panel(page).get_by_role("button", name=name).click()


def told(page: Page) -> str:
    """What the step says in bold: what to do now."""
    return panel(page).locator(".stExpander p > strong").last.inner_text()


def expect_done(page: Page) -> None:
    """The lesson has noticed that its step is done."""
    expect(panel(page)).to_contain_text("Done", timeout=browsing.TRAINING)


def test_a_newcomer_draws_trains_and_finds_a_mistake_by_what_the_screen_says(own_server, page):
    page.goto(own_server.url)
    page.get_by_role("button", name=re.compile("Start here")).click()
    expect(panel(page)).to_contain_text("1 of 3")
    assert told(page) == "Draw a T-shirt"
    browsing.draw(page, browsing.T_SHIRT)
    expect_done(page)
    browsing.expect_in_view(page, browsing.prediction(page))
    press(page, "Next")
    press(page, "Open Train")
    page.get_by_role("button", name=told(page), exact=True).click()
    expect_done(page)
    press(page, "Next")
    press(page, "Open its mistakes")
    assert told(page) == "click an image"
    browsing.thumbnails(page).first.click()
    expect_done(page)
    browsing.expect_in_view(page, page.get_by_role("heading", name="labelled"))
    press(page, "Finish")
    expect(panel(page)).to_be_hidden()
    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_text("Done")).to_be_visible()


def test_who_has_closed_the_invitation_is_not_invited_again(server, page):
    page.goto(server.url)
    page.get_by_role("button", name="Close for good").click()
    page.reload()
    browsing.expect_drawn(page)
    expect(browsing.canvas(page)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Start here"))).to_be_hidden()


def test_a_lesson_stays_open_from_page_to_page_and_leaves_the_work_in_sight(server, phone):
    phone.goto(f"{server.url}/train?lesson=start&step=1")
    press(phone, "Open Try it")
    expect(phone).to_have_url(re.compile(r"/(try_it)?\?lesson=start&step=1$"))
    browsing.expect_in_view(phone, panel(phone))
    browsing.expect_accessible(phone)
    phone.set_viewport_size({"width": 390, "height": 844})
    browsing.draw_with_finger(phone, browsing.T_SHIRT)
    expect_done(phone)
    press(phone, "Leave")
    expect(panel(phone)).to_be_hidden()
    expect(phone).not_to_have_url(re.compile("lesson"))
