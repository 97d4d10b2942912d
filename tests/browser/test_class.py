"""A class in browsers of their own: what the teacher does is on the others' screens without a click."""

import pytest
from playwright.sync_api import Page, expect

from fmnist.people import classroom

from . import browsing, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "correct horse"


@pytest.fixture
def code(home, monkeypatch) -> str:
    monkeypatch.setenv("FMNIST_MODE", "class")
    return classroom.begin(PASSWORD)


@pytest.fixture
def server(code, home):
    with serving.running_server(home, warm=False) as server:
        yield server


@pytest.fixture
def student(browser, server, code):
    """A phone that has joined by the link of the QR code."""
    context = browser.new_context(**browsing.PHONE)
    with browsing.new_tab(context) as page:
        page.goto(f"{server.url}/learn?join={code}")
        browsing.expect_accessible(page)
        press(page, "Join")
        yield page
    context.close()


@pytest.fixture
def teacher(browser, server):
    """The teacher's page, in a browser of its own."""
    context = browser.new_context(**browsing.DESKTOP)
    with browsing.new_tab(context) as page:
        page.goto(f"{server.url}/teacher")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        yield page
    context.close()


def press(page: Page, name: str) -> None:
    """Press a button, also of a form or one that opens something."""
    page.get_by_role("button", name=name, exact=True).click()


def test_what_the_teacher_does_reaches_the_students(student, teacher, server):
    expect(teacher.get_by_role("heading", name="1 of 1 here")).to_be_visible()
    browsing.expect_accessible(teacher)

    press(teacher, "Lesson for all")
    press(teacher, "Start for all")
    expect(student.locator(".st-key-lesson")).to_be_visible()

    teacher.keyboard.press("Escape")
    teacher.get_by_role("tab", name="Rules").click()
    teacher.get_by_test_id("stButtonGroup").get_by_text("Learn").click()
    press(teacher, "Apply")
    expect(student.get_by_text("has locked this page")).to_be_visible()

    with browsing.new_tab(teacher.context) as projector:
        projector.goto(f"{server.url}/projector?embed=true&embed_options=dark_theme")
        expect(projector.get_by_role("img", name="QR code")).to_be_visible()
        expect(projector.locator(".stApp")).to_have_css("background-color", "rgb(20, 20, 29)")
        press(teacher, "Projector")
        press(teacher, "Everybody's runs")
        expect(projector.get_by_role("heading", name="Everybody's runs")).to_be_visible()
        browsing.expect_no_sideways_scroll(projector)
