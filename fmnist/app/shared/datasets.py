"""Which data set a page shows: the one of its link, else the linked run's, else the one shown before."""

import contextlib

import streamlit as st

from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet
from fmnist.runs import listing
from fmnist.runs.files import RunError

from . import lesson, widgets

KEY = "data"  # of the select box, and in the address
SHOWN = "shared.data"  # the name of the one shown last, on whatever page
ENTERED = "shared.data.page"  # the address of that page
NEXT = "shared.data.next"  # the name of the one to show next, whatever the box holds
RUNS = ("model", "run")  # what names a run in an address


def choose(always: bool = True) -> DataSet:
    """A select box of all data sets; the choice is in the address and holds on every page.

    Args:
        always: whether there is a box also where nothing can be chosen.

    Returns:
        The chosen one. It may be gone, if runs were trained on it: then its `load` raises DatasetError.
    """
    there = known()
    if len(there) == 1 and not always:
        return fashion_mnist.DATASET
    wanted = next((name for name in _wanted() if name in there), fashion_mnist.DATASET.name)
    widgets.warn_if_gone("data set", KEY, there)
    # Set each time, so that the address names it; but not the default, or Back could never leave the page.
    st.session_state[KEY] = wanted
    name = st.selectbox(
        "Data set",
        list(there),
        list(there).index(fashion_mnist.DATASET.name),
        key=KEY,
        bind="query-params",
        disabled=lesson.hides("data"),
        help="Add your own on the Data page.",
    )
    st.session_state[SHOWN], st.session_state[ENTERED] = name, st.context.url
    return there[name]


def known() -> dict[str, DataSet]:
    """All data sets by name: those that there are, then those that only runs know any more."""
    found = {dataset.name: dataset for dataset in library.listing()}
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # a broken run is reported where it is chosen
            found.setdefault(run.dataset.name, run.dataset)
    return found


def is_named(but: str) -> bool:
    """Whether the address names a data set, or one was shown before and the address names nothing by `but`."""
    shown_before = SHOWN in st.session_state and but not in st.query_params
    return KEY in st.query_params or shown_before


def show_next(name: str) -> None:
    """Make that one the chosen one when the page, which has the box now, runs again."""
    st.session_state[NEXT] = name


def _wanted() -> list[str]:
    """The names to look for: of a link where the visitor has just come to the page, then the one shown before."""
    state = st.session_state
    if NEXT in state:
        return [str(state.pop(NEXT))]
    came = ENTERED not in state or state[ENTERED] != st.context.url
    return [name for name in (came and _linked(), state.get(KEY), state.get(SHOWN)) if name]


def _linked() -> str | None:
    """The data set that the address names, by its own name or by a run's."""
    if name := st.query_params.get(KEY):
        return name
    for key in RUNS:
        if run := st.query_params.get(key):
            with contextlib.suppress(RunError):
                return listing.find(run).dataset.name
    return None
