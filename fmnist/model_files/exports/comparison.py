"""How far what an export predicts is from what the run's own model predicts."""

from typing import NamedTuple

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
        """A sentence, after what was compared."""
        same = round(self.agreement * self.images)
        words = (
            f"the same class for {same:,} of {self.images:,} images, "
            f"probabilities differ by at most {self.difference:.1g}"
        )
        if self.accuracy is None or self.original_accuracy is None:
            return words
        return f"{words}; accuracy {self.accuracy:.1%} (original {self.original_accuracy:.1%})"


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
