"""Class: how everybody's runs compare."""

import streamlit as st

from fmnist.app.shared import comparison, visitor, widgets
from fmnist.people import classroom, names
from fmnist.people.classroom import ClassError
from fmnist.people.person import Person

REFRESH = 10  # seconds


def page() -> None:
    """The whole page."""
    widgets.page_header("Class", "How everybody's runs compare.")
    person = visitor.person()
    choose_name(person)
    if classroom.settings().leaderboard or person.teacher:
        with widgets.errors_in_words():
            st.fragment(comparison.show, run_every=REFRESH)(person)
    else:
        st.info("Your teacher has turned the comparison off.")


def choose_name(person: Person) -> None:
    """A popover with the name by which others know who looks."""
    with st.popover(
        widgets.plain(f"You are {visitor.name_of(person.id)}"), icon=":material/badge:"
    ):
        with st.form("classroom.name", border=False):
            name = st.text_input(
                "Your name",
                names.chosen(person.id),
                max_chars=names.LONGEST,
                key="classroom.name.field",
                help="What the class calls you. Your teacher sees it, too.",
            )
            problem = st.container()
            pressed = st.form_submit_button("Change my name", type="primary")
        if pressed:
            try:
                names.choose(person.id, name)
            except ClassError as error:
                problem.error(widgets.plain(str(error)))
            else:
                st.rerun()


page()
