"""The view Robustness: how far a model falls when the test images are moved, turned or blurred."""

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from fmnist import corruptions, datasets, derived, evaluation
from fmnist.corruptions import CORRUPTIONS, IMAGES
from fmnist.labels import CLASS_NAMES
from fmnist.pages import matrix, widgets
from fmnist.pages.gallery import gallery
from fmnist.runs import Run

EXAMPLES = 12  # pictures that show what is done


def show(run: Run) -> None:
    """A kind of corruption and its strength; accuracy, curve and confusion matrix under it."""
    kind = st.segmented_control(
        "What happens to the images",
        CORRUPTIONS,
        default="shift",
        key="kind",
        bind="query-params",
        required=True,
    )
    corruption = CORRUPTIONS[kind]
    left, right = st.columns([2, 3], gap="large")
    with left:
        strength = st.select_slider(
            f"How much, in {corruption.unit}",
            corruption.strengths,
            corruption.strengths[2],
            key=kind,
            bind="query-params",
        )
        st.caption(f"{corruption.summary} Measured on the first {IMAGES:,} test images.")
        figures, curve = st.container(horizontal=True), st.empty()
    labels = datasets.load("test")[1][:IMAGES]
    with st.spinner("Asking the network…", show_time=True):
        clean, corrupted = (predicted(run, kind, value) for value in (0, strength))
    with figures:
        was, now = (evaluation.accuracy(said, labels) for said in (clean, corrupted))
        st.metric(
            "Accuracy", f"{now:.1%}", f"{100 * (now - was):+.1f} points" if strength else None
        )
        st.metric("On unchanged images", f"{was:.1%}")
    with right:
        show_examples(kind, strength, corrupted)
        counts = evaluation.confusion_matrix(labels, corrupted)
        matrix.matrix(counts, "mistakes.corrupted")
    with left:
        show_curve(run, kind, strength, labels, curve)


def predicted(run: Run, kind: str, strength: float) -> np.ndarray:
    """What the run says of the corrupted images: (2000,) class indices; asked once and kept."""
    name = f"{kind}-{strength}" if strength else "clean"

    def ask() -> derived.Arrays:
        images = corruptions.corrupt(datasets.load("test")[0][:IMAGES], kind, strength)
        probabilities = widgets.classifier(run).probabilities(images)
        return {"predicted": probabilities.argmax(axis=1).astype(np.uint8)}

    return _once(run.path, derived.digest(run), name, lambda: derived.kept(run, name, ask))


@st.cache_data(max_entries=256, show_spinner=False)
def _once(path: Path, digest: str, name: str, _ask) -> np.ndarray:
    return _ask()["predicted"]


def show_examples(kind: str, strength: float, said: np.ndarray) -> None:
    """Some of the images as the network got them, and what it said."""
    images, labels = (array[:EXAMPLES] for array in datasets.load("test"))
    said = said[:EXAMPLES]
    captions = [
        f"{'' if ok else '✗ '}{CLASS_NAMES[answer]}"
        for ok, answer in zip(said == labels, said, strict=True)
    ]
    names = [
        f"Test image {place}: {CLASS_NAMES[answer]}, "
        + ("right" if answer == label else f"wrong: its label is {CLASS_NAMES[label]}")
        for place, (answer, label) in enumerate(zip(said, labels, strict=True))
    ]
    pictures = corruptions.corrupt(images, kind, strength)
    gallery(pictures, list(range(EXAMPLES)), captions, "mistakes.examples", names, still=True)


def show_curve(run: Run, kind: str, strength: float, labels: np.ndarray, place) -> None:
    """Accuracy over strength; a point is added as soon as it is known."""
    corruption, rows = CORRUPTIONS[kind], []
    for value in corruption.strengths:
        accuracy = evaluation.accuracy(predicted(run, kind, value), labels)
        rows.append((value, accuracy, value == strength))
        table = pd.DataFrame(rows, columns=[corruption.unit, "accuracy", "chosen"])
        place.altair_chart(_curve(table, corruption))
    csv = table.drop(columns="chosen").to_csv(index=False)
    widgets.download("Curve", csv, f"{run.name}-{kind}.csv")


def _curve(table: pd.DataFrame, corruption: corruptions.Corruption) -> alt.LayerChart:
    base = alt.Chart(table).encode(
        x=alt.X(corruption.unit, scale=alt.Scale(domain=[0, corruption.strengths[-1]])),
        y=alt.Y("accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
        tooltip=[corruption.unit, alt.Tooltip("accuracy", format=".1%")],
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        size=alt.condition("datum.chosen", alt.value(160), alt.value(50))
    )
    return (base.mark_line() + points).properties(height=240)
