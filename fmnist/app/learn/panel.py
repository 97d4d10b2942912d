"""The panel of an open lesson: beside the page on a wide screen, a sheet at the bottom of a narrow one."""

from pathlib import Path

import streamlit as st

from fmnist.app.learn import parts
from fmnist.app.shared import lesson, styles, widgets
from fmnist.recipes.lessons.lesson import EVENTS, Lesson, Step

STYLE = Path(__file__).with_name("panel.css")
PREDICTION = "lesson.prediction"  # what a visitor predicted: by lesson and step


def show() -> None:
    """The panel, if a lesson is open; a sentence, if the address names one that is not there."""
    problem = lesson.follow_address()
    found = lesson.opened()
    if not found:
        if problem:
            st.warning(problem)
        return
    styles.apply(STYLE)
    number = lesson.index()
    title = f"{number + 1} of {len(found.steps)} · **{found.steps[number].title}**"
    with st.container(key="lesson", gap="xsmall"):
        _header(found)
        with st.expander(title, expanded=True, key=f"lesson.step.{number}"):
            if problem:
                st.warning(problem)
            _step(found, number)
        _buttons(found, number)
        lesson.remember()


def _header(found: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_header"):
        st.caption(widgets.plain(found.title))
        st.button(
            "Leave",
            icon=":material/close:",
            key="lesson.leave",
            type="tertiary",
            help="Close the lesson. The page Learn opens it again.",
            on_click=lesson.leave,
        )


def _step(found: Lesson, number: int) -> None:
    step, key = found.steps[number], f"lesson.{found.name}.{number}"
    parts.show(step.parts, key)
    if step.kind == "prediction":
        _predict(step, found, number)
    else:
        _show_prediction(found, number)
    if step.done_when and not lesson.is_done(found, number):
        st.caption(f"This step is done when {EVENTS[step.done_when]}.")
    if step.solution:
        with st.expander("Solution", key=f"lesson.solution.{number}"):
            _show_outcome(found, number)
            parts.show(step.solution, f"{key}.solution")


def _predict(step: Step, found: Lesson, number: int) -> None:
    """The visitor's prediction: one of the choices, or in their own words."""
    key = f"{PREDICTION}.{found.name}.{number}"
    if step.choices:
        st.radio("Your prediction", step.choices, None, key=key, persist_state="session")
    else:
        st.text_area("Your prediction", key=key, max_chars=500, height=80, persist_state="session")


def _last_prediction(found: Lesson, number: int) -> tuple[Step, str] | None:
    """The last step before this one that asked for a prediction, and what the visitor predicted."""
    for before in reversed(range(number)):
        if found.steps[before].kind == "prediction":
            given = st.session_state.get(f"{PREDICTION}.{found.name}.{before}")
            return (found.steps[before], given) if given else None
    return None


def _show_prediction(found: Lesson, number: int) -> None:
    if last := _last_prediction(found, number):
        st.caption(f"You predicted: {_quoted(last)}")


def _show_outcome(found: Lesson, number: int) -> None:
    last = _last_prediction(found, number)
    if last and last[0].outcome:
        verdict = (
            "as you predicted" if last[0].outcome == last[1] else f"you predicted: {_quoted(last)}"
        )
        st.markdown(f"**{last[0].outcome}** ({verdict})")


def _quoted(predicted: tuple[Step, str]) -> str:
    """The prediction as Markdown; what a visitor wrote is plain text."""
    step, given = predicted
    return given if step.choices else widgets.plain(given)


def _buttons(found: Lesson, number: int) -> None:
    is_last = number + 1 == len(found.steps)
    with st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key="lesson_buttons",
    ):
        st.button(
            "Back",
            icon=":material/chevron_left:",
            key=f"lesson.back.{found.name}.{number}",
            disabled=number == 0,
            on_click=lesson.open_at,
            args=(found.name, number - 1),
        )
        # Has its place where it is empty, too: or the next step's Next would stand beside this one's for a moment.
        with st.container(width="content"):
            if lesson.is_done(found, number):
                st.markdown(":green[:material/check: Done]", width="content")
        st.button(
            "Finish" if is_last else "Next",
            icon=":material/check:" if is_last else ":material/chevron_right:",
            icon_position="right",
            # A click that a rerun repeats, as when a run ends meanwhile, is still of this step.
            key=f"lesson.next.{found.name}.{number}",
            type="primary" if lesson.is_done(found, number) else "secondary",
            on_click=_finish if is_last else _next,
            args=(found, number),
        )


def _next(found: Lesson, number: int) -> None:
    lesson.finish(found, number)
    lesson.open_at(found.name, number + 1)


def _finish(found: Lesson, number: int) -> None:
    lesson.finish(found, number)
    lesson.leave()
