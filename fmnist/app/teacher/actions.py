"""Buttons that act on runs, and what went wrong."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from fmnist.data.collection import CollectionError
from fmnist.data.dataset import DatasetError
from fmnist.people.classroom import ClassError
from fmnist.runs.annotations import MarkError
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

ERRORS = (ClassError, CollectionError, DatasetError, MarkError, RunError)
PROBLEM = "teacher.problem"  # why the last action failed
DONE = "teacher.done"  # how many there were: a question that was answered closes


def show_problem() -> None:
    """Why the last action failed, once."""
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def do(action: Callable[..., object], *about: Any) -> None:
    """Do something; what is wrong is shown when the page runs again."""
    st.session_state[DONE] = st.session_state.get(DONE, 0) + 1
    try:
        action(*about)
    except ERRORS as error:
        st.session_state[PROBLEM] = str(error)


def button(label: str, icon: str, action: Callable[..., object], runs: Sequence[Run]) -> None:
    """A button that does something with runs, if there are any."""
    key = f"teacher.{label}"
    st.button(label, icon=icon, key=key, disabled=not runs, on_click=do, args=[action, runs])


def confirmed(
    label: str, icon: str, question: str, yes: str, action: Callable[..., object], *about: Any
) -> None:
    """A button that asks once more before it does what cannot be undone."""
    key = f"teacher.{label}.{st.session_state.get(DONE, 0)}"
    with st.popover(label, icon=icon, key=key):
        st.markdown(question)
        key = f"{key}.yes"
        st.button(yes, type="primary", key=key, on_click=do, args=[action, *about])
