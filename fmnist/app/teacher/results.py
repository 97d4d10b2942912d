"""How everybody's runs compare, whether students see it or not."""

import streamlit as st

from fmnist.app.shared import comparison, visitor

REFRESH = 5  # seconds


def show() -> None:
    """A chart or a table of all runs."""
    st.fragment(comparison.show, run_every=REFRESH)(visitor.person())
