"""Data: the classes, one image as numbers, and a map of the test images."""

import numpy as np
import streamlit as st

from fmnist.app.components.pixels import pixels
from fmnist.app.components.samples import COLUMNS, ROWS, samples
from fmnist.app.components.scatter import scatter
from fmnist.app.data import collection
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import load_predictions
from fmnist.data import fashion_mnist, overview
from fmnist.data.dataset import DataSet
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs.run import Run

SPLITS = {"train": "training", "test": "test"}
PIXELS, PREDICTIONS = "pixels", "predictions"
HOW_TO_READ = {
    PIXELS: "Two images are close if their **pixels** are alike. The axes are the two directions in "
    "which the images vary most (principal component analysis, PCA).\n\n"
    "Trousers and shoes form groups of their own. Shirts, coats and pullovers overlap: pixels "
    "alone hardly separate them.",
    PREDICTIONS: "Each image is placed by the **probabilities** that the network predicts: near a class's "
    "name it is confident, between two names it is uncertain. Small probabilities are drawn "
    "larger than they are.\n\n"
    "A point amid another colour is most likely a mistake. Choose a weaker model to see the "
    "classes overlap.",
}


def page() -> None:
    """The whole page."""
    widgets.page_header("Data", "What a network learns from, and what it is tested with.")
    st.markdown(
        "Fashion-MNIST is **70,000 small images** of clothes, shoes and bags from the shop "
        "Zalando: 28 x 28 pixels, grey on black, each with **one of ten labels**. Networks learn "
        "from the 60,000 training images. The other 10,000, the test set, measure how well a "
        "network classifies images that it was not trained on."
    )
    show_classes()
    show_image()
    show_map()
    show_collection(fashion_mnist.DATASET)


@st.fragment
@widgets.errors_in_words()
def show_collection(dataset: DataSet) -> None:
    """The drawings and photos that people have labelled for its classes."""
    collection.show(dataset)


@st.fragment
@widgets.errors_in_words()
def show_classes() -> None:
    """Each class: its mean image and some others."""
    heading(
        "The ten classes",
        "The blurred image is the mean of the class's training images; beside it are some of them. "
        "Click one to see its pixel values.",
    )
    st.button(
        "Show another sample", icon=":material/refresh:", key="data.another", on_click=_draw_another
    )
    images, labels = fashion_mnist.load("train")
    seed = st.session_state.setdefault("data.sample", 0)
    chosen = overview.sample(labels, ROWS * COLUMNS, seed)
    clicked = samples(mean_images(), images, list(chosen), CLASS_NAMES, counts())
    if clicked is not None:
        open_image("train", clicked)


def _draw_another() -> None:
    st.session_state["data.sample"] += 1


@st.cache_data(max_entries=1, show_spinner=False)
def mean_images() -> np.ndarray:
    """The mean training image of each class: (10, 28, 28) uint8."""
    return overview.mean_images(*fashion_mnist.load("train"))


def counts() -> list[str]:
    """How many images each class has, as a text."""
    train, test = (overview.class_counts(fashion_mnist.load(split)[1]) for split in SPLITS)
    return [f"{a:,} training, {b:,} test" for a, b in zip(train, test, strict=True)]


@st.fragment
@widgets.errors_in_words()
def show_image() -> None:
    """One image and its pixel values; its number is in the URL."""
    heading(
        "An image is 784 numbers",
        "Each pixel is a number from 0 (black) to 255 (white). Flattened row by row, as in the CSV "
        "form of the data set, the pixel in row i and column j has the index x = 28 i + j.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control(
            "Split", SPLITS, default="train", required=True, key="split", bind="query-params"
        )
        number = widgets.image_number("Number", 0, "image", width=160)
        st.button("Surprise me", icon=":material/casino:", key="data.surprise", on_click=_surprise)
    if widgets.check_image_number(number, SPLITS[split], len(fashion_mnist.load(split)[1])):
        image_and_numbers(split, int(number), "section")


def _surprise() -> None:
    images, _ = fashion_mnist.load(st.session_state["split"])
    st.session_state["image"] = float(np.random.default_rng().integers(len(images)))


def image_and_numbers(split: str, number: int, where: str) -> None:
    """An image, its label and its pixel values; `where` makes the keys on one page differ."""
    images, labels = fashion_mnist.load(split)
    name = f"{SPLITS[split].capitalize()} image {number}"
    st.markdown(f"{name}, labelled **{CLASS_NAMES[labels[number]]}**")
    pixels(images[number], name, key=f"data.pixels.{where}")
    if split == "test":
        widgets.button_to_try("Classify this image", number, f"data.try.{where}")


@st.dialog("An image and its pixel values", width="large")
def open_image(split: str, number: int) -> None:
    """An image that was clicked."""
    image_and_numbers(split, number, "dialog")


@st.fragment
@widgets.errors_in_words()
def show_map() -> None:
    """All test images as points, placed by their pixels or by a network's predictions."""
    heading(
        "A map of the test images",
        "Each point is an image, coloured by its label. Click one to see it.",
    )
    choice, points = st.columns([2, 3], gap="large")
    with choice:
        view = st.segmented_control(
            "Map",
            (PIXELS, PREDICTIONS),
            default=PIXELS,
            required=True,
            key="map",
            bind="query-params",
        )
        run = widgets.choose_model(about=False)
        by_predictions = run if view == PREDICTIONS else None
        st.markdown(HOW_TO_READ[PREDICTIONS if by_predictions else PIXELS])
    with points:
        clicked = prediction_map(by_predictions) if by_predictions else pixel_map()
    if clicked is not None:
        open_image("test", clicked)


def pixel_map() -> int | None:
    """The map by pixels; the number of the image that was clicked, if one was."""
    _, labels = fashion_mnist.load("test")
    return scatter(
        pixel_places(), labels, CLASS_NAMES, np.empty((0, 2)), "Map of the test images", "data.map"
    )


def prediction_map(run: Run) -> int | None:
    """The map by a network's predictions; the number of the image that was clicked, if one was."""
    predictions = load_predictions(run)
    places = overview.map_of_predictions(predictions.probabilities)
    name = f"Map of the test images by the predictions of {run.name}"
    return scatter(
        places, predictions.labels, CLASS_NAMES, overview.class_places(), name, "data.map"
    )


@st.cache_data(max_entries=1, show_spinner=False)
def pixel_places() -> np.ndarray:
    """Where the pixels of each test image put it: (10000, 2) float32."""
    return overview.map_of_pixels(fashion_mnist.load("test")[0])


def heading(title: str, sentence: str) -> None:
    """A section's title and what to do there."""
    st.header(title, anchor=False)
    st.caption(sentence)


page()
