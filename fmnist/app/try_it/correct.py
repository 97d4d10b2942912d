"""“This is wrong”: a visitor's own label for a drawing or photo, which is kept with it in the collection."""

import hashlib
from typing import NamedTuple

import streamlit as st
from PIL import Image

from fmnist.app.shared import pages, refused, widgets
from fmnist.data.collection import CollectionError, Item, collection_for
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.inference.prediction import Prediction

from . import inputs

CONSENT = (
    "Your drawing or photo and its label are kept on the computer that runs this app, to train further on. You can look at "
    "them, change and remove them on the Data page."
)
CONSENTED = "try.consented"
KEPT = "try.kept"  # the collection's items by what was classified
OFFERED = "try.offered"
PROBLEM = "try.keep_problem"


class Offered(NamedTuple):
    """What can be labelled now.

    The session keeps it once: what a button's callback is given, it keeps for each stroke until the whole page runs again.
    """

    which: str  # its identity
    dataset: DataSet
    image: Image.Image
    predicted: str  # a class
    kind: str  # of picture


def show(dataset: DataSet, image: Image.Image, found: Prediction) -> None:
    """A way to label what was predicted for; where that was done, the label and a way back."""
    which = _identity(dataset, image)
    kind = inputs.source() if found.prepared.kind == "whole" else found.prepared.kind
    st.session_state[OFFERED] = Offered(which, dataset, image, found.label, kind)
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)
    if item := st.session_state.get(KEPT, {}).get(which):
        _show_kept(dataset, which, item)
        return
    with st.popover("This is wrong", icon=":material/rate_review:", key=f"try.wrong.{which}"):
        if refused.inside("keep"):
            return
        label = st.selectbox(
            "It is a …",
            dataset.class_names,
            None,
            placeholder="Choose its class",
            key=f"try.label.{which}",
        )
        consented = st.session_state.get(CONSENTED, False)
        if not consented:
            st.caption(CONSENT)
        st.button(
            "Keep it with this label" if consented else "Agree, and keep it with this label",
            key=f"try.keep.{which}",
            type="primary",
            disabled=label is None,
            on_click=_keep,
            args=(which, label),
        )


def _show_kept(dataset: DataSet, which: str, item: Item) -> None:
    count = len(collection_for(dataset).items())
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(
            f":material/check: Kept as **{widgets.plain(item.label)}**, one of "
            f"{widgets.counted(count, 'items')}.",
            width="content",
        )
        st.button(
            "Undo", key=f"try.undo.{which}", type="tertiary", on_click=_undo, args=(dataset, which)
        )
        if st.button("Collection", key=f"try.collection.{which}", type="tertiary"):
            st.switch_page(pages.path_of("data"), query_params={"data": dataset.name})


def _keep(which: str, label: str) -> None:
    offered: Offered = st.session_state[OFFERED]
    if offered.which != which:  # a stroke came in between
        return
    st.session_state[CONSENTED] = True
    try:
        item = collection_for(offered.dataset).add(
            offered.image,
            label,
            predicted=offered.predicted,
            kind=offered.kind,
        )
    except (CollectionError, DatasetError) as error:
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state.setdefault(KEPT, {})[which] = item
    inputs.label_row(item.label)


def _undo(dataset: DataSet, which: str) -> None:
    item = st.session_state[KEPT].pop(which, None)
    inputs.label_row(None)
    try:
        if item:
            collection_for(dataset).remove(item.name)
    except (CollectionError, DatasetError) as error:  # it was removed on the Data page
        st.session_state[PROBLEM] = str(error)


def _identity(dataset: DataSet, image: Image.Image) -> str:
    """What no other image has, nor the same one for another data set's classes."""
    made = hashlib.sha256(dataset.name.encode())
    made.update(f"{image.size} {image.mode}".encode() + image.tobytes())
    return made.hexdigest()[:16]
