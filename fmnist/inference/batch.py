"""Many photos and drawings + a classifier -> a row each: on the page, at the shell and in a CSV file."""

import csv
import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from fmnist.data.dataset import DataSet
from fmnist.data.files.encoded_images import EncodedImage, content_of
from fmnist.data.files.label_values import index_of
from fmnist.data.files.opening import counted
from fmnist.data.image_files import ImageFileError

from .doubt import Classifier
from .prediction import CERTAINTIES, Prediction, in_words, predict

NOT_READ = "not read"
COLUMNS = (
    *("file", "label", "confidence", "certainty", "reason", "true_label", "correct"),
    *("kind", "turned", "item", "items", "error"),
)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a model predicts for one of many files, or why it does not."""

    file: str  # its path, as it is shown
    found: Prediction | None = None
    problem: str = ""  # a sentence
    true_label: str = ""  # the name of its class, where that is known

    @property
    def certainty(self) -> str:
        """One of `CERTAINTIES`, or NOT_READ."""
        return self.found.certainty if self.found else NOT_READ

    @property
    def correct(self) -> bool | None:
        """Whether the predicted class is the true one; None where either is unknown."""
        if not self.found or not self.true_label:
            return None
        return self.found.label == self.true_label

    def light(self) -> "Outcome":
        """The same without the photo and its steps, megabytes each."""
        if not self.found:
            return self
        prepared = dataclasses.replace(self.found.prepared, steps=())
        found = dataclasses.replace(self.found, prepared=prepared, photo=None)
        return dataclasses.replace(self, found=found)

    def row(self) -> dict[str, Any]:
        """The fields of a JSON line."""
        fields = self.found.row() if self.found else {"error": self.problem}
        known = {"true_label": self.true_label, "correct": self.correct}
        return {"file": self.file} | fields | (known if self.true_label else {})

    def in_words(self) -> str:
        """A line for the terminal."""
        if not self.found:
            named = self.problem.startswith(self.file)
            return self.problem if named else f"{self.file}: {self.problem}"
        parts = [f"{self.file}: {in_words(self.found)}", self.found.reason]
        if self.correct is not None:
            parts.append("Correct." if self.correct else f"Wrong: labelled {self.true_label}.")
        return " ".join(filter(None, parts))


def predict_one(
    photo: EncodedImage,
    classifier: Classifier,
    turns: int | None = None,
    item: int | None = None,
) -> Outcome:
    """`predict` for one of many image files; what cannot be used is a problem, not an error."""
    label = _true_label(photo, classifier.dataset)
    try:
        found = predict(content_of(photo), classifier, turns=turns, item=item)
    except ImageFileError as error:
        return Outcome(photo.place, problem=str(error), true_label=label)
    return Outcome(photo.place, found, true_label=label)


def _true_label(photo: EncodedImage, dataset: DataSet) -> str:
    index = index_of(photo.label, dataset) if photo.label else None
    return "" if index is None else dataset.class_names[index]


class Table:
    """A CSV file of outcomes: `COLUMNS`, then the probability of each class."""

    def __init__(self, file: TextIO, class_names: Sequence[str]):
        """Write the first line."""
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow([*COLUMNS, *class_names])

    def add(self, outcome: Outcome) -> None:
        """Write a line."""
        row = outcome.row() | {"certainty": outcome.certainty}
        row["items"] = len(row.get("items", ())) or None
        values = [*map(row.get, COLUMNS), *row.get("probabilities", ())]
        self._writer.writerow(
            [f"{value:.4f}" if isinstance(value, float) else value for value in values]
        )


def summary(outcomes: Iterable[Outcome], thing: str = "photo") -> str:
    """How many there are of each certainty; where true classes are known, how many are correct."""
    outcomes = list(outcomes)
    counts = Counter(outcome.certainty for outcome in outcomes)
    parts = [f"{counts[word]:,} {word}" for word in (*CERTAINTIES, NOT_READ) if counts[word]]
    words = f"{counted(len(outcomes), thing)}{': ' if parts else ''}{', '.join(parts)}."
    known = [outcome.correct for outcome in outcomes if outcome.correct is not None]
    if known:
        words += f" {sum(known):,} of {len(known):,} labelled are correct ({sum(known) / len(known):.0%})."
    return words
