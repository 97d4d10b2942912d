"""The view Labels: labels that may be wrong, the marks given to them, and the accuracy without them."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import label_errors, metrics
from fmnist.app.shared import widgets
from fmnist.app.shared.glossary import term
from fmnist.app.shared.predictions import Predictions, best, load_predictions
from fmnist.people import acting, mode
from fmnist.runs import annotations
from fmnist.runs.annotations import Mark
from fmnist.runs.run import Run

from . import corrected_labels, image_list, one_mistake, training_labels
from .image_list import Listing

SUSPECTED, DISPUTED, MARKED, TRAINING = LISTS = (
    "suspected",
    "disputed",
    "marked",
    "training images",
)
BEST = 5  # models that must agree
NONE = np.array([], int)
TOO_FEW = (
    "This needs at least two independently trained models (no teachers, pretrained weights or "
    "ensemble). Train them on the Train page."
)
EXPLANATION = (
    f"A {term('label')} is {term('label error', 'suspected')} if the model is as confident in another class as it is on average for images "
    "labelled with that class (confident learning, [arXiv 1911.00068](https://arxiv.org/abs/1911.00068)). "
    "Click an image to see the evidence and mark its label."
)


def show(run: Run) -> None:
    """The suspected labels, the most suspect first, with their marks."""
    predictions = load_predictions(run)
    marks = annotations.read_all(predictions.dataset)
    given = annotations.counting(marks)
    image = image_list.chosen(len(predictions.labels))
    models = best(predictions.dataset, BEST)
    figures, found = image_list.places(image)
    with found:
        which = widgets.choice(
            "Labels",
            LISTS,
            "labels",
            label_visibility="collapsed",
            on_change=image_list.first_page,
        )
    if which == TRAINING and image is None:
        with found:
            training_labels.show(run)
        with figures:
            show_summary(predictions, marks, models)
        return
    if which == DISPUTED:
        listing = disputed(models, given)
    else:
        listing = (marked if which == MARKED else suspected)(predictions, given)
    with figures:
        if image is None:
            show_summary(predictions, marks, models)
        else:
            one_mistake.show(predictions, image, listing)
    with found:
        image_list.show_gallery(predictions, listing, image)


def suspected(predictions: Predictions, given: dict[int, str]) -> Listing:
    """The labels that confident learning suspects."""
    suggested = label_errors.suggestions(predictions.probabilities, predictions.labels)

    def caption(index: int) -> str:
        pair = f"{predictions.named(predictions.labels[index])} → {predictions.named(suggested[index])}?"
        return f"{pair} ({given[index]})" if index in given else pair

    return Listing(
        label_errors.label_issues(predictions.probabilities, predictions.labels),
        caption,
        "suspected labels",
        "This model suspects no label.",
    )


def disputed(models: list[Predictions], given: dict[int, str]) -> Listing:
    """The labels of images for which the best models all predict the same other class."""
    if len(models) < 2:
        return Listing(NONE, str, "disputed labels", TOO_FEW)
    labels, predicted = models[0].labels, models[0].predicted

    def caption(index: int) -> str:
        pair = f"{models[0].named(labels[index])} → {models[0].named(predicted[index])}"
        return f"{pair} ({given[index]})" if index in given else pair

    return Listing(
        disputed_by(models),
        caption,
        f"labels disputed by the {len(models)} best models",
        "The best models do not agree on another class for any image.",
    )


def disputed_by(models: list[Predictions]) -> np.ndarray:
    """Indices of the labels that all of these models dispute; none, if there are fewer than two models."""
    if len(models) < 2:
        return NONE
    return label_errors.against_consensus(
        np.stack([model.predicted for model in models]), models[0].labels
    )


def marked(predictions: Predictions, given: dict[int, str]) -> Listing:
    """The labels that were marked."""
    return Listing(
        np.array(list(given), int),
        lambda index: f"{predictions.named(predictions.labels[index])}: {given[index]}",
        "marked labels",
        "No label is marked yet. Click an image to mark its label.",
    )


def show_summary(predictions: Predictions, marks: list[Mark], models: list[Predictions]) -> None:
    """Counts of suspected, disputed and marked labels, and the accuracy without them."""
    given = annotations.counting(marks)
    st.caption(EXPLANATION)
    with st.container(horizontal=True):
        found = len(label_errors.label_issues(predictions.probabilities, predictions.labels))
        st.metric("Suspected labels", f"{found:,}")
        st.metric(
            "Disputed labels",
            f"{len(disputed_by(models)):,}",
            help=TOO_FEW
            if len(models) < 2
            else f"The {len(models)} most accurate independently trained models all predict the same other class: "
            f"{', '.join(model.run.name for model in models)}. Leaving these images out can only raise "
            "the accuracy of these models, so the figure without them is optimistic.",
        )
        for mark in annotations.MARKS:
            st.metric(f"Marked {mark}", f"{sum(given[image] == mark for image in given):,}")
    st.dataframe(accuracies(predictions, given, models), hide_index=True, width="content")
    if given:
        others = annotations.by_others(marks, acting.person().id)
        differ = sum(set(others[image]) != {given.get(image)} for image in others)
        if others:
            st.caption(
                f"{widgets.counted(len(others), 'labels')} marked by other people, {differ} of them "
                "differently. The last mark counts; the download has all marks."
            )
        widgets.download(
            "Marks",
            lambda: annotations.to_csv(marks, predictions.labels, predictions.dataset.class_names),
            "marks.csv",
        )
    if not mode.refusal("keep"):
        corrected_labels.show(predictions.dataset)


def accuracies(
    predictions: Predictions, given: dict[int, str], models: list[Predictions]
) -> pd.DataFrame:
    """Accuracy on all images, and without those that are disputed or were marked."""
    left_out: dict[str, np.ndarray | list[int]] = {
        "all test images": [],
        "without disputed labels": disputed_by(models),
    }
    if given:
        left_out |= {
            "without labels marked wrong": _marked(given, "wrong"),
            "without those marked wrong or ambiguous": _marked(given, "wrong", "ambiguous"),
        }
    rows = []
    for name, images in left_out.items():
        kept = np.ones(len(predictions.labels), bool)
        kept[images] = False
        accuracy = metrics.accuracy(predictions.predicted[kept], predictions.labels[kept])
        rows.append((name, f"{kept.sum():,}", f"{accuracy:.2%}"))
    return pd.DataFrame(rows, columns=["Accuracy on", "Images", "Accuracy"])


def _marked(given: dict[int, str], *wanted: str) -> list[int]:
    return [image for image, mark in given.items() if mark in wanted]
