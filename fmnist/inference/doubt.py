"""When a prediction is "I can't tell", and when it is "I am sure".

A network gives probabilities whatever it sees, and a confident one for many a cat. So a model may have
an operating point, in its result.json: how much evidence (`metrics.evidence`) there has to be for a
class. `python -m fmnist benchmark pictures DIR --choose-threshold` chooses it on labelled drawings and
photos. A model without one, as most of a user's own, goes by its confidence and by whether an image
is similar to its training images.
"""

from typing import Protocol

import numpy as np

from fmnist.analysis.metrics import evidence, least_confidence
from fmnist.data.dataset import DataSet
from fmnist.runs.fields import OperatingPoint

from .familiarity import are_familiar, not_compared

SURE = 0.9  # confidence threshold of a sure prediction
NOT_SEPARATED = "The item could not be separated from its background."
UNLIKE = "It does not look enough like any class."


class Classifier(Protocol):
    """Any model: that of a trained run or another one."""

    @property
    def dataset(self) -> DataSet:
        """What it was trained on."""

    @property
    def operating_point(self) -> OperatingPoint | None:
        """How much evidence it needs; None if that was never chosen."""

    @property
    def knows_outlines(self) -> bool:
        """Whether it was trained on outlines that are not filled, too, and so can read them."""

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, C) float32, C classes, for (N, *shape) uint8 in the data set's form."""


def reason(probabilities: np.ndarray, separated: bool, point: OperatingPoint | None) -> str:
    """The reason why the prediction is "I can't tell", in a sentence; empty if it is not.

    Args:
        probabilities: (C,).
        separated: whether the item could be told from its background clearly.
        point: the model's operating point.
    """
    if not separated:
        return NOT_SEPARATED
    if point:
        return UNLIKE if evidence(probabilities) < point["least"] else ""
    least = least_confidence(len(probabilities))
    return f"No class reaches {least:.0%}." if probabilities.max() < least else ""


def are_sure(images: np.ndarray, probabilities: np.ndarray, classifier: Classifier) -> np.ndarray:
    """Which predictions are "I am sure", unless there is a reason why they are unsure.

    Args:
        images: (N, *shape) uint8.
        probabilities: (N, C), by the classifier.
        classifier: whose operating point or training images to use.

    Returns:
        (N,) bool.
    """
    if point := classifier.operating_point:
        return have_enough(probabilities, point)
    sure = np.asarray(probabilities.max(axis=-1) >= SURE)
    sure[sure] = are_familiar(images[sure], classifier)
    return sure


def problem(classifier: Classifier) -> str | None:
    """What "I am sure" does not take into account but should, in a sentence; None if there is nothing."""
    return None if classifier.operating_point else not_compared(classifier)


def have_enough(probabilities: np.ndarray, point: OperatingPoint) -> np.ndarray:
    """Where confidence and evidence, of (..., C) probabilities, suffice to be sure: (...) bool."""
    confident = probabilities.max(axis=-1) >= SURE
    return np.asarray(confident & (evidence(probabilities) >= point["sure"]))
