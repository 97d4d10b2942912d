"""The collection on the Data page: labelled drawings and photos to look through, change, remove and train on."""

import io
from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from fmnist.app.components.gallery import gallery
from fmnist.app.shared import widgets
from fmnist.data import collection as collections
from fmnist.data.collection import Collection, CollectionError, Item
from fmnist.data.dataset import DataSet
from fmnist.data.image_files import ImageFileError

GALLERY = "data.collection"
THUMBNAIL = 96  # pixels
SHOWN = 60  # pictures on a page of the gallery
PROBLEM, DONE = "data.collection.problem", "data.collection.done"


def show(dataset: DataSet) -> None:
    """The pictures that were labelled for a data set's classes, the newest first."""
    collection = Collection(dataset)
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
        _gallery(collection, items)
    else:
        st.info(
            "No picture yet. On the Try page, draw or upload one and press **This is wrong**.",
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
        f"{widgets.counted(len(items), 'pictures')}, {held_out} held out (marked with ·). Click one to change its "
        "label or to remove it."
    )
    if index is not None:
        _open(collection, part[index])


@st.dialog("A labelled picture")
def _open(collection: Collection, item: Item) -> None:
    """A picture that was clicked: its label can be changed, or it is removed."""
    try:
        st.image(_on_white(collection.picture(item)), width=280)
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
            _act(lambda: collection.remove(item.name), "The picture was removed.")


def _act(do: Callable[[], object], done: str) -> None:
    try:
        do()
    except CollectionError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        st.session_state[DONE] = done
    st.rerun()


def _export(collection: Collection) -> None:
    st.download_button(
        "Export",
        lambda: _archive(collection),
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
        if upload and st.button("Add its pictures", key="data.collection.add", type="primary"):
            try:
                added, left_out = collections.from_zip(collection, upload)
            except CollectionError as error:
                st.session_state[PROBLEM] = str(error)
            else:
                left = f"; {left_out} could not be used" if left_out else ""
                st.session_state[DONE] = f"{widgets.counted(added, 'pictures')} added{left}."
            st.rerun()


@st.cache_data(max_entries=2_000, show_spinner=False)
def _thumbnail(name: str, _collection: Collection, _item: Item) -> np.ndarray:
    """(THUMBNAIL, THUMBNAIL, 3) uint8; grey where the picture cannot be read. No two have the same name."""
    made = Image.new("RGB", (THUMBNAIL, THUMBNAIL), "white")
    try:
        image = _on_white(_collection.picture(_item))
    except ImageFileError:
        return np.full((THUMBNAIL, THUMBNAIL, 3), 128, np.uint8)
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    made.paste(image, ((THUMBNAIL - image.width) // 2, (THUMBNAIL - image.height) // 2))
    return np.asarray(made)


def _on_white(image: Image.Image) -> Image.Image:
    flat = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(flat, image.convert("RGBA")).convert("RGB")
