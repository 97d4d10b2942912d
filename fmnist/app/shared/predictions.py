"""A model's answers to the test images, read once for all visitors."""

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
class Answers:
    """What one model says of the 10,000 test images, beside what their labels say."""

    run: Run
    images: np.ndarray  # (10000, 28, 28) uint8
    labels: np.ndarray  # (10000,) uint8
    probabilities: np.ndarray  # (10000, 10) float16
    predicted: np.ndarray  # (10000,) uint8

    @functools.cached_property
    def confidence(self) -> np.ndarray:
        """(10000,) float16: how sure the model is of each answer."""
        return self.probabilities[np.arange(len(self.predicted)), self.predicted]

    @functools.cached_property
    def accuracy(self) -> float:
        return metrics.accuracy(self.predicted, self.labels)

    def caption(self, index: int) -> str:
        """Label, answer and confidence in a few words."""
        label, answer = CLASS_NAMES[self.labels[index]], CLASS_NAMES[self.predicted[index]]
        sure = f"{self.probabilities[index, self.predicted[index]]:.0%}"
        return f"{label}, {sure}" if label == answer else f"{label} → {answer}, {sure}"


def answers(run: Run) -> Answers:
    """The run's answers.

    Raises:
        RunError: they are damaged or cut short.
        DatasetError: the test images are.
    """
    changed_at = _changed_at(run)
    return _answers(run.path, changed_at)


def others(run: Run) -> list[Run]:
    """The other models that have been trained."""
    return [other for other in listing.usable_runs() if other.path != run.path]


def best(count: int) -> list[Answers]:
    """Those of the models that are the most accurate on the test images, the best first.

    None of them owes anything to another run: that they agree tells something.
    """
    found = []
    for run in listing.usable_runs():
        with contextlib.suppress(RunError):  # a damaged one says so where it is chosen
            if run.recipe.independent:
                found.append(answers(run))
    return sorted(found, key=lambda told: -told.accuracy)[:count]


@st.cache_resource(max_entries=64, show_spinner=False)  # 200 KB each, and `best` asks all
def _answers(path: Path, changed_at: float) -> Answers:
    run = Run(path)
    probabilities, predicted = run.predictions()
    images, labels = fashion_mnist.load("test")
    return Answers(run, images, labels, probabilities, predicted)


def _changed_at(run: Run) -> float:
    path = run.path / "predictions.npz"
    return path.stat().st_mtime if path.exists() else 0.0
