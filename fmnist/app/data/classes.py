"""Each class of a data set: its mean image and some others."""

import re

import numpy as np
import streamlit as st

from fmnist.app.components.samples import COLUMNS, samples
from fmnist.app.shared import address, widgets
from fmnist.data import overview
from fmnist.data.dataset import DataSet

from . import about, one_image
from .headings import heading

ON_A_PAGE = 20  # classes
MOST_ROWS, IMAGES = 3, 500  # of a class, at most; of all classes on a page, about
SEED, LINK = "data.sample", "sample"  # in the session, and in the address


@st.fragment
@widgets.errors_in_words()
def show(dataset: DataSet) -> None:
    """All classes, page by page where there are many."""
    heading(
        f"The {dataset.classes} classes",
        "The blurred image is the mean of the class's training images; beside it are some of them. "
        "Click one to see its pixel values.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Show another sample",
            icon=":material/refresh:",
            key="data.another",
            on_click=_draw_another,
        )
        shown = _page(dataset)
    images, labels = dataset.load("train")
    rows = min(MOST_ROWS, max(1, IMAGES // (len(shown) * COLUMNS)))
    seed = _seed()
    chosen = overview.sample(labels, shown, rows * COLUMNS, seed)
    part = slice(shown.start, shown.stop)
    names = dataset.class_names[part]
    clicked = samples(mean_images(dataset)[part], images, chosen, names, _counts(dataset)[part])
    if clicked is not None:
        one_image.open_dialog(dataset, "train", clicked)


@st.cache_data(max_entries=4, show_spinner=False)
def mean_images(dataset: DataSet) -> np.ndarray:
    """The mean training image of each class: (C, *shape) uint8."""
    return overview.mean_images(*dataset.load("train"), dataset.classes)


def _page(dataset: DataSet) -> range:
    """The labels of the classes that are shown."""
    pages = -(-dataset.classes // ON_A_PAGE)
    page = st.pagination(pages, key=f"data.classes.{dataset.name}") if pages > 1 else 1
    return range(ON_A_PAGE * (page - 1), min(dataset.classes, ON_A_PAGE * page))


def _seed() -> int:
    """Which sample is shown, in the address too."""
    st.session_state.setdefault(SEED, 0)
    text = (address.linked([LINK]) or {}).get(LINK, "")
    if re.fullmatch(r"[0-9]{1,6}", text):
        st.session_state[SEED] = int(text)
    elif text:
        shown = address.quoted(text)
        address.report(LINK, f"There is no sample {shown}; expected a number from 0 to 999,999.")
    seed: int = st.session_state[SEED]
    address.write({LINK: str(seed)} if seed else {}, [LINK])
    return seed


def _draw_another() -> None:
    st.session_state[SEED] += 1


def _counts(dataset: DataSet) -> list[str]:
    """How many images each class has, as a text."""
    table = about.counts(dataset)
    numbers = zip(table["Training"], table["Test"], strict=True)
    return [f"{training:,} training, {test:,} test" for training, test in numbers]
