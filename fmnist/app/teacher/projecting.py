"""What the projector shows, and where its view is opened."""

import streamlit as st

from fmnist.app.shared import presence
from fmnist.people import classroom
from fmnist.people.classroom import EVERYBODY, JOIN, RUN
from fmnist.runs.run import Run

from . import actions

SHOWN = {"How to join": JOIN, "Everybody's runs": EVERYBODY}
ADDRESS = "projector?embed=true&embed_options={}_theme"


def show() -> None:
    """A popover with both."""
    with st.popover("Projector", icon=":material/cast:", key="teacher.projector"):
        now = classroom.settings().projected
        st.caption(f"It shows {_in_words(now)}.")
        for label, what in SHOWN.items():
            st.button(
                label, key=f"projector.{what}", disabled=now == what, on_click=project, args=[what]
            )
        st.caption("Open it in a window of its own, and move that to the projector:")
        with st.container(horizontal=True):
            st.link_button("Dark", ADDRESS.format("dark"), icon=":material/dark_mode:")
            st.link_button("Light", ADDRESS.format("light"), icon=":material/light_mode:")


def button(label: str, run: Run | None) -> None:
    """A button that shows a run on the projector, if there is one."""
    st.button(
        label,
        icon=":material/cast:",
        key=f"teacher.{label}",
        disabled=run is None,
        help="On the projector.",
        on_click=project,
        args=[f"{RUN}{run.name}" if run else JOIN],
    )


def project(what: str) -> None:
    """Show that on the projector."""
    actions.do(lambda: classroom.change(projected=what))
    presence.refresh_others()


def _in_words(what: str) -> str:
    if what.startswith(RUN):
        return f"the run {what.removeprefix(RUN)}"
    return next((label.lower() for label, each in SHOWN.items() if each == what), "nothing")
