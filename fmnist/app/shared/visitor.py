"""Who looks at the app, and what others call them."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.app.server import person_cookie
from fmnist.people import acting, members, mode, names
from fmnist.people.person import OWNER, Person


def person() -> Person:
    """Whoever sits at this computer in personal mode, else who has this browser's cookie; without one, of no id."""
    if mode.current() == "personal":
        return OWNER
    if get_script_run_ctx(suppress_warning=True) is None:  # a thread of the server that serves none
        return Person("")
    return members.person_with(st.context.cookies.get(person_cookie.NAME, ""))


def name_of(id: str) -> str:
    """What others call a person."""
    return names.of(id)


acting.find_with(person)
