"""Sweep: train a recipe with many settings, and find the best by validation."""

from pathlib import Path

import streamlit as st

from fmnist.app.shared import styles, widgets
from fmnist.app.shared.glossary import term
from fmnist.app.sweep import form, watch
from fmnist.people import access
from fmnist.runs import sweeps
from fmnist.runs.sweeps import ACTIVE, Sweep

HERE = Path(__file__).parent
WATCHED = "sweep.watched"  # the sweep that was seen under way


def page() -> None:
    """The whole page."""
    widgets.page_header(
        "Sweep",
        f"Train a {term('recipe')} with many settings, and find the best by {term('validation')}.",
    )
    own = {sweep.name: sweep for sweep in sweeps.list_sweeps() if _is_listed(sweep)}
    sweep = watch.choose(own)
    with st.container(key="sweep-columns"):
        left, right = st.columns([2, 3], gap="medium")
    with left:
        form.show()
    with right:
        state = watch.show(own, sweep)
    if sweep and state in ACTIVE:
        st.session_state[WATCHED] = sweep.name
    if sweep is None or st.session_state.get(WATCHED) == sweep.name:
        styles.apply(HERE / "trials_first.css")


def _is_listed(sweep: Sweep) -> bool:
    """Whether the visitor has started it; somebody else's only where the address names it."""
    return access.is_mine(sweep.path) or sweep.name == st.query_params.get("sweep")


page()
