"""Loss and accuracy of a run, or of a model file, on labelled images: in words, and as a row."""

import contextlib
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.analysis import metrics
from fmnist.data import file_kinds
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference import classifier
from fmnist.runs.files import RunError

from . import preprocessings, sandbox
from .inspection import MODELS
from .preprocessings import Found

WEAK = 0.6  # training accuracy below which a network has learned too little to tell from what
FOR_FILES = "--preprocessing is for model files; a run's model takes pixels from 0 to 255."


@dataclasses.dataclass(frozen=True)
class Figures:
    """How good a model is on some images."""

    model: str  # as it was named
    images: int
    accuracy: float
    loss: float
    preprocessing: str | None = None  # of a model file
    found: Found | None = None  # how the preprocessing was found out; None where it was given

    @property
    def doubt(self) -> str | None:
        """Why the figures may mean nothing, in a sentence; None where they mean what they say."""
        if self.found and self.found.order:
            return f"Doubtful: {order_in_words(self.found)}"
        return metrics.doubt(self.accuracy, self.loss, len(CLASS_NAMES))

    def row(self) -> dict[str, Any]:
        """What `evaluate --json` prints; `preprocessing` and `doubt` only where there is one."""
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
        """Sentences for a person, the doubt right after the figures that it is about."""
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
    """Ask a model for images whose classes are known.

    Args:
        model: a run's name or directory, or a file that Keras saved.
        images: (N, 28, 28) uint8.
        labels: (N,) class indices.
        preprocessing: what a file's model has learned from; None finds it out.

    Raises:
        RunError: there is no such run, or it has no trained model.
        ModelFileError: the file cannot be used.
    """
    name, found = None, None
    if is_file(model):
        with progress() as report:
            answers, name, found = sandbox.ask(Path(model), images, preprocessing, report)
    elif preprocessing:
        raise RunError(FOR_FILES)
    else:
        answers = classifier.named(model).probabilities(images)
    accuracy = metrics.accuracy(answers.argmax(axis=1), labels)
    loss = metrics.cross_entropy(answers, labels)
    return Figures(model, len(images), accuracy, loss, name, found)


def is_file(model: str) -> bool:
    """Whether a model is named by its file, and not by its run."""
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
    if found.accuracy < metrics.least_accuracy(len(CLASS_NAMES)):
        return f"{what}, the most accurate of those tried, but with it {tried}, which is close to guessing."
    next_best = f"{found.second_accuracy:.1%} with {found.second}"
    equal = ", which may be equally good" * found.equal
    weak = f" None reaches {WEAK:.0%}, so the model may need another one." * (found.accuracy < WEAK)
    return f"{what}, found by trying: {tried}, {next_best}{equal}.{weak}"


def order_in_words(found: Found) -> str:
    """That a model's classes seem to be in another order than the data set's."""
    names = ", ".join(CLASS_NAMES[label] for label in found.order or ())
    return (
        f"its outputs seem to be in another class order; {found.reordered_accuracy:.1%} would be correct "
        f"in this order: {names}."
    )


def how_found(found: Found | None) -> dict[str, Any]:
    """The same for programs: nothing more where the preprocessing was given."""
    if found is None:
        return {"given": True}
    row = found._asdict() | {"given": False, "training_images": preprocessings.COMPARED}
    del row["name"], row["reordered_accuracy"]
    return row | {"order": list(found.order) if found.order else None}


@contextlib.contextmanager
def progress() -> Iterator[sandbox.Progress]:
    """Shows what is being done as a line on a terminal's standard error, gone at the end."""

    def show(words: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)

    try:
        yield lambda words: show(f"{words} …")
    finally:
        show("")
