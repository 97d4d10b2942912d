"""What holds for every student: pages, limits, the comparison."""

from typing import Any

import streamlit as st

from fmnist.app.shared import pages, presence
from fmnist.people import classroom, limits
from fmnist.people.limits import Limits

from . import actions

MB = 1_000_000
NUMBERS = {  # field of `Limits`: label, unit of the field, the most that can be set
    "waiting": ("Runs that wait", 1, 100),
    "epochs": ("Epochs of a run", 1, 1000),
    "seconds": ("Seconds of a run", 1, 86_400),
    "images": ("Images in own data sets", 1, 1_000_000),
    "disk": ("Megabytes on disk", MB, 100_000),
}


def show() -> None:
    """A form for all of it."""
    actions.show_problem()
    now, allowed = classroom.settings(), limits.of_everybody()
    with st.form("teacher.rules", border=False):
        names = {name: title for name, (title, _) in pages.PAGES.items()}
        locked = st.pills(
            "Locked pages",
            list(names),
            selection_mode="multi",
            default=[name for name in now.locked if name in names],
            format_func=lambda name: names[name],
            help="Students cannot open them.",
        )
        leaderboard = st.toggle(
            "Students see how everybody's runs compare", now.leaderboard, help="On the page Class."
        )
        st.caption("Each student may have; an empty field is no limit:")
        with st.container(horizontal=True):
            given: dict[str, Any] = {field: _number(field, allowed) for field in NUMBERS}
        pressed = st.form_submit_button("Apply", type="primary")
    if pressed:
        actions.do(_apply, tuple(locked), leaderboard, Limits(**given))
        st.rerun()


def _number(field: str, allowed: Limits) -> float | None:
    label, unit, most = NUMBERS[field]
    value = getattr(allowed, field)
    shown = None if value is None else int(value // unit)
    found: int | None = st.number_input(label, 0, most, shown, width=180)
    return None if found is None else found * unit


def _apply(locked: tuple[str, ...], leaderboard: bool, allowed: Limits) -> None:
    limits.change(allowed)
    classroom.change(locked=locked, leaderboard=leaderboard)
    presence.refresh_others()
    st.toast("The rules hold for everybody from now on.")
