"""The end of a lesson: all that was trained as a file, and an empty app for the next class."""

import streamlit as st

from fmnist.app.server import class_archive
from fmnist.app.shared import presence, widgets
from fmnist.people import classroom, members
from fmnist.runs import class_work

from . import actions


def show() -> None:
    """Download all, and reset."""
    actions.show_problem()
    runs = class_work.runs_of_students()
    many, people = (
        widgets.counted(len(runs), "runs"),
        widgets.counted(len(members.students()), "students"),
    )
    st.markdown(f"This class: {people}, {many}.")
    with st.container(horizontal=True):
        st.link_button("Download all", class_archive.ADDRESS, icon=":material/download:")
        actions.confirmed(
            "Reset for the next class",
            ":material/restart_alt:",
            f"This deletes for good all that the students have made ({many}, their data sets, marks and labelled "
            "drawings). All must join again, with a new code. Password, limits and locked pages stay.",
            "Delete all and reset",
            reset,
        )
    st.caption("The file has each student's runs in a folder, and a table of all results.")


def reset() -> None:
    """Make the app ready for the next class."""
    class_work.forget_students()
    number = classroom.settings().lesson_number + 1
    classroom.change(lesson="", lesson_number=number, projected=classroom.JOIN)
    members.dismiss()
    presence.refresh_others()
