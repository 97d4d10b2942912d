"""Teacher: who is there, what trains, and what holds for all."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from fmnist.app.shared import joining, presence, styles, visitor, widgets
from fmnist.app.teacher import ending, lesson_for_all, now, projecting, results, rules
from fmnist.people import classroom, members
from fmnist.people.classroom import ClassError
from fmnist.people.person import Person

STYLE = Path(__file__).with_name("teacher.css")
VIEWS: dict[str, Callable[[], None]] = {
    "Now": now.show,
    "Results": results.show,
    "Rules": rules.show,
    "End of class": ending.show,
}


def page() -> None:
    """The whole page."""
    widgets.page_header("Teacher", "Who is here, what trains, and what holds for all.")
    styles.apply(STYLE)
    person = visitor.person()
    if not person.teacher:
        sign_in(person)
        return
    show_bar(person)
    tabs = st.tabs(list(VIEWS), key="view", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, VIEWS.values(), strict=True):
        if tab.open:
            with tab, widgets.errors_in_words():
                show()


def sign_in(person: Person) -> None:
    """Ask for the password."""
    if not classroom.settings().password:
        st.error("No password is set. Start the app with `fmnist app --class`, which asks for one.")
        return
    with st.form("teacher.sign_in", width=420):
        password = st.text_input(
            "Password",
            type="password",
            max_chars=classroom.LONGEST,
            autocomplete="current-password",
        )
        problem = st.container()
        pressed = st.form_submit_button("Open", type="primary", width="stretch")
    if pressed:
        try:
            members.teach(person.id, password, visitor.address())
        except ClassError as error:
            problem.error(str(error))
        else:
            st.rerun()


def show_bar(person: Person) -> None:
    """How students join, the projector, a lesson for all, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center", key="teacher.bar"):
        how_to_join()
        projecting.show()
        lesson_for_all.show()
        st.button(
            "Sign out",
            icon=":material/logout:",
            type="tertiary",
            on_click=_sign_out,
            args=[person.id],
        )


def _sign_out(id: str) -> None:
    members.no_longer_teach(id)
    presence.refresh_others()  # other tabs of this browser


def how_to_join() -> None:
    """The address and the code, and both as a QR code."""
    invited = joining.invitation()
    st.markdown(f"Students open **{invited.address}**, code **{invited.code}**", width="content")
    with st.popover("QR code", icon=":material/qr_code_2:", key="teacher.code"):
        joining.qr_code(invited.link)


page()
