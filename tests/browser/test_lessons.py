"""Each lesson that ships, replayed: every step, prediction, link and solution, with trainings of one epoch."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from fmnist.recipes import registry, settings
from fmnist.recipes.lessons import library
from fmnist.recipes.lessons.lesson import Lesson, Link, Step
from fmnist.recipes.lessons.places import SETTINGS
from fmnist.runs.run import Run

from . import browsing, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

BOXES = {  # select boxes, by what an address calls them
    "model": "Model",
    "run": "Run",
    "other": "Compared with",
    "order": "Order",
}
SWITCHES = {"view", "labels", "corruption", "show", "as", "split"}


ACTS = {  # what makes a step done
    "drawing": lambda page: browsing.draw(page, browsing.T_SHIRT),
    "prediction": lambda page: browsing.button(page, "Surprise me").click(),
    "training": lambda page: None,  # its links have led to it
    "mistake": lambda page: browsing.thumbnails(page).first.click(),
}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A server for all lessons, with a warm worker for their trainings."""
    with serving.running_server(tmp_path_factory.mktemp("lessons") / "runs", warm=True) as server:
        yield server


@pytest.fixture(params=[each.name for each in library.shipped() if each.name != library.START])
def lesson(request) -> Lesson:
    """One lesson after the other."""
    return library.find(request.param)


def test_a_lesson_can_be_followed_from_its_first_to_its_last_step(classroom, lesson, page):
    page.goto(f"{classroom.url}/learn")
    page.locator(f".st-key-learn-{lesson.name}-start button").click()
    trained: list[str] = []
    for number, step in enumerate(lesson.steps):
        expect(panel(page)).to_contain_text(f"{number + 1} of {len(lesson.steps)}")
        expect(panel(page)).to_contain_text(plain(step.title))
        replay(page, classroom, step, trained)
        panel(page).get_by_role("button", name=re.compile("Next|Finish")).click()
    expect(panel(page)).to_have_count(0)


def panel(page: Page):
    """The panel of the open lesson."""
    return page.locator(".st-key-lesson")


def plain(text: str) -> str:
    """Markdown as it is shown."""
    return re.sub(r"[`*]", "", text)


def replay(page: Page, classroom, step: Step, trained: list[str]) -> None:
    """Do all that a step asks for."""
    if step.choices:
        panel(page).get_by_text(plain(step.outcome or step.choices[0]), exact=True).click()
    for link in (part for part in step.parts if isinstance(part, Link)):
        panel(page).get_by_role("button", name=link.text).click()
        where = "(try_it)?" if link.page == "try_it" else link.page  # it is the first page
        expect(page).to_have_url(re.compile(rf"/{where}\?"))
        browsing.expect_drawn(page)
        if link.page == "train" and "recipe" in dict(link.query):
            trained.append(train(page, classroom, link))
        else:
            expect_state(page, link, trained)
    if step.done_when:
        ACTS[step.done_when](page)
        expect(page.locator(".st-key-lesson_buttons")).to_contain_text("Done")
    if step.solution:
        panel(page).get_by_text("Solution", exact=True).click()
        words = next(part for part in step.solution if isinstance(part, str))
        expect(panel(page)).to_contain_text(plain(words).split("[")[0].strip()[:40])


def train(page: Page, classroom, link: Link) -> str:
    """Train with the settings of a link, but for one epoch; the run that the page shows then has exactly these."""
    query = dict(link.query)
    given = [f"{name}={value}" for name, value in query.items() if name in SETTINGS]
    recipe = registry.find(query["recipe"]).changed(**settings.parse(given))
    epochs = page.get_by_label("Epochs", exact=True)
    expect(epochs).to_have_value(str(recipe.epochs))
    epochs.fill("1")
    epochs.press("Tab")
    expect(page).to_have_url(re.compile(r"epochs=1\b"))
    before = {path.name for path in classroom.runs.iterdir()}
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]run="))
    browsing.wait_until(page, lambda: len(runs(classroom) - before) == 1, "a new run")
    (name,) = runs(classroom) - before
    run = Run(classroom.runs / name)
    browsing.wait_until(page, lambda: run.state in ("finished", "failed"), "the end of the run")
    assert run.recipe == recipe.changed(epochs=1)
    assert (run.state == "failed") == (recipe.learning_rate == 1)
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(name)
    return name


def runs(classroom) -> set[str]:
    """The names of all runs."""
    return {path.name for path in classroom.runs.iterdir() if path.is_dir()}


def expect_state(page: Page, link: Link, trained: list[str]) -> None:
    """The page shows what the link names, and its address says so too."""
    for name, value in link.query:
        shown = trained[-1] if value == "mine" else value
        if name in BOXES:
            expect(page.get_by_role("combobox", name=BOXES[name], exact=True)).to_have_value(shown)
        elif name in SWITCHES:
            expect(page.get_by_role("radio", name=shown, exact=True)).to_be_checked()
        elif name == "tab":
            expect(page.get_by_role("tab", name=shown)).to_have_attribute("aria-selected", "true")
        elif name == "image":
            expect(page.get_by_text(f"image {shown}").first).to_be_visible()
        else:  # the strength of a corruption
            expect(page.get_by_test_id("stSlider")).to_contain_text(shown)
        address = parse_qs(urlsplit(page.url).query)
        assert address.get(name, [shown]) == [shown]
