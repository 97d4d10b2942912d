"""In a class: whether others see a run or data set, and whose it is."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from fmnist.people import access, mode
from fmnist.people.access import AccessError

from . import visitor, widgets

PROBLEM = "sharing.problem"


def show(folder: Path, with_it: Sequence[Path] = ()) -> None:
    """A button that shows it to the class or hides it again; of somebody else's, who shows it.

    Args:
        folder: of the run or data set.
        with_it: of what one needs to see it, which is shown with it where it is one's own.
    """
    if mode.current() != "class":
        return
    found = access.read(folder)
    if not access.may_change(visitor.person(), folder):
        if found.shared:
            name = widgets.plain(visitor.name_of(found.owner))
            st.caption(
                f"Shown by {name}: only they and the teacher can change it or take it along.",
                width="content",
            )
        return
    st.button(
        "Hide from the class" if found.shared else "Show to the class",
        icon=":material/visibility_off:" if found.shared else ":material/group:",
        key=f"sharing.{folder.parent.name}.{folder.name}",
        help="Everybody in the class can then see and use it. Only you and the teacher can change it.",
        on_click=_share,
        args=[folder, with_it, not found.shared],
    )
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)


def _share(folder: Path, with_it: Sequence[Path], shared: bool) -> None:
    try:
        access.share(folder, shared)
        for other in with_it if shared else ():
            if access.may_change(visitor.person(), other):
                access.share(other, shared)
    except AccessError as error:
        st.session_state[PROBLEM] = str(error)
