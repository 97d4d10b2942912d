"""Who looks at the app, and what others call them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fmnist.app.server import person_cookie
from fmnist.people import acting, members, mode, names
from fmnist.people.person import OWNER, Person

LOGGED_IN = "is_logged_in"  # of Streamlit's account


def person() -> Person:
    """Whoever sits at this computer in personal mode; else who has logged in, or this browser's cookie; or of no id.

    Where Streamlit's login is set up (`[auth]` in secrets.toml), a class knows people by their accounts alone.
    """
    if mode.current() == "personal":
        return OWNER
    if get_script_run_ctx(suppress_warning=True) is None:  # a thread of the server that serves none
        return Person("")
    if mode.current() == "class" and LOGGED_IN in (account := st.user.to_dict()):
        return with_account(account)
    return members.person_with(st.context.cookies.get(person_cookie.NAME, ""))


def with_account(account: Mapping[str, Any]) -> Person:
    """Who has that account of Streamlit's login; of no id if they have not logged in."""
    if not (account.get(LOGGED_IN) and account.get("sub")):
        return Person("")
    return members.person_with_account(str(account.get("iss", "")), str(account["sub"]))


def must_log_in() -> bool:
    """Whether a login is set up, and who looks has not used it."""
    return mode.current() == "class" and not person().id and LOGGED_IN in st.user.to_dict()


def address() -> str:
    """From where they come: an IP address; "" is this computer."""
    return st.context.ip_address or ""


def name_of(id: str) -> str:
    """What others call a person."""
    return names.of(id)


acting.find_with(person)
