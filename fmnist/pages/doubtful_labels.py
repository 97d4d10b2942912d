"""The view Labels: which labels may be wrong, what people say of them, and what that changes."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist import doubt, evaluation, marks
from fmnist.labels import CLASS_NAMES
from fmnist.pages import image_list, one_mistake, widgets
from fmnist.pages.answers import Answers, answers
from fmnist.pages.image_list import Listing
from fmnist.runs import Run

LISTS = ("in doubt", "marked")
EXPLANATION = (
    "A label is in doubt where the network is as sure of another class as it usually is where that "
    "class is right (confident learning, [arXiv 1911.00068](https://arxiv.org/abs/1911.00068)). "
    "Click an image, look at the evidence, and mark its label."
)


def show(run: Run) -> None:
    """The doubtful labels, the most doubtful first, with the marks that people gave."""
    told = answers(run)
    given = marks.read()
    image = image_list.chosen()
    top = st.container()
    which = st.segmented_control(
        "Labels",
        LISTS,
        default=LISTS[0],
        key="labels",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
        on_change=image_list.first_page,
    )
    listing = doubtful(told, given) if which == LISTS[0] else marked(told, given)
    with top:
        if image is None:
            show_summary(told, given)
        else:
            one_mistake.show(told, image, listing)
    image_list.show_gallery(told, listing, image)


def doubtful(told: Answers, given: dict[int, str]) -> Listing:
    """The labels that the network doubts."""
    suggested = doubt.suggestions(told.probabilities, told.labels)

    def caption(index: int) -> str:
        pair = f"{CLASS_NAMES[told.labels[index]]} → {CLASS_NAMES[suggested[index]]}?"
        return f"{pair} ({given[index]})" if index in given else pair

    return Listing(
        doubt.doubtful(told.probabilities, told.labels),
        caption,
        "labels in doubt",
        "This network doubts no label.",
    )


def marked(told: Answers, given: dict[int, str]) -> Listing:
    """The labels that people marked."""
    return Listing(
        np.array(list(given), int),
        lambda index: f"{CLASS_NAMES[told.labels[index]]}: {given[index]}",
        "labels marked",
        "No label is marked yet. Click an image and say what you think of its label.",
    )


def show_summary(told: Answers, given: dict[int, str]) -> None:
    """What is in doubt, what was marked, and the accuracy without it."""
    st.caption(EXPLANATION)
    with st.container(horizontal=True):
        found = len(doubt.doubtful(told.probabilities, told.labels))
        st.metric("Labels in doubt", f"{found:,}")
        for mark in marks.MARKS:
            st.metric(f"Marked {mark}", f"{sum(given[image] == mark for image in given):,}")
    if not given:
        return
    st.dataframe(accuracies(told, given), hide_index=True, width="content")
    widgets.download("Marks", marks.to_csv(given, told.labels), "marks.csv")


def accuracies(told: Answers, given: dict[int, str]) -> pd.DataFrame:
    """Accuracy on all images, and without those that were marked."""
    rows = []
    for name, left_out in (
        ("all test images", ()),
        ("without wrong labels", ("wrong",)),
        ("without wrong and ambiguous ones", ("wrong", "ambiguous")),
    ):
        kept = np.ones(len(told.labels), bool)
        kept[[image for image, mark in given.items() if mark in left_out]] = False
        accuracy = evaluation.accuracy(told.predicted[kept], told.labels[kept])
        rows.append((name, f"{kept.sum():,}", f"{accuracy:.2%}"))
    return pd.DataFrame(rows, columns=["Accuracy on", "Images", "Accuracy"])
