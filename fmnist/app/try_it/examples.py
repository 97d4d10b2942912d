"""Examples to try: drawings and photos of garments; for other data sets, some of their test images."""

import contextlib

import numpy as np
import streamlit as st

from fmnist.app.components.gallery import clicked, gallery
from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.preprocessing.examples import examples, thumbnails

from . import inputs

KEY = "try.examples"
GARMENTS = "a T-shirt, a boot or a bag"
MOST = 8  # test images
NAMED = 3  # classes
LONGEST = 24  # characters of a class name


def show(dataset: DataSet) -> None:
    """A gallery of examples; a click classifies one."""
    if dataset.is_like(fashion_mnist.DATASET):
        names = list(examples())
        described = [f"Example: {name}" for name in names]
        _gallery(thumbnails(), list(range(len(names))), described, garments=True)
        return
    with contextlib.suppress(DatasetError):  # it is gone, as the prediction for a test image says
        images, labels = dataset.load("test")
        _, first = np.unique(labels, return_index=True)
        chosen = first[:: -(-len(first) // MOST)].tolist()
        _gallery(images[chosen], chosen, [f"Test image {index}" for index in chosen], False)


def in_words(dataset: DataSet) -> str:
    """What one might draw: a few classes."""
    if dataset.is_like(fashion_mnist.DATASET):
        return GARMENTS
    names = [name[:LONGEST] for name in dataset.class_names[:NAMED]]
    more = ", …" if dataset.classes > NAMED else ""
    return ", ".join(names) + more


def _gallery(images: np.ndarray, ids: list[int], labels: list[str], garments: bool) -> None:
    take = _take_garment if garments else _take_test_image
    gallery(images, ids, [""] * len(ids), KEY, labels, on_click=take, least=76)


def _take_garment() -> None:
    if (number := clicked(KEY)) is not None:
        name, photo = list(examples().items())[number]
        inputs.use_photo(f"{inputs.EXAMPLE}{name}", inputs.as_png(photo))


def _take_test_image() -> None:
    if (number := clicked(KEY)) is not None:
        st.session_state["try.test_image"] = number
        inputs.use("test image")
