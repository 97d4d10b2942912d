"""The test images of a data set as points, placed by their pixels or by a network's predictions."""

import numpy as np
import streamlit as st

from fmnist.app.components.scatter import scatter
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import load_predictions
from fmnist.data import overview
from fmnist.data.dataset import DataSet
from fmnist.runs.run import Run

from . import classes, one_image
from .headings import heading

PIXELS, PREDICTIONS = "pixels", "predictions"
KEY = "data.map"
HOW_TO_READ = {
    PIXELS: "Two images are close if their **pixels** are alike. The axes are the two directions in "
    "which the images vary most (principal component analysis, PCA).\n\n"
    "Where colours overlap, pixels alone hardly separate the classes.",
    PREDICTIONS: "Each image is placed by the **probabilities** that the network predicts: near a class's "
    "name it is confident, between two names it is uncertain. Small probabilities are drawn "
    "larger than they are.\n\n"
    "A point amid another colour is most likely a mistake. Choose a weaker model to see the "
    "classes overlap.",
}


@st.fragment
@widgets.errors_in_words()
def show(dataset: DataSet) -> None:
    """The map, and what it is placed by."""
    heading(
        "A map of the test images",
        "Each point is an image, coloured by its label. Click one to see it.",
    )
    choice, points = st.columns([2, 3], gap="large")
    with choice:
        view = widgets.choice("Map", (PIXELS, PREDICTIONS), "map")
        run = widgets.choose_model(about=False, dataset=dataset)
        by_predictions = run if view == PREDICTIONS else None
        st.markdown(HOW_TO_READ[PREDICTIONS if by_predictions else PIXELS])
    with points:
        clicked = (
            _prediction_map(dataset, by_predictions) if by_predictions else _pixel_map(dataset)
        )
    if clicked is not None:
        one_image.open_dialog(dataset, "test", clicked)


def _pixel_map(dataset: DataSet) -> int | None:
    """The map by pixels; the number of the image that was clicked, if one was."""
    _, labels = dataset.load("test")
    name = "Map of the test images"
    no_places = np.empty((0, 2))
    return scatter(_pixel_places(dataset), labels, dataset.class_names, no_places, name, KEY)


def _prediction_map(dataset: DataSet, run: Run) -> int | None:
    """The map by a network's predictions; the number of the image that was clicked, if one was."""
    predictions = load_predictions(run)
    class_places = _class_places(dataset)
    places = overview.map_of_predictions(predictions.probabilities, class_places)
    name = f"Map of the test images by the predictions of {run.name}"
    return scatter(places, predictions.labels, dataset.class_names, class_places, name, KEY)


@st.cache_data(max_entries=4, show_spinner=False)
def _pixel_places(dataset: DataSet) -> np.ndarray:
    """Where the pixels of each test image put it: (N, 2) float32."""
    return overview.map_of_pixels(dataset.load("test")[0])


@st.cache_data(max_entries=4, show_spinner=False)
def _class_places(dataset: DataSet) -> np.ndarray:
    """Where each class stands on the map by predictions: (C, 2) float32."""
    return overview.class_places(overview.ring(classes.mean_images(dataset)))
