"""Class: how everybody's runs compare."""

import streamlit as st

from fmnist.app.shared import comparison, visitor, widgets
from fmnist.people import classroom

REFRESH = 10  # seconds


def page() -> None:
    """The whole page."""
    widgets.page_header("Class", "How everybody's runs compare.")
    person = visitor.person()
    if classroom.settings().leaderboard or person.teacher:
        with widgets.errors_in_words():
            st.fragment(comparison.show, run_every=REFRESH)(person)
    else:
        st.info("Your teacher has turned the comparison off.")


page()
