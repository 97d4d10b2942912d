"""Loss and accuracy of a run or a model file on labelled images, as text and as JSON."""

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist, file_kinds
from fmnist.data.dataset import DataSet
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference.classifier import Classifier
from fmnist.runs import listing
from fmnist.runs.files import RunError

from . import preprocessings, sandbox
from .inspection import MODELS
from .limited import Progress
from .preprocessings import Found

WEAK = 0.6  # training accuracy below which no preprocessing stands out
FOR_FILES = "--preprocessing is for model files; a run's model takes pixels from 0 to 255."


@dataclasses.dataclass(frozen=True)
class Figures:
    """How good a model is on some images."""

    model: str  # the name or path that was given
    images: int
    accuracy: float
    loss: float
    classes: int
    guess: float  # the accuracy of guessing
    preprocessing: str | None = None  # of a model file
    found: Found | None = None  # how the preprocessing was detected; None if it was given

    @property
    def doubt(self) -> str | None:
        """Why the figures may be meaningless, in a sentence; None if there is no reason to doubt them."""
        if self.found and self.found.order:
            return f"Doubtful: {order_in_words(self.found)}"
        return metrics.doubt(self.accuracy, self.loss, self.classes, self.guess)

    def row(self) -> dict[str, Any]:
        """What `evaluate --json` prints; `preprocessing` and `doubt` are optional."""
        row: dict[str, Any] = {
            "model": self.model,
            "accuracy": self.accuracy,
            "loss": self.loss,
            "images": self.images,
        }
        if self.doubt:
            row["doubt"] = self.doubt
        if self.preprocessing:
            row["preprocessing"] = {"name": self.preprocessing} | how_found(self.found)
        return row

    def in_words(self, what: str = "test images") -> list[str]:
        """Sentences to print; a doubt comes right after the figures."""
        low, high = metrics.accuracy_interval(self.accuracy, self.images)
        lines = [
            f"Final scores on {self.images:,} {what}: loss {self.loss:.4f}, "
            f"accuracy {self.accuracy:.2%}",
            self.doubt,
            f"95 % confidence interval: {low:.2%} to {high:.2%}.",
            in_words(self.preprocessing, self.found) if self.preprocessing else None,
        ]
        return [line for line in lines if line]


def measure(
    model: str, images: np.ndarray, labels: np.ndarray, preprocessing: str | None = None
) -> Figures:
    """Evaluate a model on labelled images.

    Args:
        model: a run's name or directory, or a file that Keras saved.
        images: (N, *shape) uint8, in the form that the model takes.
        labels: (N,) class indices.
        preprocessing: the one that a file's model was trained with; None detects it.

    Raises:
        RunError: the run does not exist or has no trained model.
        ModelFileError: the file cannot be used.
    """
    name, found = None, None
    if is_file(model):
        with progress() as report:
            probabilities, name, found = sandbox.predict(Path(model), images, preprocessing, report)
    elif preprocessing:
        raise RunError(FOR_FILES)
    else:
        probabilities = Classifier.load(model).probabilities(images)
    accuracy = metrics.accuracy(probabilities.argmax(axis=1), labels)
    loss = metrics.cross_entropy(probabilities, labels)
    dataset = dataset_of(model)
    return Figures(model, len(images), accuracy, loss, dataset.classes, dataset.guess, name, found)


def dataset_of(model: str) -> DataSet:
    """The data set that a run was trained on; for a model file, Fashion-MNIST.

    Raises:
        RunError: the run does not exist or cannot be read.
    """
    return fashion_mnist.DATASET if is_file(model) else listing.named(model).dataset


def is_file(model: str) -> bool:
    """Whether `model` is the path of a model file rather than the name of a run."""
    path = Path(model)
    is_model = path.suffix.lower() in MODELS or path.is_file()
    return is_model or file_kinds.kind_of(path) in ("saved-model", "keras-folder")


def in_words(preprocessing: str, found: Found | None) -> str:
    """Which preprocessing a model file was given, and how clearly it stands out."""
    what = f"Preprocessing: {preprocessing} ({preprocessings.in_words(preprocessing)})"
    if found is None:
        return f"{what}, as given."
    tried = f"{found.accuracy:.1%} of {preprocessings.COMPARED:,} training images are classified correctly"
    if found.order:
        return f"{what}, the most accurate of those tried; {order_in_words(found)}"
    if found.accuracy < metrics.least_accuracy(fashion_mnist.DATASET.guess):
        return f"{what}, the most accurate of those tried, but with it {tried}, which is close to guessing."
    next_best = f"{found.second_accuracy:.1%} with {found.second}"
    equal = ", which may be equally good" * found.equal
    weak = f" None reaches {WEAK:.0%}, so the model may need another one." * (found.accuracy < WEAK)
    return f"{what}, found by trying: {tried}, {next_best}{equal}.{weak}"


def order_in_words(found: Found) -> str:
    """A sentence for a model whose classes seem to be in another order than the data set's."""
    names = ", ".join(CLASS_NAMES[label] for label in found.order or ())
    return (
        f"its outputs seem to be in another class order; {found.reordered_accuracy:.1%} would be correct "
        f"in this order: {names}."
    )


def how_found(found: Found | None) -> dict[str, Any]:
    """The same as JSON; only `given` if the preprocessing was given."""
    if found is None:
        return {"given": True}
    row = found._asdict() | {"given": False, "training_images": preprocessings.COMPARED}
    del row["name"], row["reordered_accuracy"]
    return row | {"order": list(found.order) if found.order else None}


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """Show the current stage as one line on a terminal's standard error, erased at the end."""

    def show(words: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    try:
        yield lambda words: show(f"{words} …")
    finally:
        show("")
