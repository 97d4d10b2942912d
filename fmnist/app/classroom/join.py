"""What somebody sees who has not joined the class yet."""

import streamlit as st

from fmnist.app.shared import pages, styles, visitor
from fmnist.people import classroom, members, names
from fmnist.people.classroom import ClassError
from fmnist.people.person import Person

CODE = "join"  # in the address: the join code, as the QR code has it


def show(person: Person) -> None:
    """Ask for the join code, which a link may bring, and for a name."""
    styles.apply_to_all()
    with st.container(width=420):
        st.title("Join the class", anchor=False)
        if not person.id:
            st.error("This browser keeps no cookies. Allow them for this page, then load it again.")
            return
        if not classroom.settings().code:
            st.error("No class is open here. Your teacher starts one with `fmnist app --class`.")
            return
        _ask(person)
        st.page_link(
            pages.path_of(pages.TEACHER), label="I am the teacher", icon=":material/school:"
        )


def show_login() -> None:
    """Ask who it is by the login that is set up."""
    styles.apply_to_all()
    with st.container(width=420):
        st.title("Join the class", anchor=False)
        st.markdown("Log in first: your runs and data sets are kept for your account.")
        st.button("Log in", icon=":material/login:", type="primary", on_click=st.login)


def _ask(person: Person) -> None:
    with st.form("join"):
        code = st.text_input(
            "Code",
            st.query_params.get(CODE, "")[: classroom.CODE],
            max_chars=2 * classroom.CODE,
            placeholder="from your teacher",
        )
        name = st.text_input(
            "Your name", max_chars=names.LONGEST, placeholder="what the class calls you"
        )
        problem = st.container()
        pressed = st.form_submit_button("Join", type="primary", width="stretch")
    if pressed:
        try:
            names.check(person.id, name)
            members.join(person.id, code, visitor.address())
            if name.strip():
                names.choose(person.id, name)
        except ClassError as error:
            problem.error(str(error))
        else:
            st.query_params.pop(CODE, None)
            st.rerun()
