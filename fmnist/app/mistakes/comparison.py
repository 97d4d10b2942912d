"""The view Compare: what one model gets right and another one wrong, and whether that is chance."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import metrics
from fmnist.app.shared import widgets
from fmnist.app.shared.predictions import Answers, answers, others
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs.run import Run

from . import image_list, one_mistake
from .image_list import Listing

KINDS = ("only this one right", "only the other right", "both wrong")
CHANCE = 0.05  # a difference that is less likely by chance than this is called one


def show(run: Run) -> None:
    """Two models side by side, and the images that they disagree about."""
    names = {other.name: other for other in others(run)}
    if not names:
        st.info("There is no other trained model to compare with. The Train page makes one.")
        return
    this = answers(run)
    image = image_list.chosen()
    if st.query_params.get("other") != run.name:
        widgets.say_if_gone("trained model", "other", names)
    figures, found = image_list.places(image)
    bound = {"bind": "query-params", "on_change": image_list.first_page}
    with figures if image is None else found:
        other = answers(names[st.selectbox("Compared with", list(names), key="other", **bound)])
    with found:
        kind = st.segmented_control(
            "Images", KINDS, default=KINDS[0], key="who", required=True, wrap=True, **bound
        )
        if image is None:
            st.caption(f"Below each, its label: {this.run.name} / {other.run.name}")
    listing = disagreement(this, other, kind)
    with figures:
        if image is None:
            show_summary(this, other)
        else:
            one_mistake.show(this, image, listing)
    with found:
        image_list.show_gallery(this, listing, image)


def disagreement(this: Answers, other: Answers, kind: str) -> Listing:
    """The images of one kind, those first that the two are surest about."""
    mine, its = (told.predicted == told.labels for told in (this, other))
    found = np.flatnonzero((mine & ~its, its & ~mine, ~mine & ~its)[KINDS.index(kind)])
    sure = this.confidence[found].astype(float) + other.confidence[found]

    def caption(index: int) -> str:
        label, *said = (
            CLASS_NAMES[value]
            for value in (this.labels[index], this.predicted[index], other.predicted[index])
        )
        return f"{label}: {said[0]} / {said[1]}"

    order = np.argsort(-sure, kind="stable")
    return Listing(found[order], caption, f"images, {kind}", "There is no such image.")


def show_summary(this: Answers, other: Answers) -> None:
    """Four counts, and what they say of the two models."""
    mine, its = (told.predicted == told.labels for told in (this, other))
    only_this, only_other = int((mine & ~its).sum()), int((its & ~mine).sum())
    with st.container(horizontal=True):
        st.metric(this.run.name, f"{this.accuracy:.2%}")
        st.metric(other.run.name, f"{other.accuracy:.2%}")
        st.metric("Only this one right", f"{only_this:,}")
        st.metric("Only the other right", f"{only_other:,}")
    st.markdown(in_words(this.run.name, other.run.name, only_this, only_other))
    table = pd.DataFrame(
        [[int((mine & its).sum()), only_this], [only_other, int((~mine & ~its).sum())]],
        [f"{this.run.name} right", f"{this.run.name} wrong"],
        [f"{other.run.name} right", f"{other.run.name} wrong"],
    )
    widgets.download("Counts", table.to_csv(), f"{this.run.name}-{other.run.name}.csv")


def in_words(this: str, other: str, only_this: int, only_other: int) -> str:
    """McNemar's test, for somebody who has never heard of it."""
    if not only_this + only_other:
        return "Both are right on the same images: nothing tells them apart."
    chance = metrics.mcnemar(only_this, only_other)
    likely = f"{chance:.1%}" if chance >= 0.001 else "less than 0.1 %"
    better = this if only_this > only_other else other
    verdict = (
        f"**{better}** is better by more than chance explains."
        if chance < CHANCE
        else "this test set **cannot say** which one is better."
    )
    return (
        f"They disagree about {widgets.counted(only_this + only_other, 'images')}. If both were equally good, each "
        f"would win as by the toss of a coin, and a split at least as uneven as {only_this:,} to "
        f"{only_other:,} would come up in {likely} of such games (McNemar's test, exact): {verdict}"
    )
