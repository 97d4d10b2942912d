"""The collection on the Data page: labelled drawings and photos to look through, change, remove and train on."""

import io
from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from fmnist.app.components.gallery import gallery
from fmnist.app.shared import pages, widgets
from fmnist.app.shared.predictions import trained_on
from fmnist.data import collection as collections
from fmnist.data.collection import Collection, CollectionError, Item
from fmnist.data.dataset import DatasetError
from fmnist.data.image_files import ImageFileError
from fmnist.jobs import further, launcher
from fmnist.people import acting
from fmnist.preprocessing import collected
from fmnist.recipes import registry
from fmnist.recipes.fields import RecipeError
from fmnist.runs.files import RunError

GALLERY = "data.collection"
THUMBNAIL = 96  # pixels
SHOWN = 60  # items on a page of the gallery
PROBLEM, DONE = "data.collection.problem", "data.collection.done"


def show(collection: Collection) -> None:
    """Its items, the newest first."""
    items = collection.items()[::-1]
    st.header("Your collection", anchor=False)
    st.caption(
        "Drawings and photos that you labelled on the Try page. One in five is held out: networks that are "
        "trained further on the others are tested with it."
    )
    for key, tell in ((PROBLEM, st.error), (DONE, st.success)):
        if sentence := st.session_state.pop(key, None):
            tell(sentence)
    if items:
        _train_further(collection, items)
        _gallery(collection, items)
    else:
        st.info(
            "Nothing yet. On the Try page, draw or upload something and press **This is wrong**.",
            icon=":material/rate_review:",
        )
    with st.container(horizontal=True, gap="small"):
        if items:
            _export(collection)
        _import(collection)


def _gallery(collection: Collection, items: list[Item]) -> None:
    pages = -(-len(items) // SHOWN)
    page = 1
    if pages > 1:
        page = int(st.number_input("Page", 1, pages, 1, key="data.collection.page", width=140))
    part = items[(page - 1) * SHOWN : page * SHOWN]
    thumbnails = np.stack([_thumbnail(item.name, collection, item) for item in part])
    captions = [f"{item.label}{' ·' if item.held_out else ''}" for item in part]
    names = [
        f"{item.kind}, labelled {item.label}{', held out' if item.held_out else ''}"
        for item in part
    ]
    index = gallery(thumbnails, range(len(part)), captions, GALLERY, names)
    held_out = sum(item.held_out for item in items)
    st.caption(
        f"{widgets.counted(len(items), 'items')}, {held_out} held out (marked with ·). Click one to change its "
        "label or to remove it."
    )
    if index is not None:
        _open(collection, part[index])


@st.dialog("A labelled drawing or photo")
def _open(collection: Collection, item: Item) -> None:
    """An item that was clicked: its label can be changed, or it is removed."""
    try:
        st.image(_on_white(collection.open(item)), width=280)
    except ImageFileError as error:
        st.error(str(error))
    predicted = f" The prediction was {item.predicted}." if item.predicted else ""
    st.caption(f"A {item.kind}.{predicted}{' It is held out.' if item.held_out else ''}")
    names = collection.dataset.class_names
    label = st.selectbox(
        "Label", names, names.index(item.label), key=f"data.collection.label.{item.name}"
    )
    with st.container(horizontal=True):
        if st.button("Change the label", type="primary", disabled=label == item.label):
            _act(lambda: collection.relabel(item.name, label), f"The label is {label} now.")
        if st.button("Remove", icon=":material/delete:"):
            _act(lambda: collection.remove(item.name), "The item was removed.")


def _act(do: Callable[[], object], done: str) -> None:
    try:
        do()
    except CollectionError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        st.session_state[DONE] = done
    st.rerun()


def _train_further(collection: Collection, items: list[Item]) -> None:
    """A button that trains a model further on the collection, and shows the run."""
    models = {run.name: run for run in trained_on(collection.dataset) if not run.recipe.imported}
    if not models:
        return
    known = collected.counts(items)
    ready = known.training and known.held_out
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        first = list(models).index(registry.DEFAULT) if registry.DEFAULT in models else 0
        name = st.selectbox("Model", list(models), first, key="data.collection.model", width=220)
        pressed = st.button(
            "Train further on these",
            type="primary",
            icon=":material/model_training:",
            key="data.collection.train",
            disabled=not ready,
            on_click=launcher.keep_warm,
            help="A new run that starts with the model's weights and learns the items, mixed with images of the "
            f"training set against forgetting. It is tested with the items held out and with the test set of "
            f"{collection.dataset.name}, before and after.",
        )
    if not ready:
        st.caption(f"It takes {collected.FEWEST} items or more: one in five is held out to test.")
    if pressed:
        try:
            run = further.on_collection(models[name], collection)
        except (CollectionError, DatasetError, RecipeError, RunError) as error:
            st.error(str(error))
        else:
            st.switch_page(pages.path_of("train"), query_params={"run": run.name})


def _export(collection: Collection) -> None:
    st.download_button(
        "Export",
        acting.bound(lambda: _archive(collection)),
        f"{collection.dataset.name}-collection.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        key="data.collection.export",
        help="A ZIP file with a folder for each class, which Import and `fmnist data add` read.",
    )


def _archive(collection: Collection) -> bytes:
    file = io.BytesIO()
    collections.to_zip(collection, file)
    return file.getvalue()


def _import(collection: Collection) -> None:
    with st.popover("Import", icon=":material/upload:", key="data.collection.import"):
        upload = st.file_uploader(
            "A ZIP file that Export made", type="zip", key="data.collection.upload"
        )
        if upload and st.button("Add its items", key="data.collection.add", type="primary"):
            try:
                added, left_out = collections.from_zip(collection, upload)
            except CollectionError as error:
                st.session_state[PROBLEM] = str(error)
            else:
                left = f"; {left_out} could not be used" if left_out else ""
                st.session_state[DONE] = f"{widgets.counted(added, 'items')} added{left}."
            st.rerun()


@st.cache_data(max_entries=2_000, show_spinner=False)
def _thumbnail(name: str, _collection: Collection, _item: Item) -> np.ndarray:
    """(THUMBNAIL, THUMBNAIL, 3) uint8; grey where the item cannot be read. No two have the same name."""
    made = Image.new("RGB", (THUMBNAIL, THUMBNAIL), "white")
    try:
        image = _on_white(_collection.open(_item))
    except ImageFileError:
        return np.full((THUMBNAIL, THUMBNAIL, 3), 128, np.uint8)
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    made.paste(image, ((THUMBNAIL - image.width) // 2, (THUMBNAIL - image.height) // 2))
    return np.asarray(made)


def _on_white(image: Image.Image) -> Image.Image:
    flat = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(flat, image.convert("RGBA")).convert("RGB")
