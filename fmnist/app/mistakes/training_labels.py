"""Training images whose labels may be wrong, by a model that was not trained on them."""

from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.analysis import label_errors
from fmnist.app.components.gallery import gallery
from fmnist.app.components.probability_bars import probability_bars
from fmnist.app.shared import widgets
from fmnist.inference import held_out
from fmnist.inference.held_out import HeldOut
from fmnist.runs import annotations, cache
from fmnist.runs.run import Run

from . import label_buttons

KEY = "mistakes.training"
MOST = 300  # images that are shown, the most suspect ones
EXPLANATION = (
    "The training images that this model held out to validate itself: it never learned their labels, so it can doubt "
    "them. Click one to mark its label, or to correct it."
)


def show(run: Run) -> None:
    """The suspected labels of training images, the most suspect first."""
    found = predictions(run.path, cache.digest(run))
    images, labels = run.dataset.load("train")
    given = labels[found.indices]
    suspects = label_errors.label_issues(found.probabilities, given)[:MOST]
    suggested = label_errors.suggestions(found.probabilities, given)
    marks = annotations.counting(annotations.read_all(run.dataset, "train"))
    st.caption(
        f"{EXPLANATION} {len(suspects):,} of {len(found.indices):,} labels are suspected, "
        f"{widgets.counted(len(marks), 'labels')} marked."
    )
    if not len(suspects):
        st.info("This model suspects no label of its held-out training images.")
        return
    indices = found.indices[suspects]
    names = run.dataset.class_names
    captions = [
        f"{names[given[place]]} → {names[suggested[place]]}?"
        + (f" ({marks[index]})" if index in marks else "")
        for place, index in zip(suspects, indices.tolist(), strict=True)
    ]
    alternatives = [
        f"Training image {index}: {text}" for index, text in zip(indices, captions, strict=True)
    ]
    place = gallery(images[indices], range(len(indices)), captions, KEY, alternatives)
    if place is not None:
        _open(run, int(indices[place]), found.probabilities[suspects[place]])


@st.cache_resource(max_entries=4, show_spinner="Predicting the held-out images …")
def predictions(path: Path, digest: str) -> HeldOut:
    """Those of the run with that model.

    Raises:
        RunError: it has none.
        DatasetError: the images are gone.
    """
    return held_out.predictions(Run(path))


@st.dialog("A training image", width="large")
def _open(run: Run, image: int, probabilities: np.ndarray) -> None:
    """An image that was clicked, what the model predicts for it, and whether its label is right."""
    images, labels = run.dataset.load("train")
    label = int(labels[image])
    pixels, chart = st.columns([2, 3])
    name = f"Training image {image}"
    with pixels:
        st.image(widgets.enlarged(images[image]), caption=name, output_format="PNG", alt=name)
    with chart:
        names = run.dataset.class_names
        probability_bars(probabilities.astype(np.float32), names, f"{KEY}.bars", label)
    label_buttons.show(run.dataset, image, label, "train")
