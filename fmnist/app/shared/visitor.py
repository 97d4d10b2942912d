"""Who looks at the app: an identity that this browser's session keeps."""

import secrets

import streamlit as st

IDENTITY = "visitor.identity"


def identity() -> str:
    """Of this session; what it marks or collects is kept with it."""
    kept: str = st.session_state.setdefault(IDENTITY, secrets.token_hex(4))
    return kept
