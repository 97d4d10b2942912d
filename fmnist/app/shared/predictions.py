"""A model's predictions for the test images, read once for all visitors."""

import contextlib
import dataclasses
import functools
from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.analysis import metrics
from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.runs import listing
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .widgets import isolated

LONGEST_NAME = 24  # characters of a class' name in a caption


@dataclasses.dataclass(frozen=True)
class Predictions:
    """What one model predicts for the N test images of its data set, of C classes, and their labels."""

    run: Run
    dataset: DataSet
    images: np.ndarray  # (N, *dataset.form.shape) uint8
    labels: np.ndarray  # (N,) uint8
    probabilities: np.ndarray  # (N, C) float16
    predicted: np.ndarray  # (N,) uint8

    @functools.cached_property
    def confidence(self) -> np.ndarray:
        """(N,) float16: the probability of each predicted class."""
        sure: np.ndarray = self.probabilities[np.arange(len(self.predicted)), self.predicted]
        return sure

    @functools.cached_property
    def accuracy(self) -> float:
        return metrics.accuracy(self.predicted, self.labels)

    def named(self, label: int) -> str:
        """A class' name, cut if it is long, for a caption."""
        name = self.dataset.class_names[label]
        return isolated(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")

    def caption(self, index: int) -> str:
        """Label, predicted class and confidence in a few words."""
        label, predicted = self.named(self.labels[index]), self.named(self.predicted[index])
        confidence = f"{self.probabilities[index, self.predicted[index]]:.0%}"
        return (
            f"{label}, {confidence}"
            if label == predicted
            else f"{label} → {predicted}, {confidence}"
        )


def load_predictions(run: Run) -> Predictions:
    """The run's predictions.

    Raises:
        RunError: they are damaged or cut short.
        DatasetError: the test images are, or are no longer there for who looks.
    """
    library.check(run.dataset)  # they may have been read for somebody else
    return _predictions(run.path, _changed_at(run))


def others(run: Run) -> list[Run]:
    """All other models that were trained on the same data set."""
    return [other for other in trained_on(run.dataset) if other.path != run.path]


def trained_on(dataset: DataSet) -> list[Run]:
    """All models that predict the test images of that data set."""
    found = []
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # a damaged one is reported where it is chosen
            if run.dataset.digest == dataset.digest:
                found.append(run)
    return found


def best(dataset: DataSet, count: int) -> list[Predictions]:
    """Those of the data set's models with the highest test accuracy, the best first.

    Only independently trained models count, so that their agreement is evidence.
    """
    found = []
    for run in trained_on(dataset):
        with contextlib.suppress(RunError, DatasetError):  # as above
            if run.recipe.independent:
                found.append(load_predictions(run))
    return sorted(found, key=lambda each: -each.accuracy)[:count]


@st.cache_resource(max_entries=64, show_spinner=False)  # 200 KB each, and `best` reads all
def _predictions(path: Path, changed_at: float) -> Predictions:
    run = Run(path)
    probabilities, predicted = run.predictions()
    images, labels = run.dataset.load("test")
    return Predictions(run, run.dataset, images, labels, probabilities, predicted)


def _changed_at(run: Run) -> float:
    path = run.path / "predictions.npz"
    return path.stat().st_mtime if path.exists() else 0.0
