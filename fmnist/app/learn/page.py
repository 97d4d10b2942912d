"""Learn: the lessons, how far this visitor has come, and one of them read whole."""

from pathlib import Path

import streamlit as st

from fmnist.app.learn import parts
from fmnist.app.shared import glossary, lesson, styles, widgets
from fmnist.recipes.lessons import library
from fmnist.recipes.lessons.lesson import Lesson, LessonError

STYLE = Path(__file__).with_name("learn.css")
READ = "read"  # in the address: the lesson that is read whole


def page() -> None:
    """The whole page."""
    widgets.page_header("Learn", "Lessons of a few minutes: predict, try it, and see why.")
    styles.apply(STYLE)
    if name := st.query_params.get(READ):
        try:
            read(library.find(name))
        except LessonError as error:
            st.warning(str(error))
        else:
            return
    if not lesson.opened():  # whose panel does so
        lesson.remember()
    with st.container(key="learn_lessons"):
        for found in library.shipped():
            card(found)
    show_own()
    st.header("Glossary", anchor=False)
    st.caption(
        "Wherever one of these terms has a dotted line, point at it, tap it, or reach it with Tab."
    )
    glossary.show_list()


def card(found: Lesson) -> None:
    """What a lesson is about, how long it takes, and how far the visitor has come."""
    count, of = lesson.steps_done(found), len(found.steps)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(widgets.plain(found.title), anchor=False, width="content")
            st.badge(f"{found.minutes} minutes", icon=":material/schedule:", color="gray")
            if count == of:
                st.badge("Done", icon=":material/check:", color="green")
            elif count:
                st.badge(f"{count} of {of} steps done", color="blue")
        parts.show(found.about, f"learn.{found.name}")
        with st.container(horizontal=True):
            st.button(
                "Continue" if 0 < count < of else "Start",
                icon=":material/play_arrow:",
                key=f"learn.{found.name}.start",
                on_click=lesson.open_at,
                args=(found.name, next_step(found)),
            )
            st.button(
                "Read it whole",
                key=f"learn.{found.name}.read",
                type="tertiary",
                on_click=_read,
                args=(found.name,),
            )


def next_step(found: Lesson) -> int:
    """The index of the first step that is not done; of a finished lesson the first."""
    numbers = range(len(found.steps))
    return next((number for number in numbers if not lesson.is_done(found, number)), 0)


def show_own() -> None:
    """The lessons in one's own folder, and what is wrong with those that cannot be used."""
    lessons, problems = library.own()
    if not (lessons or problems):
        return
    st.header("Your own lessons", anchor=False)
    for found in lessons:
        card(found)
    for problem in problems:
        st.error(widgets.plain(problem))


def read(found: Lesson) -> None:
    """A whole lesson: each step, solutions and teacher's notes folded."""
    with st.container(horizontal=True):
        st.button("All lessons", icon=":material/arrow_back:", on_click=_read, args=(None,))
        st.button(
            "Start",
            icon=":material/play_arrow:",
            type="primary",
            on_click=lesson.open_at,
            args=(found.name, 0),
        )
    st.header(widgets.plain(found.title), anchor=False)
    parts.show(found.about, "read.about")
    for number, step in enumerate(found.steps, 1):
        st.subheader(f"{number}. {step.title}", anchor=False)
        parts.show(step.parts, f"read.{number}")
        if step.choices:
            st.markdown("\n".join(f"- {choice}" for choice in step.choices))
        if step.solution:
            with st.expander("Solution"):
                parts.show(step.solution, f"read.{number}.solution")
    if found.teachers:
        with st.expander("For teachers", icon=":material/school:"):
            parts.show(found.teachers, "read.teachers")


def _read(name: str | None) -> None:
    if name is None:
        st.query_params.pop(READ, None)
    else:
        st.query_params[READ] = name


page()
