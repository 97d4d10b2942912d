"""A lesson that opens in everybody's browser."""

import streamlit as st

from fmnist.app.shared import presence, widgets
from fmnist.people import classroom
from fmnist.recipes.lessons import library

from . import actions

CHOSEN = "teacher.lesson"


def show() -> None:
    """A popover that starts one, and ends it."""
    now = classroom.settings().lesson
    titles = {lesson.name: lesson.title for lesson in (*library.shipped(), *library.own()[0])}
    with st.popover("Lesson for all", icon=":material/school:", key="teacher.lessons"):
        if now:
            st.markdown(f"Open for everybody: **{widgets.plain(titles.get(now, now))}**")
            st.button("End it", icon=":material/close:", on_click=_open, args=[""])
        name = st.selectbox("Lesson", [*titles], format_func=lambda name: titles[name], key=CHOSEN)
        st.button("Start for all", type="primary", on_click=_open, args=[name])
        st.caption(
            "It opens on each student's page at its first step. Who joins later gets it, too."
        )


def _open(name: str) -> None:
    number = classroom.settings().lesson_number + 1
    actions.do(lambda: classroom.change(lesson=name, lesson_number=number))
    presence.refresh_others()
