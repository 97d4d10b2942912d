"""The view Robustness: accuracy on test images that are shifted, rotated, blurred or otherwise corrupted."""

from collections.abc import Sequence
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from fmnist.analysis import corruptions, metrics
from fmnist.analysis.corruptions import CORRUPTIONS
from fmnist.app.components import confusion_matrix
from fmnist.app.components.gallery import gallery
from fmnist.app.shared import charts, widgets
from fmnist.inference.robustness import Robustness
from fmnist.runs import cache
from fmnist.runs.run import Run

FIRST_STRENGTH = 2  # which of a corruption's strengths the page begins with
EXAMPLES = 12  # images that show the corruption
REFRESH = 1.5  # seconds between two looks while images are classified


def show(run: Run) -> None:
    """A kind of corruption and its strength; accuracy, curve and confusion matrix under it.

    Raises:
        DatasetError: the test images are gone.
    """
    run.dataset.load("test")
    left, right = st.columns([2, 3], gap="large")
    with left:
        kind = widgets.choice("Corruption", CORRUPTIONS, "corruption", default="shift")
    corruption = CORRUPTIONS[kind]
    widgets.warn_if_gone("strength", kind, _texts(corruption.strengths))
    strength = right.select_slider(
        f"Strength in {corruption.unit}",
        corruption.strengths,
        corruption.strengths[FIRST_STRENGTH],
        key=kind,
        bind="query-params",
    )
    known = robustness(run, kind, strength)
    widgets.wait_for_sample(known)
    growing = not (known.complete or known.problem)
    st.fragment(_show, run_every=REFRESH if growing else None)(run, kind, strength, growing)


def _texts(strengths: Sequence[float]) -> list[str]:
    """How a link may write them; that of the first visit first."""
    written = [text for value in strengths for text in (f"{value:g}", str(value))]
    return [f"{strengths[FIRST_STRENGTH]:g}", *written]


def robustness(run: Run, kind: str, strength: float) -> Robustness:
    """The predictions for such images, as far as they are known; the first visitor starts the work."""
    return _robustness(run.path, cache.digest(run), kind, strength)


@st.cache_resource(max_entries=256, show_spinner=False)
def _robustness(path: Path, digest: str, kind: str, _first: float) -> Robustness:
    found = Robustness(Run(path), kind, _first)
    found.start()
    return found


@widgets.errors_in_words()
def _show(run: Run, kind: str, strength: float, growing: bool) -> None:
    known = robustness(run, kind, strength)
    if growing and (known.complete or known.problem):
        st.rerun()  # the page stops looking
    if known.problem:
        st.error(known.problem)
        return
    predicted = dict(known.predicted)  # it grows in the background
    dataset = run.dataset
    images, labels = dataset.load("test")
    left, right = st.columns([2, 3], gap="large")
    with left:
        show_figures(kind, strength, predicted, labels, known.count)
        show_curve(run, kind, strength, predicted, labels)
        if not known.complete:
            st.progress(
                known.progress, "Classifying more images, once per model, in the background."
            )
    with right:
        classes = predicted[strength]
        corrupted = corruptions.corrupt(images[: min(EXAMPLES, len(classes))], kind, strength)
        show_examples(corrupted, labels, classes, dataset.class_names)
        counts = metrics.confusion_matrix(labels[: len(classes)], classes, dataset.classes)
        confusion_matrix.matrix(counts, dataset.class_names, "mistakes.corrupted")


def show_figures(
    kind: str,
    strength: float,
    predicted: dict[float, np.ndarray],
    labels: np.ndarray,
    of: int,
) -> None:
    """Accuracy on the corrupted and on the same unchanged images, and how many they are."""
    count = len(predicted[strength])
    figures = f"Measured on the first {count:,} test images"
    more = "." if count == of else f" so far, of {of:,}."
    st.caption(f"{CORRUPTIONS[kind].summary} {figures}{more}")
    if not count:
        return
    labels = labels[:count]
    now, was = (metrics.accuracy(predicted[value][:count], labels) for value in (strength, 0))
    with st.container(horizontal=True):
        change = f"{100 * (now - was):+.1f} points" if strength else None
        st.metric("Accuracy", f"{now:.1%}", change)
        st.metric("On unchanged images", f"{was:.1%}")


def show_examples(
    corrupted: np.ndarray, labels: np.ndarray, predicted: np.ndarray, names: Sequence[str]
) -> None:
    """The first corrupted images, (N, *shape) uint8, and their predicted classes."""
    pairs = list(enumerate(zip(predicted[: len(corrupted)], labels[: len(corrupted)], strict=True)))
    captions = [
        f"{'' if index == label else '✗ '}{widgets.isolated(names[index])}"
        for _, (index, label) in pairs
    ]
    described = [
        f"Test image {place}: {names[index]}, "
        + ("correct" if index == label else f"wrong, labelled {names[label]}")
        for place, (index, label) in pairs
    ]
    if pairs:
        ids = list(range(len(pairs)))
        gallery(corrupted, ids, captions, "mistakes.examples", described, still=True)


def show_curve(
    run: Run,
    kind: str,
    strength: float,
    predicted: dict[float, np.ndarray],
    labels: np.ndarray,
) -> None:
    """Accuracy over strength, as far as it is known."""
    corruption = CORRUPTIONS[kind]
    rows = [
        (value, metrics.accuracy(classes, labels[: len(classes)]), value == strength)
        for value, classes in predicted.items()
        if len(classes)
    ]
    table = pd.DataFrame(rows, columns=[corruption.unit, "accuracy", "chosen"])
    drawn = _curve(corruption.unit, corruption.strengths[-1])
    words = ", ".join(f"{accuracy:.1%} at {value:g}" for value, accuracy, _ in rows)
    about = f"Accuracy of {run.name} by {corruption.unit}: {words}."
    charts.show(table, drawn, "mistakes.curve", about)
    shown = table.drop(columns="chosen")
    widgets.download("Curve", lambda: shown.to_csv(index=False), f"{run.name}-{kind}.csv")


@charts.form
def _curve(unit: str, strongest: float) -> alt.LayerChart:
    base = alt.Chart(charts.ROWS).encode(
        x=alt.X(f"{unit}:Q", scale=alt.Scale(domain=[0, strongest])),
        y=alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")),
        tooltip=[f"{unit}:Q", alt.Tooltip("accuracy:Q", format=".1%")],
    )
    points = base.mark_point(filled=True, opacity=1).encode(
        size=alt.condition("datum.chosen", alt.value(160), alt.value(50))
    )
    chart: alt.LayerChart = (base.mark_line() + points).properties(height=240)
    return chart
