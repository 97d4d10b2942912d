"""Remove an own data set, after a look at what was trained on it."""

import contextlib

import streamlit as st

from fmnist.app.shared import datasets, widgets
from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.runs import listing
from fmnist.runs.files import RunError

NAMED = 10  # runs, at most


def button(dataset: DataSet) -> None:
    """A button that asks first; none for a data set that ships."""
    if dataset.name == fashion_mnist.DATASET.name:
        return
    if st.button("Remove", icon=":material/delete:", key="data.remove"):
        _confirm(dataset)


@st.dialog("Remove a data set")
def _confirm(dataset: DataSet) -> None:
    st.markdown(
        f"**{widgets.plain(dataset.name)}** with its {sum(dataset.counts.values()):,} images will be deleted. "
        f"{_consequence(trained_on(dataset))}"
    )
    with st.container(horizontal=True):
        if st.button("Remove it", type="primary", icon=":material/delete:", key="data.remove.yes"):
            _remove(dataset)
        if st.button("Keep it", key="data.remove.no"):
            st.rerun()


def _remove(dataset: DataSet) -> None:
    try:
        library.remove(dataset.name)
    except DatasetError as error:
        st.error(str(error))
        return
    datasets.show_next(fashion_mnist.DATASET.name)
    st.rerun()


def trained_on(dataset: DataSet) -> list[str]:
    """The names of the runs that were trained on it."""
    found = []
    for run in listing.list_runs():
        with contextlib.suppress(RunError):  # a broken run is reported where it is chosen
            if run.dataset.digest == dataset.digest:
                found.append(run.name)
    return found


def _consequence(runs: list[str]) -> str:
    if not runs:
        return "No run was trained on it."
    names = ", ".join(widgets.plain(name) for name in runs[:NAMED])
    more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
    return (
        f"{widgets.counted(len(runs), 'runs')} trained on it ({names}{more}) will keep the models and their "
        "predictions; views that need the images will be empty."
    )
