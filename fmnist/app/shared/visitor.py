"""Who looks at the app: an identity that this browser's session keeps."""

import secrets

import streamlit as st

from fmnist.app.server import person_cookie
from fmnist.people import members, mode
from fmnist.people.person import OWNER, Person

IDENTITY = "visitor.identity"


def person() -> Person:
    """Whoever sits at this computer in personal mode, else who has this browser's cookie; without one, of no id."""
    if mode.current() == "personal":
        return OWNER
    return members.person_with(st.context.cookies.get(person_cookie.NAME, ""))


def name_of(id: str) -> str:
    """What others call a person."""
    return f"Guest {id[:4]}"


def identity() -> str:
    """Of this session; what it marks or collects is kept with it."""
    kept: str = st.session_state.setdefault(IDENTITY, secrets.token_hex(4))
    return kept
