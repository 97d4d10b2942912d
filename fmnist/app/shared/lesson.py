"""The lesson that a visitor has open: in the session, and in the address of every page.

`?lesson=NAME&step=N` opens one. Streamlit's navigation drops what follows the question mark, so it is put back.
"""

import contextlib

import streamlit as st

from fmnist.app.components import watchers
from fmnist.app.shared.address import quoted
from fmnist.recipes.lessons import library
from fmnist.recipes.lessons.lesson import Lesson, LessonError, Step

NAME, STEP = "lesson", "step"  # in the address
OPEN = "lesson.open"  # the name and the index of the step
WRITTEN = "lesson.written"  # what the address was last seen or made to name
PROBLEM = "lesson.problem"  # what is wrong with the address, in a sentence
DONE = "lesson.done"  # the steps that were done, or gone past: "name 1"
USED = "lesson.used"  # what has done a step: events, and what was drawn, trained or opened
MOST = 2_000  # steps that are kept of what a browser sends


def hides(control: str) -> bool:
    """Whether the open lesson hides a control, one of `HIDEABLE`."""
    lesson = opened()
    return lesson is not None and control in lesson.hide


def notice(event: str, which: object) -> None:
    """Say that something of `EVENTS` is so: the open step may be done by it, and the page runs again to show it.

    Args:
        event: its name.
        which: what was drawn, trained or opened; each does one step at most.
    """
    lesson, used = opened(), st.session_state.setdefault(USED, set())
    if not lesson or step(lesson).done_when != event or (event, which) in used:
        return
    if not is_done(lesson, index()):
        used.add((event, which))
        finish(lesson, index())
        st.rerun()


def opened() -> Lesson | None:
    """The lesson that is open."""
    kept = st.session_state.get(OPEN)
    if kept:
        with contextlib.suppress(LessonError):  # its file was removed or damaged meanwhile
            return library.find(kept[0])
    return None


def index() -> int:
    """Which step of the open lesson is shown, from 0."""
    last = len(lesson.steps) - 1 if (lesson := opened()) else 0
    return min(int(st.session_state[OPEN][1]), last)


def step(lesson: Lesson) -> Step:
    """The step of the open lesson that is shown."""
    return lesson.steps[index()]


def is_done(lesson: Lesson, number: int) -> bool:
    """Whether this visitor has done that step, now or in this browser before."""
    return _name(lesson, number) in _done()


def finish(lesson: Lesson, number: int) -> None:
    """That step is done."""
    _done().add(_name(lesson, number))


def remember() -> None:
    """Keep in the browser what is done, and learn from it what was before."""
    watchers.remember(sorted(_done()), lambda: _done().update(watchers.remembered()[:MOST]))


def _done() -> set[str]:
    kept: set[str] = st.session_state.setdefault(DONE, set())
    return kept


def _name(lesson: Lesson, number: int) -> str:
    return f"{lesson.name} {number + 1}"


def steps_done(lesson: Lesson) -> int:
    """How many steps of a lesson the visitor has done."""
    return sum(is_done(lesson, number) for number in range(len(lesson.steps)))


def open_at(name: str, number: int = 0) -> None:
    """Open a lesson at a step, from 0."""
    st.session_state[OPEN] = (name, number)
    st.session_state.pop(PROBLEM, None)
    write_address()


def leave() -> None:
    """Close the lesson."""
    for key in (OPEN, WRITTEN, PROBLEM):
        st.session_state.pop(key, None)
    for key in (NAME, STEP):
        st.query_params.pop(key, None)


def address() -> dict[str, str]:
    """What a link to another page needs to keep the lesson open."""
    kept = st.session_state.get(OPEN)
    return {NAME: kept[0], STEP: str(kept[1] + 1)} if kept else {}


def write_address() -> None:
    """Put the open lesson and its step into the address."""
    wanted = address()
    if {key: st.query_params.get(key) for key in wanted} != wanted:
        st.query_params.update(wanted)
    st.session_state[WRITTEN] = tuple(wanted.values())


def follow_address() -> str | None:
    """Open what the address names, or name there what is open.

    Returns:
        What is wrong with the address, in a sentence.
    """
    name, number = (st.query_params.get(key) for key in (NAME, STEP))
    if name is not None and (name, number) != st.session_state.get(WRITTEN):
        _follow(name, number)
    if st.session_state.get(OPEN):
        write_address()
    problem: str | None = st.session_state.get(PROBLEM)
    return problem


def _follow(name: str, number: str | None) -> None:
    try:
        lesson = library.find(name)
    except LessonError as error:
        leave()
        st.session_state[PROBLEM] = str(error)
        return
    steps, wanted = len(lesson.steps), 1
    problem = f"Step {quoted(number or '')} does not exist; expected a number from 1 to {steps}."
    with contextlib.suppress(ValueError):
        wanted = int(number or 1)
        problem = problem if not 1 <= wanted <= steps else ""
    open_at(name, min(max(wanted, 1), steps) - 1)
    if problem:
        st.session_state[PROBLEM] = problem
