"""What an upload was read as: counts, what was left out, and its images in each form and framing."""

import numpy as np
import pandas as pd
import streamlit as st

from fmnist.app.components.gallery import gallery
from fmnist.app.shared import widgets
from fmnist.data import overview
from fmnist.data.dataset import SIDES, Form
from fmnist.preprocessing.proposal import Choice, Proposal

from .framings import FRAMINGS

PICTURES = 8  # that are shown in each framing
ORIGINAL = 64  # pixels
SHADES = {False: "grey", True: "colour"}


def show(proposal: Proposal, name: str, key: str) -> tuple[str, Choice] | None:
    """The whole preview; the chosen name, form and framing once Add is pressed."""
    st.markdown(_summary(proposal))
    settings, pictures = st.columns([2, 3], gap="large")
    with settings:
        name = st.text_input("Name", name, max_chars=64, key=f"{key}.name")
        choice = _choose(proposal, key)
        pressed = st.button("Add", type="primary", icon=":material/add:", key=f"{key}.keep")
    with pictures:
        _show_framings(proposal, choice, key)
    _show_left_out(proposal)
    _show_classes(proposal)
    return (name.strip(), choice) if pressed else None


def _summary(proposal: Proposal) -> str:
    count, test = len(proposal.labels), int(proposal.test.sum())
    parts = [
        f"**{count:,} images** in **{len(proposal.class_names)} classes**. {count - test:,} are for training, "
        f"{test:,} for testing."
    ]
    if proposal.left_out:
        parts.append(f"{widgets.counted(len(proposal.left_out), 'files')} left out.")
    if proposal.doubled:
        parts.append(f"{widgets.counted(proposal.doubled, 'duplicates')} kept once.")
    return " ".join(parts)


def _choose(proposal: Proposal, key: str) -> Choice:
    """Form and framing; as proposed to begin with."""
    form = proposal.choice.form
    side = st.segmented_control(
        "Size",
        SIDES,
        default=form.side,
        required=True,
        format_func=lambda side: f"{side} x {side}",
        key=f"{key}.side",
        help="Pixels of each image. More show more detail, and take longer to train.",
    )
    colour = st.segmented_control(
        "Colours",
        list(SHADES),
        default=form.colour,
        required=True,
        format_func=lambda colour: SHADES[colour],
        key=f"{key}.colour",
        help="Colour where it tells classes apart; grey trains faster.",
    )
    framing = proposal.choice.framing
    if len(proposal.framings) > 1:
        framing = st.segmented_control(
            "Framing",
            proposal.framings,
            default=framing,
            required=True,
            key=f"{key}.framing",
            help="How pictures become square images: "
            + "; ".join(f"**{name}**: {words}" for name, words in FRAMINGS.items())
            + ". Photos and drawings that you classify later are framed in the same way.",
        )
    return Choice(Form(side, colour), framing)


def _show_framings(proposal: Proposal, choice: Choice, key: str) -> None:
    """The same pictures as they are and in each framing, the chosen one marked."""
    numbers = _of_each_class(proposal.labels)
    labels = [proposal.class_names[label] for label in proposal.labels[numbers]]
    with st.spinner("Framing some pictures…"):
        rows = {"As uploaded": proposal.originals(numbers, ORIGINAL)}
        for framing in proposal.framings:
            title = f"**{framing}** (chosen)" if framing == choice.framing else framing
            rows[title] = proposal.preview(numbers, Choice(choice.form, framing))
    for place, (title, images) in enumerate(rows.items()):
        st.caption(title)
        names = [f"{label}, {title}" for label in labels]
        captions = labels if place == 0 else [""] * len(labels)
        gallery(images, numbers, captions, f"{key}.framed.{place}", names, still=True, least=80)


def _of_each_class(labels: np.ndarray) -> list[int]:
    """Indices of pictures of as many classes as are shown."""
    classes = int(labels.max()) + 1
    rows = overview.sample(labels, range(classes), PICTURES, seed=0)
    turns = [row[turn] for turn in range(PICTURES) for row in rows if turn < len(row)]
    return sorted(map(int, turns[:PICTURES]))


def _show_left_out(proposal: Proposal) -> None:
    if not proposal.left_out:
        return
    with st.expander(f"{widgets.counted(len(proposal.left_out), 'files')} left out"):
        st.dataframe(pd.DataFrame(proposal.left_out, columns=["File", "Reason"]), hide_index=True)


def _show_classes(proposal: Proposal) -> None:
    """Each class with its counts."""
    classes = len(proposal.class_names)
    splits = {"Training": proposal.labels[~proposal.test], "Test": proposal.labels[proposal.test]}
    table = {title: overview.class_counts(labels, classes) for title, labels in splits.items()}
    with st.expander("Images by class"):
        st.dataframe(pd.DataFrame({"Class": proposal.class_names, **table}), hide_index=True)
