"""What nobody can do here, as on a demo on the internet: its button says why not."""

import streamlit as st

from fmnist.people import mode
from fmnist.people.mode import Action


def instead(action: Action, label: str, icon: str, primary: bool = False) -> bool:
    """Where nobody can do that, a button with the reason in place of the one that does it; whether it is shown."""
    sentence = mode.refusal(action)
    if sentence:
        with st.popover(label, icon=icon, type="primary" if primary else "secondary"):
            st.markdown(sentence)
    return sentence is not None


def inside(action: Action) -> bool:
    """The same within what a button opens: the reason in place of a form; whether it is shown."""
    if sentence := mode.refusal(action):
        st.markdown(sentence)
    return sentence is not None
