"""Data: what the classes look like, what a picture is, and how pictures lie to each other."""

import numpy as np
import streamlit as st

from fmnist.app.components.pixels import pixels
from fmnist.app.components.samples import COLUMNS, ROWS, samples
from fmnist.app.components.scatter import scatter
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import answers
from fmnist.data import fashion_mnist, overview
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs.run import Run

SPLITS = {"train": "training", "test": "test"}
IN_PIXELS, AS_SEEN = "In pixels", "As the network sees it"
HOW_TO_READ = {
    IN_PIXELS: "Two pictures are near each other if their **pixels** are alike: of all views in two "
    "dimensions this one keeps the most of their differences (principal component analysis).\n\n"
    "Trousers and shoes lie apart. Shirts, coats and pullovers lie on top of each other: "
    "pixels alone hardly tell them apart.",
    AS_SEEN: "Each picture is drawn to the classes that the **network** thinks likely: near a name "
    "it is sure, between two it wavers. Small doubts are drawn larger than they are.\n\n"
    "Out of the same pixels it has learned to tell ten classes. A point amid another colour is most "
    "likely a mistake. Choose a weaker model, and see the classes run into each other.",
}


def page() -> None:
    """The whole page."""
    widgets.page_header("Data", "What a network learns from, and what it is tested with.")
    st.markdown(
        "Fashion-MNIST is **70,000 small pictures** of clothes, shoes and bags from the shop "
        "Zalando: 28 x 28 pixels, grey on black, each with **one of ten labels**. Networks learn "
        "from 60,000 of them; the other 10,000, which they never learn from, are the test."
    )
    show_classes()
    show_image()
    show_map()


@st.fragment
@widgets.errors_in_words()
def show_classes() -> None:
    """Each class: its mean image and some pictures."""
    heading(
        "The ten classes",
        "The blurred picture is the mean of the class's training images; with it are some of them. "
        "Click one to see its numbers.",
    )
    st.button(
        "Another sample", icon=":material/refresh:", key="data.another", on_click=_draw_another
    )
    images, labels = fashion_mnist.load("train")
    seed = st.session_state.setdefault("data.sample", 0)
    chosen = overview.sample(labels, ROWS * COLUMNS, seed)
    clicked = samples(mean_images(), images, chosen, counts())
    if clicked is not None:
        open_image("train", clicked)


def _draw_another() -> None:
    st.session_state["data.sample"] += 1


@st.cache_data(max_entries=1, show_spinner=False)
def mean_images() -> np.ndarray:
    """The mean training image of each class: (10, 28, 28) uint8."""
    return overview.mean_images(*fashion_mnist.load("train"))


def counts() -> list[str]:
    """How many pictures each class has, in words."""
    train, test = (overview.class_counts(fashion_mnist.load(split)[1]) for split in SPLITS)
    return [f"{a:,} training, {b:,} test" for a, b in zip(train, test, strict=True)]


@st.fragment
@widgets.errors_in_words()
def show_image() -> None:
    """One picture and its numbers; which one is in the URL."""
    heading(
        "A picture is 784 numbers",
        "Each pixel is a number from 0, black, to 255, white. Written in one line, row after row, "
        "as in the CSV form of the data, the pixel in row i and column j is number x = 28 i + j.",
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
    """A picture, its label and its numbers; `where` tells two on one page apart."""
    images, labels = fashion_mnist.load(split)
    name = f"{SPLITS[split].capitalize()} image {number}"
    st.markdown(f"{name}, labelled **{CLASS_NAMES[labels[number]]}**")
    pixels(images[number], name, key=f"data.pixels.{where}")
    if split == "test":
        widgets.button_to_try("What does the network say?", number, f"data.try.{where}")


@st.dialog("A picture and its numbers", width="large")
def open_image(split: str, number: int) -> None:
    """A picture that was clicked."""
    image_and_numbers(split, number, "dialog")


@st.fragment
@widgets.errors_in_words()
def show_map() -> None:
    """All test images as points, by their pixels or by what a network says of them."""
    heading(
        "A map of the test images",
        "Each point is a picture, coloured by its label. Click one to see it.",
    )
    choice, points = st.columns([2, 3], gap="large")
    with choice:
        view = st.segmented_control(
            "Map",
            (IN_PIXELS, AS_SEEN),
            default=IN_PIXELS,
            required=True,
            key="map",
            bind="query-params",
        )
        run = widgets.choose_model(about=False)
        as_seen = view == AS_SEEN and run is not None
        st.markdown(HOW_TO_READ[AS_SEEN if as_seen else IN_PIXELS])
    with points:
        clicked = answer_map(run) if as_seen else pixel_map()
    if clicked is not None:
        open_image("test", clicked)


def pixel_map() -> int | None:
    """The map by pixels; the number of the picture that was clicked, if one was."""
    _, labels = fashion_mnist.load("test")
    return scatter(pixel_places(), labels, np.empty((0, 2)), "Map of the test images", "data.map")


def answer_map(run: Run) -> int | None:
    """The map by a network's answers; the number of the picture that was clicked, if one was."""
    told = answers(run)
    places = overview.map_of_answers(told.probabilities)
    name = f"Map of the test images as {run.name} sees them"
    return scatter(places, told.labels, overview.class_places(), name, "data.map")


@st.cache_data(max_entries=1, show_spinner=False)
def pixel_places() -> np.ndarray:
    """Where the pixels of each test image put it: (10000, 2) float32."""
    return overview.map_of_pixels(fashion_mnist.load("test")[0])


def heading(title: str, sentence: str) -> None:
    """A section's title and what to do there."""
    st.header(title, anchor=False)
    st.caption(sentence)


page()
