"""The view Labels: which labels may be wrong, what people say of them, and what that changes."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import label_errors, metrics
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import Answers, answers, best
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import annotations
from fmnist.runs.annotations import Mark
from fmnist.runs.run import Run

from . import image_list, label_buttons, one_mistake
from .image_list import Listing

IN_DOUBT, DISPUTED, MARKED = LISTS = ("in doubt", "disputed", "marked")
JUDGES = 5  # models that must agree
NONE = np.array([], int)
TOO_FEW = "It takes two models or more that owe nothing to another run; the Train page makes them."
EXPLANATION = (
    "A label is in doubt where the network is as sure of another class as it usually is where that "
    "class is right (confident learning, [arXiv 1911.00068](https://arxiv.org/abs/1911.00068)). "
    "Click an image, look at the evidence, and mark its label."
)


def show(run: Run) -> None:
    """The doubtful labels, the most doubtful first, with the marks that people gave."""
    told = answers(run)
    said = annotations.read_all()
    given = annotations.counting(said)
    image = image_list.chosen()
    judges = best(JUDGES)
    figures, found = image_list.places(image)
    with found:
        which = st.segmented_control(
            "Labels",
            LISTS,
            default=IN_DOUBT,
            key="labels",
            bind="query-params",
            required=True,
            label_visibility="collapsed",
            on_change=image_list.first_page,
        )
    if which == DISPUTED:
        listing = disputed(judges, given)
    else:
        listing = doubtful(told, given) if which == IN_DOUBT else marked(told, given)
    with figures:
        if image is None:
            show_summary(told, said, judges)
        else:
            one_mistake.show(told, image, listing)
    with found:
        image_list.show_gallery(told, listing, image)


def doubtful(told: Answers, given: dict[int, str]) -> Listing:
    """The labels that the network doubts."""
    suggested = label_errors.suggestions(told.probabilities, told.labels)

    def caption(index: int) -> str:
        pair = f"{CLASS_NAMES[told.labels[index]]} → {CLASS_NAMES[suggested[index]]}?"
        return f"{pair} ({given[index]})" if index in given else pair

    return Listing(
        label_errors.doubtful(told.probabilities, told.labels),
        caption,
        "labels in doubt",
        "This network doubts no label.",
    )


def disputed(judges: list[Answers], given: dict[int, str]) -> Listing:
    """The labels that the best models all dispute, and agree what is right."""
    if len(judges) < 2:
        return Listing(NONE, str, "labels that models dispute", TOO_FEW)
    labels, said = judges[0].labels, judges[0].predicted

    def caption(index: int) -> str:
        pair = f"{CLASS_NAMES[labels[index]]} → {CLASS_NAMES[said[index]]}"
        return f"{pair} ({given[index]})" if index in given else pair

    return Listing(
        disputed_by(judges),
        caption,
        f"labels that the {len(judges)} best models dispute",
        "There is no label that the best models all dispute.",
    )


def disputed_by(judges: list[Answers]) -> np.ndarray:
    """Indices of the labels that all of these models dispute; none, if there are not two to agree."""
    if len(judges) < 2:
        return NONE
    return label_errors.disputed(np.stack([judge.predicted for judge in judges]), judges[0].labels)


def marked(told: Answers, given: dict[int, str]) -> Listing:
    """The labels that people marked."""
    return Listing(
        np.array(list(given), int),
        lambda index: f"{CLASS_NAMES[told.labels[index]]}: {given[index]}",
        "labels marked",
        "No label is marked yet. Click an image and say what you think of its label.",
    )


def show_summary(told: Answers, said: list[Mark], judges: list[Answers]) -> None:
    """What is in doubt, what was marked, and the accuracy without it."""
    given = annotations.counting(said)
    st.caption(EXPLANATION)
    with st.container(horizontal=True):
        found = len(label_errors.doubtful(told.probabilities, told.labels))
        st.metric("Labels in doubt", f"{found:,}")
        st.metric(
            "Labels disputed",
            f"{len(disputed_by(judges)):,}",
            help=TOO_FEW
            if len(judges) < 2
            else f"The {len(judges)} most accurate models all say the same other class: "
            f"{', '.join(judge.run.name for judge in judges)} (whoever owes anything to another run is not "
            "asked). Leaving these images out can only raise the accuracy of these models, so that "
            "the figure without them is an optimistic one.",
        )
        for mark in annotations.MARKS:
            st.metric(f"Marked {mark}", f"{sum(given[image] == mark for image in given):,}")
    st.dataframe(accuracies(told, given, judges), hide_index=True, width="content")
    if given:
        others = annotations.by_others(said, label_buttons.author())
        differ = sum(set(others[image]) != {given.get(image)} for image in others)
        if others:
            st.caption(
                f"{widgets.counted(len(others), 'labels')} marked in other sessions, {differ} of them "
                "differently. The last mark counts; the download lists all."
            )
        widgets.download("Marks", annotations.to_csv(said, told.labels), "marks.csv")


def accuracies(told: Answers, given: dict[int, str], judges: list[Answers]) -> pd.DataFrame:
    """Accuracy on all images, and without those that are disputed or were marked."""
    left_out = {"all test images": [], "without disputed labels": disputed_by(judges)}
    if given:
        left_out |= {
            "without labels marked wrong": _marked(given, "wrong"),
            "without those marked wrong or ambiguous": _marked(given, "wrong", "ambiguous"),
        }
    rows = []
    for name, images in left_out.items():
        kept = np.ones(len(told.labels), bool)
        kept[images] = False
        accuracy = metrics.accuracy(told.predicted[kept], told.labels[kept])
        rows.append((name, f"{kept.sum():,}", f"{accuracy:.2%}"))
    return pd.DataFrame(rows, columns=["Accuracy on", "Images", "Accuracy"])


def _marked(given: dict[int, str], *wanted: str) -> list[int]:
    return [image for image, mark in given.items() if mark in wanted]
