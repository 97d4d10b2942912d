"""The view Mistakes: a confusion matrix to click on, and the images behind it."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import label_errors, metrics
from fmnist.app.components import confusion_matrix
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import Predictions, load_predictions
from fmnist.data.dataset import DataSet
from fmnist.runs.run import Run

from . import image_list, neighbours, one_mistake
from .image_list import Listing

ANY = "any class"
SIMILAR = "similar side by side"
# The figure of each test image that an order goes by, lowest first: (N,).
ORDERS: dict[str, Callable[[Predictions], np.ndarray] | None] = {
    "most confident first": lambda predictions: -predictions.confidence,
    "least confident first": lambda predictions: predictions.confidence,
    "highest loss first": lambda predictions: (
        -metrics.losses(predictions.probabilities, predictions.labels)
    ),
    "most likely label error first": lambda predictions: label_errors.margins(
        predictions.probabilities, predictions.labels
    ),
    SIMILAR: None,  # by the network's embedding
    "test set order": lambda predictions: np.arange(len(predictions.labels)),
}
COUNTS, SHARES, PER_CLASS = FIGURES = ("Counts", "Shares", "Per class")


def show(run: Run) -> None:
    """The gallery, beside the matrix or below the image that was chosen."""
    predictions = load_predictions(run)
    image = image_list.chosen(len(predictions.labels))
    figures, found = image_list.places(image)
    with found:
        filters(predictions.dataset)
    listing = Listing(select(predictions), predictions.caption, name())
    with figures:
        if image is None:
            show_figures(predictions)
        else:
            one_mistake.show(predictions, image, listing)
    with found:
        image_list.show_gallery(predictions, listing, image)


def filters(dataset: DataSet) -> None:
    """The choice of true class, predicted class and order; kept in the URL."""
    classes = (ANY, *dataset.class_names)
    boxes = (("True class", classes, "true"), ("Predicted class", classes, "predicted"))
    with st.container(horizontal=True, key="mistakes.filters"):
        for label, options, key in (*boxes, ("Order", tuple(ORDERS), "order")):
            widgets.warn_if_gone(label.lower(), key, options)
            st.selectbox(
                label, options, key=key, bind="query-params", on_change=image_list.first_page
            )


def chosen_classes(dataset: DataSet) -> tuple[int, int]:
    """True and predicted class that are filtered by; `matrix.ANY` for all."""
    classes = (ANY, *dataset.class_names)
    true, predicted = (classes.index(st.session_state[key]) - 1 for key in ("true", "predicted"))
    return true, predicted


def name() -> str:
    """The images in the list, in words."""
    true, predicted = (widgets.isolated(st.session_state[key]) for key in ("true", "predicted"))
    if true == predicted != ANY:
        return f"images of {true} classified correctly"
    words = f" of {true}" * (true != ANY) + f" predicted as {predicted}" * (predicted != ANY)
    return f"mistakes{words}"


def show_figures(predictions: Predictions) -> None:
    """The confusion matrix, or precision and recall; a click on a cell filters the gallery."""
    counts = metrics.confusion_matrix(
        predictions.labels, predictions.predicted, predictions.dataset.classes
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        figure = widgets.choice("Figures", FIGURES, "figures", label_visibility="collapsed")
        hidden = st.toggle(
            "Hide correct ones", key="hide", bind="query-params", disabled=figure == PER_CLASS
        )
    if figure == PER_CLASS:
        show_class_scores(counts, predictions.dataset.class_names)
    else:
        confusion_matrix.matrix(
            counts,
            predictions.dataset.class_names,
            "mistakes.matrix",
            shares=figure == SHARES,
            diagonal=not hidden,
            chosen=chosen_classes(predictions.dataset),
            on_click=functools.partial(_choose_cell, predictions.dataset),
            reveals=image_list.FOUND,
        )
    widgets.download(
        "Matrix",
        lambda: matrix_csv(counts, predictions.dataset.class_names),
        f"{predictions.run.name}-confusion.csv",
    )


def matrix_csv(counts: np.ndarray, names: tuple[str, ...]) -> str:
    """The confusion matrix as a table: true classes as rows."""
    return pd.DataFrame(counts, list(names), list(names)).to_csv(index_label="true class")


def show_class_scores(counts: np.ndarray, names: tuple[str, ...]) -> None:
    """Precision, recall and F1 of each class."""
    scores = metrics.class_scores(counts)
    table = pd.DataFrame(
        {
            "Class": names,
            "Precision": scores.precision,
            "Recall": scores.recall,
            "F1": scores.f1,
            "Images": counts.sum(axis=1),
        }
    )
    bar = st.column_config.ProgressColumn
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "Precision": bar(
                format="percent",
                help="Of the images predicted as this class, the share that belong to it.",
            ),
            "Recall": bar(
                format="percent",
                help="Of the images of this class, the share predicted as it.",
            ),
            "F1": bar(format="percent", help="The harmonic mean of precision and recall."),
        },
    )


def select(predictions: Predictions) -> np.ndarray:
    """Indices of the images that pass the filters, in order."""
    true, predicted = chosen_classes(predictions.dataset)
    if true == predicted != confusion_matrix.ANY:
        found = np.flatnonzero((predictions.labels == true) & (predictions.predicted == true))
    else:
        found = metrics.mistakes(predictions.labels, predictions.predicted)
        found = found[(true == confusion_matrix.ANY) | (predictions.labels[found] == true)]
        found = found[
            (predicted == confusion_matrix.ANY) | (predictions.predicted[found] == predicted)
        ]
    return in_order(predictions, found, st.session_state["order"])


def in_order(predictions: Predictions, found: np.ndarray, order: str) -> np.ndarray:
    """The images sorted by one of `ORDERS`."""
    figure = ORDERS[order]
    if figure is None:
        return neighbours.alike(predictions.run, found)
    value = figure(predictions)[found]
    return found[np.argsort(value, kind="stable")]


def _choose_cell(dataset: DataSet) -> None:
    classes = confusion_matrix.clicked("mistakes.matrix")
    if classes == chosen_classes(dataset):  # a second click takes the choice back
        classes = (confusion_matrix.ANY, confusion_matrix.ANY)
    for key, index in zip(("true", "predicted"), classes, strict=True):
        st.session_state[key] = (ANY, *dataset.class_names)[index + 1]
    image_list.first_page()
