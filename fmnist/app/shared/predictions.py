"""A model's predictions for the test images, read once for all visitors."""

import contextlib
import dataclasses
import functools
from pathlib import Path

import numpy as np
import streamlit as st

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import listing
from fmnist.runs.files import RunError
from fmnist.runs.run import Run


@dataclasses.dataclass(frozen=True)
class Predictions:
    """What one model predicts for the 10,000 test images, and their labels."""

    run: Run
    images: np.ndarray  # (10000, 28, 28) uint8
    labels: np.ndarray  # (10000,) uint8
    probabilities: np.ndarray  # (10000, 10) float16
    predicted: np.ndarray  # (10000,) uint8

    @functools.cached_property
    def confidence(self) -> np.ndarray:
        """(10000,) float16: the probability of each predicted class."""
        sure: np.ndarray = self.probabilities[np.arange(len(self.predicted)), self.predicted]
        return sure

    @functools.cached_property
    def accuracy(self) -> float:
        return metrics.accuracy(self.predicted, self.labels)

    def caption(self, index: int) -> str:
        """Label, predicted class and confidence in a few words."""
        label, predicted = CLASS_NAMES[self.labels[index]], CLASS_NAMES[self.predicted[index]]
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
        DatasetError: the test images are.
    """
    changed_at = _changed_at(run)
    return _predictions(run.path, changed_at)


def others(run: Run) -> list[Run]:
    """All other trained models."""
    return [other for other in listing.usable_runs() if other.path != run.path]


def best(count: int) -> list[Predictions]:
    """Those of the models with the highest test accuracy, the best first.

    Only independently trained models count, so that their agreement is evidence.
    """
    found = []
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # a damaged one is reported where it is chosen
            if run.recipe.independent:
                found.append(load_predictions(run))
    return sorted(found, key=lambda each: -each.accuracy)[:count]


@st.cache_resource(max_entries=64, show_spinner=False)  # 200 KB each, and `best` reads all
def _predictions(path: Path, changed_at: float) -> Predictions:
    run = Run(path)
    probabilities, predicted = run.predictions()
    images, labels = fashion_mnist.load("test")
    return Predictions(run, images, labels, probabilities, predicted)


def _changed_at(run: Run) -> float:
    path = run.path / "predictions.npz"
    return path.stat().st_mtime if path.exists() else 0.0
