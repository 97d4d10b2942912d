"""The view Compare: where two models differ, and whether the difference is significant."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import metrics
from fmnist.app.shared import widgets
from fmnist.app.shared.glossary import term
from fmnist.app.shared.predictions import Predictions, load_predictions, others
from fmnist.runs.run import Run

from . import image_list, one_mistake
from .image_list import Listing

KINDS = ("only this one correct", "only the other correct", "both wrong")
SIGNIFICANT = 0.05  # a p-value below this is called significant


def show(run: Run) -> None:
    """Two models side by side, and the images that they disagree about."""
    names = {other.name: other for other in others(run)}
    if not names:
        st.info(
            f"There is no other model trained on {run.dataset.name} to compare with. Train one on the Train page."
        )
        return
    this = load_predictions(run)
    image = image_list.chosen(len(this.labels))
    if st.query_params.get("other") != run.name:
        widgets.warn_if_gone("trained model", "other", names)
    name = st.selectbox(
        "Compared with",
        list(names),
        key="other",
        bind="query-params",
        on_change=image_list.first_page,
        width=320,
    )
    other = load_predictions(names[name])
    figures, found = image_list.places(image)
    with found:
        kind = widgets.choice(
            "Images", KINDS, "correct", wrap=True, on_change=image_list.first_page
        )
        if image is None:
            st.caption(
                f"Below each image: label: prediction of {this.run.name} / of {other.run.name}"
            )
    listing = disagreement(this, other, kind)
    with figures:
        if image is None:
            show_summary(this, other)
        else:
            one_mistake.show(this, image, listing)
    with found:
        image_list.show_gallery(this, listing, image)


def disagreement(this: Predictions, other: Predictions, kind: str) -> Listing:
    """The images of one kind, by the summed confidence of both models."""
    mine, its = (predictions.predicted == predictions.labels for predictions in (this, other))
    found = np.flatnonzero((mine & ~its, its & ~mine, ~mine & ~its)[KINDS.index(kind)])
    confidence = this.confidence[found].astype(float) + other.confidence[found]

    def caption(index: int) -> str:
        label, mine, its = (
            this.named(value)
            for value in (this.labels[index], this.predicted[index], other.predicted[index])
        )
        return f"{label}: {mine} / {its}"

    order = np.argsort(-confidence, kind="stable")
    return Listing(found[order], caption, f"images, {kind}", "There are no such images.")


def show_summary(this: Predictions, other: Predictions) -> None:
    """Both accuracies, the counts of disagreements, and the test of significance."""
    mine, its = (predictions.predicted == predictions.labels for predictions in (this, other))
    only_this, only_other = int((mine & ~its).sum()), int((its & ~mine).sum())
    with st.container(horizontal=True):
        st.metric(this.run.name, f"{this.accuracy:.2%}")
        st.metric(other.run.name, f"{other.accuracy:.2%}")
        st.metric("Only this one correct", f"{only_this:,}")
        st.metric("Only the other correct", f"{only_other:,}")
    st.markdown(in_words(this.run.name, other.run.name, only_this, only_other))
    table = pd.DataFrame(
        [[int((mine & its).sum()), only_this], [only_other, int((~mine & ~its).sum())]],
        [f"{this.run.name} correct", f"{this.run.name} wrong"],
        [f"{other.run.name} correct", f"{other.run.name} wrong"],
    )
    widgets.download("Counts", lambda: table.to_csv(), f"{this.run.name}-{other.run.name}.csv")


def in_words(this: str, other: str, only_this: int, only_other: int) -> str:
    """The result of McNemar's test, with its p-value explained."""
    if not only_this + only_other:
        return "Both are correct on the same images, so that there is no difference to test."
    p_value = metrics.mcnemar(only_this, only_other)
    probability = f"{p_value:.1%}" if p_value >= 0.001 else "less than 0.1%"
    better = this if only_this > only_other else other
    verdict = (
        f"**{better}** is significantly better."
        if p_value < SIGNIFICANT
        else "The difference is **not significant**."
    )
    test = term("McNemar's test", "McNemar's exact test")
    return (
        f"Only one of them is correct on {widgets.counted(only_this + only_other, 'images')}. If both were "
        f"equally good, a split at least as uneven as {only_this:,} to {only_other:,} would have a "
        f"probability of {probability}: the p‑value of {test}. {verdict}"
    )
