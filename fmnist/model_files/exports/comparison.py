"""How far what an export predicts is from what the run's own model predicts."""

from typing import Any, NamedTuple

import numpy as np

from fmnist.analysis import metrics

IMAGES = 1000  # test images that are compared
EXACT = 1e-4  # by how much a probability of an exact format may differ


class Comparison(NamedTuple):
    """Two models' predictions of the same images."""

    images: int
    difference: float  # the largest of two probabilities
    agreement: float  # share of images for which both predict the same class
    accuracy: float | None = None  # of the export; None without labels
    original_accuracy: float | None = None  # of the run's own model

    def in_words(self) -> str:
        """What was found, as the rest of a sentence."""
        what = "test images"
        if self.accuracy is None:
            what = "images of random pixels (the run's data set is gone)"
        same = round(self.agreement * self.images)
        number = np.format_float_positional(self.difference, 1, fractional=False, trim="-")
        apart = f"differ by at most {number}" if self.difference else "are identical"
        return f"the same class for {same:,} of {self.images:,} {what}, probabilities {apart}"


class Report(NamedTuple):
    """How an export was compared."""

    with_run: Comparison  # with the run's model.keras
    with_app: Comparison | None = (
        None  # with its model.tflite, where that has weights of eight bits
    )

    def in_words(self, runtime: str) -> list[str]:
        """Sentences to show; `runtime` is the name of what predicted."""
        lines = [f"Loaded by {runtime} and compared: {self.with_run.in_words()}."]
        accuracy, original = self.with_run.accuracy, self.with_run.original_accuracy
        if accuracy is not None and original is not None:
            lines.append(f"Accuracy on these images: {accuracy:.1%} (original: {original:.1%}).")
        if self.with_app:
            lines.append(
                "The app predicts with a copy of the model whose weights have 8 bits. Compared with that: "
                f"{self.with_app.in_words()}."
            )
        return lines

    def row(self) -> dict[str, Any]:
        """What JSON has of it."""
        row = self.with_run._asdict()
        return row | ({"app": self.with_app._asdict()} if self.with_app else {})

    @classmethod
    def read(cls, row: dict[str, Any]) -> "Report":
        """The opposite of `row`."""
        app = row.pop("app", None)
        return cls(Comparison(**row), Comparison(**app) if app else None)


def compare(found: np.ndarray, own: np.ndarray, labels: np.ndarray | None) -> Comparison:
    """Compare predictions.

    Args:
        found, own: probabilities by the export and by the run's own model, (N, C) float32.
        labels: (N,) class indices; None where they are not known.
    """
    classes = [probabilities.argmax(axis=1) for probabilities in (found, own)]
    accuracies = () if labels is None else [metrics.accuracy(each, labels) for each in classes]
    agreement = float((classes[0] == classes[1]).mean())
    return Comparison(len(own), float(np.abs(found - own).max()), agreement, *accuracies)
