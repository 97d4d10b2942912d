"""The lessons that ship: each has what a lesson needs, and its links name what there is."""

import re

import pytest

from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.app.mistakes import error_gallery, label_errors
from fmnist.app.models import one_model
from fmnist.app.shared import glossary
from fmnist.data import fashion_mnist
from fmnist.machine import folders
from fmnist.recipes.lessons import library
from fmnist.recipes.lessons.lesson import Link

LESSONS = [lesson for lesson in library.shipped() if lesson.name != library.START]
VALUES = {  # of a parameter, what a link may say
    "model": {"mine", *(path.name for path in folders.SHIPPED.iterdir() if path.is_dir())},
    "order": set(error_gallery.ORDERS),
    "labels": set(label_errors.LISTS),
    "tab": set(one_model.VIEWS),
    "corruption": set(CORRUPTIONS),
    "true": set(fashion_mnist.DATASET.class_names),
    **{name: {f"{each:g}" for each in kind.strengths} for name, kind in CORRUPTIONS.items()},
}
VALUES |= {"other": VALUES["model"], "predicted": VALUES["true"]}


def links(lesson) -> list[Link]:
    """All buttons of a lesson."""
    parts = [part for step in lesson.steps for part in (*step.parts, *step.solution)]
    return [part for part in parts if isinstance(part, Link)]


def test_there_are_ten_of_ten_to_twenty_minutes():
    assert len(LESSONS) == 10
    assert all(10 <= lesson.minutes <= 20 for lesson in LESSONS)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_has_a_prediction_an_experiment_a_question_its_solution_and_notes(lesson):
    predictions = [step for step in lesson.steps if step.kind == "prediction"]
    assert any(step.outcome for step in predictions)
    assert any(step.kind == "question" for step in lesson.steps)
    assert all(step.solution for step in lesson.steps if step.kind == "question")
    assert links(lesson)
    assert lesson.about
    notes = str(lesson.teachers)
    assert all(f"**{word}" in notes for word in ("Aim", "Time", "What goes wrong", "How to go on"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_links_of_a_lesson_name_what_there_is(lesson):
    for link in links(lesson):  # recipes and settings were checked as the file was read
        for name, value in link.query:
            assert link.page == "train" or value in VALUES.get(name, {value}), link


@pytest.mark.parametrize("lesson", library.shipped(), ids=lambda lesson: lesson.name)
def test_the_terms_that_a_lesson_links_are_in_the_glossary(lesson):
    named = set(re.findall(r"#(term-[\w-]+)", lesson.path.read_text("utf-8")))
    assert named <= {entry.anchor for entry in glossary.entries()}
