"""Runs as boxes, parents left of their children, with lines between them; a click chooses a run."""

from collections.abc import Callable, Sequence
from typing import TypedDict

import streamlit as st

from .component import register

_component = register("family")


class Member(TypedDict):
    """A box."""

    name: str
    about: str  # a line below the name
    generation: int  # 0 for the leftmost
    chosen: bool  # has a frame
    gone: bool  # cannot be clicked


class Line(TypedDict):
    """A line from a parent to its child, by their numbers."""

    parent: int
    child: int
    role: str  # of the parent


def family(
    members: Sequence[Member], lines: Sequence[Line], key: str, on_click: Callable[[], None]
) -> None:
    """Show a family of runs; `on_click` is called before the page runs again, `clicked(key)` is the name."""
    data = {"members": list(members), "lines": list(lines)}
    _component(data=data, key=key, on_clicked_change=on_click)


def clicked(key: str) -> str | None:
    """The name of the run that was just clicked."""
    name: str | None = st.session_state[key].clicked
    return name
