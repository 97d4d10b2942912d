"""A table of photos with what is predicted for each: filtered and sorted in the browser, opened by a click."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import streamlit as st

from .component import register

_component = register("photo_table")


class View(TypedDict):
    """Which rows are shown, and in which order."""

    certainty: str  # "" for all
    label: str  # the name of a class; "" for all
    order: str  # "" as brought, or "doubt", "label", "name"


ALL: View = {"certainty": "", "label": "", "order": ""}


class PhotoRow(TypedDict):
    """A row; addresses of images may hold the image itself."""

    name: str  # of the file
    thumbnail: str  # address; "" where there is none
    pixels: str  # address of what the network sees
    certainty: str
    label: str  # "" for a file that cannot be read
    confidence: float
    words: str  # the second class, a reason or a problem
    wrong: str  # the true class, if the prediction is not correct


def photo_table(
    rows: Sequence[PhotoRow],
    view: View,
    about: str,
    last: int | None,
    key: str,
    on_click: Callable[[], None],
    on_view: Callable[[], None],
) -> None:
    """Show the table.

    Args:
        rows: one a photo, in their order; later ones may be added.
        view: at first; the visitor changes it.
        about: what the rows are of: with another text none of the rows is as it was.
        last: the index of the row that was opened last.
        key: the widget's key.
        on_click: called when a row is opened; `opened(key)` is its index.
        on_view: called when the visitor has changed the view; `viewed(key)` is the new one.
    """
    data: dict[str, Any] = {"rows": list(rows), "view": view, "about": about, "last": last}
    _component(data=data, key=key, on_opened_change=on_click, on_view_change=on_view)


def opened(key: str) -> int | None:
    """The index of the row that was just opened."""
    index: int | None = st.session_state[key].opened
    return index


def viewed(key: str) -> View | None:
    """The view that the visitor has just chosen."""
    view: View | None = st.session_state[key].view
    return view
