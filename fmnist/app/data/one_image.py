"""One image of a data set and its pixel values."""

import numpy as np
import streamlit as st

from fmnist.app.components.pixels import pixels
from fmnist.app.shared import widgets
from fmnist.data.dataset import DataSet, Form, Split

from .headings import heading

SPLITS: dict[Split, str] = {"train": "training", "test": "test"}


@st.fragment
@widgets.errors_in_words()
def show(dataset: DataSet) -> None:
    """The image whose number is in the URL."""
    heading(f"An image is {np.prod(dataset.form.shape):,} numbers", _explained(dataset.form))
    widgets.warn_if_gone("split", "split", list(SPLITS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control(
            "Split", SPLITS, default="train", required=True, key="split", bind="query-params"
        )
        number = widgets.image_number("Number", 0, "image", width=160)
        st.button(
            "Surprise me",
            icon=":material/casino:",
            key="data.surprise",
            on_click=_surprise,
            args=[dataset],
        )
    if widgets.check_image_number(number, SPLITS[split], dataset.counts[split]):
        _image_and_numbers(dataset, split, int(number), "section")


def _explained(form: Form) -> str:
    if not form.colour:
        return (
            "Each pixel is a number from 0 (black) to 255 (white). Flattened row by row, as in the CSV "
            f"form of the data set, the pixel in row i and column j has the index x = {form.side} i + j."
        )
    return (
        "Each pixel is three numbers from 0 to 255: how much red, green and blue light. Flattened row by "
        f"row, those of the pixel in row i and column j begin at the index x = 3 ({form.side} i + j)."
    )


def _surprise(dataset: DataSet) -> None:
    count = dataset.counts[st.session_state["split"]]
    st.session_state["image"] = float(np.random.default_rng().integers(count))


def _image_and_numbers(dataset: DataSet, split: Split, number: int, where: str) -> None:
    """An image, its label and its pixel values; `where` makes the keys on one page differ."""
    images, labels = dataset.load(split)
    name = f"{SPLITS[split].capitalize()} image {number}"
    label = widgets.plain(dataset.class_names[labels[number]])
    st.markdown(f"{name}, labelled **{label}**")
    pixels(images[number], name, key=f"data.pixels.{where}")
    if split == "test":
        widgets.button_to_try("Classify this image", number, f"data.try.{where}")


@st.dialog("An image and its pixel values", width="large")
def open_dialog(dataset: DataSet, split: Split, number: int) -> None:
    """An image that was clicked."""
    _image_and_numbers(dataset, split, number, "dialog")
