"""Remove an own data set, after a look at what was trained on it."""

import streamlit as st

from fmnist.app.shared import datasets, sharing, widgets
from fmnist.data import fashion_mnist, library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.people import access
from fmnist.runs import listing

NAMED = 10  # runs, at most
PROBLEM = "data.remove.problem"  # why the last one could not be removed


def button(dataset: DataSet) -> None:
    """A button that asks first, and in a class one that shows it to others; none for a data set that ships."""
    if dataset.name == fashion_mnist.DATASET.name:
        return
    folder, *of_its_images = library.folders_of(dataset)
    sharing.show(folder, of_its_images)
    if access.refusal(folder):
        return
    if st.button("Remove", icon=":material/delete:", key="data.remove"):
        _confirm(dataset)


def show_problem() -> None:
    """Why a data set was not removed, once."""
    if sentence := st.session_state.pop(PROBLEM, None):
        st.error(sentence)


@st.dialog("Remove a data set")
def _confirm(dataset: DataSet) -> None:
    st.markdown(
        f"**{widgets.plain(dataset.name)}** with its {sum(dataset.counts.values()):,} images will be deleted. "
        f"{_consequence(listing.trained_on(dataset))}"
    )
    with st.container(horizontal=True):
        removed = st.button(
            "Remove it",
            type="primary",
            icon=":material/delete:",
            key="data.remove.yes",
            on_click=_remove,
            args=[dataset],
        )
        if st.button("Keep it", key="data.remove.no") or removed:
            st.rerun()


def _remove(dataset: DataSet) -> None:
    try:
        library.remove(dataset.name)
    except DatasetError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        datasets.show_next(fashion_mnist.DATASET.name)


def show_what_is_left(dataset: DataSet) -> None:
    """The runs of a data set that is gone, or damaged."""
    if runs := listing.trained_on(dataset):
        st.markdown(
            f"{_counted(runs)} trained on it and can still be used on the other pages. To see its images again, "
            "add the same files under the same name."
        )


def _consequence(runs: list[str]) -> str:
    if not runs:
        return "No run was trained on it."
    return (
        f"{_counted(runs)} trained on it and will keep the models and their predictions; views that need the "
        "images will be empty."
    )


def _counted(runs: list[str]) -> str:
    """ "2 runs (digits-1, digits-2) were", say."""
    names = ", ".join(widgets.plain(name) for name in runs[:NAMED])
    more = f" and {len(runs) - NAMED} more" if len(runs) > NAMED else ""
    return f"{widgets.counted(len(runs), 'runs')} ({names}{more}) {'was' if len(runs) == 1 else 'were'}"
