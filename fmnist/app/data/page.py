"""Data: choose a data set or add one; its classes, one image as numbers, and a map of the test images."""

import contextlib

import streamlit as st

from fmnist.app.data import about, adding, classes, collection, image_map, one_image, removing
from fmnist.app.shared import datasets, lesson, widgets
from fmnist.data.collection import collection_for
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.people import mode

LAST = "data.shown"  # the name of the data set that the page showed last


def page() -> None:
    """The whole page."""
    widgets.page_header("Data", "What a network learns from, and what it is tested with.")
    with st.container(horizontal=True, vertical_alignment="bottom", key="data_choice"):
        dataset = datasets.choose()
        if not lesson.hides("upload"):
            adding.button()
        if not (adding.under_way() or lesson.hides("delete")):
            removing.button(dataset)
    removing.show_problem()
    if adding.under_way():
        adding.show()
        return
    if st.session_state.get(LAST, dataset.name) != dataset.name:
        st.session_state["image"] = 0.0  # the number of another data set's image
    st.session_state[LAST] = dataset.name
    try:
        dataset.load("train")
    except DatasetError as error:
        st.error(str(error))
        removing.show_what_is_left(dataset)
        return
    adding.show_added(dataset)
    about.show(dataset)
    keeps = not mode.refusal("keep")
    has_collection = keeps and _has_collection(dataset)
    if has_collection:  # who has one comes for it
        show_collection(dataset)
    classes.show(dataset)
    one_image.show(dataset)
    image_map.show(dataset)
    if keeps and not has_collection:
        show_collection(dataset)


def _has_collection(dataset: DataSet) -> bool:
    with contextlib.suppress(DatasetError):  # `show_collection` says so
        return not collection_for(dataset).is_empty
    return False


@st.fragment
@widgets.errors_in_words()
def show_collection(dataset: DataSet) -> None:
    """The drawings and photos that people have labelled for its classes."""
    collection.show(collection_for(dataset))


page()
