"""The heading of each section of the page."""

import streamlit as st


def heading(title: str, sentence: str) -> None:
    """A section's title and what to do there."""
    st.header(title, anchor=False)
    st.caption(sentence)
