"""Probabilities and labels in; accuracy, loss, confusion and mistakes out."""

import dataclasses
import math
import statistics
from collections.abc import Sequence

import numpy as np

# Within so many standard errors of a mean of 2, 3, ... 10 values lie 95 % (Student, Biometrika 6, 1908).
STUDENTS_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
CHANCE = (0.05, 0.2)  # accuracy above, and nats below, those of guessing that are still near to it
TELLING = 0.5  # probability of the answer from which on a model can tell what it sees


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the predictions, (N,) class indices, that equal the labels, (N,)."""
    return float((predicted == labels).mean())


def accuracy_interval(share: float, count: int) -> tuple[float, float]:
    """Between which accuracies the model's own lies, with 95 % certainty, after so many images.

    The interval of Wilson (Journal of the American Statistical Association 22, 1927): other images of
    the same kind would have given another share.

    Args:
        share: of the images that were classified correctly.
        count: how many images, above 0.
    """
    normal = 1.96  # within so many standard deviations lie 95 %
    centre = share + normal**2 / (2 * count)
    width = normal * math.sqrt(share * (1 - share) / count + (normal / (2 * count)) ** 2)
    low, high = ((centre + side * width) / (1 + normal**2 / count) for side in (-1, 1))
    return low, high


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Between which numbers the mean of all such values lies, with 95 % certainty, after some of them.

    Student's interval; it takes the values for normally distributed, as accuracies over seeds about are.

    Args:
        values: two or more.
    """
    factor = STUDENTS_T[
        min(len(values), len(STUDENTS_T) + 1) - 2
    ]  # of more than ten: a little too wide
    mean = statistics.mean(values)
    width = factor * statistics.stdev(values) / math.sqrt(len(values))
    return mean - width, mean + width


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-probability of the true class, in nats.

    Args:
        probabilities: (N, 10); clipped from below at 1e-7, as Keras does.
        labels: (N,) class indices.
    """
    return float(losses(probabilities, labels).mean())


def scores(prefix: str, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Loss and accuracy, as a result names them: `test_loss` and `test_accuracy`, say.

    Args:
        prefix: "test_".
        probabilities: (N, 10).
        labels: (N,) class indices.
    """
    return {
        f"{prefix}loss": cross_entropy(probabilities, labels),
        f"{prefix}accuracy": accuracy(probabilities.argmax(axis=1), labels),
    }


def least_accuracy(classes: int) -> float:
    """The accuracy from which on a network does better than guessing among so many classes."""
    return round(1 / classes + CHANCE[0], 6)  # 0.15 for ten, not a hair more


def doubt(accuracy: float, loss: float, classes: int) -> str | None:
    """A sentence to stand beside figures that are no better than guessing; None for better ones.

    Guessing among ten classes has an accuracy of 0.1 and a loss of ln 10 = 2.30. Whoever shows an
    accuracy or a loss of a model on labelled images shows this beside it.

    Args:
        accuracy: share of the images that were classified correctly.
        loss: mean cross-entropy, in nats.
        classes: how many there are.
    """
    causes = (
        "Check how the pixels are preprocessed, the order of the classes, and the labels; an "
        "untrained model gives such figures, too."
    )
    if not accuracy >= least_accuracy(classes):  # NaN is doubtful, too
        return f"Doubtful: an accuracy of {accuracy:.1%} is close to guessing ({1 / classes:.0%}). {causes}"
    if not loss <= math.log(classes) + CHANCE[1]:
        return f"Doubtful: a loss of {loss:.2f} is worse than that of guessing ({math.log(classes):.2f}). {causes}"
    return None


def losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each image's share in `cross_entropy`: (N,) float64, in nats."""
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.clip(true, 1e-7, 1)))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int = 10) -> np.ndarray:
    """How often each true class (row) was taken for each class (column): (10, 10) int."""
    counts = np.bincount(labels.astype(int) * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes)


def mistakes(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Indices of the images whose predicted class is not their label, ascending."""
    return np.flatnonzero(labels != predicted)


@dataclasses.dataclass(frozen=True)
class ClassScores:
    """One figure a class, each (10,) float64; 0 where there is nothing to divide by."""

    precision: np.ndarray  # of what was taken for the class, the share that is
    recall: np.ndarray  # of what is the class, the share that was taken for it
    f1: np.ndarray  # their harmonic mean


def class_scores(matrix: np.ndarray) -> ClassScores:
    """Precision, recall and F1 of each class from a `confusion_matrix`."""
    right = np.diag(matrix).astype(float)
    taken_for, true = matrix.sum(axis=0), matrix.sum(axis=1)
    ratios = (right / np.maximum(1, count) for count in (taken_for, true, (taken_for + true) / 2))
    return ClassScores(*ratios)


@dataclasses.dataclass(frozen=True)
class Reliability:
    """How often a model is right when it is so and so sure; a place a bin of confidence."""

    edges: np.ndarray  # (bins + 1,) of the confidence
    count: np.ndarray  # (bins,) predictions
    confidence: np.ndarray  # (bins,) their mean; nan in an empty bin
    accuracy: np.ndarray  # (bins,) the share that is right; nan in an empty bin


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> Reliability:
    """The figures of a reliability diagram (Guo et al., arXiv 1706.04599, section 2).

    Args:
        probabilities: (N, 10).
        labels: (N,) class indices.
        bins: of equal width, by the probability of the answer.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(places, minlength=bins)
    some = np.where(count, count, np.nan)
    sums = (np.bincount(places, values, minlength=bins) for values in (confidence, right))
    return Reliability(np.linspace(0, 1, bins + 1), count, *(total / some for total in sums))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: how far confidence and accuracy are apart, on average.

    Arguments as for `reliability`; the formula is equation 3 there.
    """
    bin_by_bin = reliability(probabilities, labels, bins)
    apart = np.abs(bin_by_bin.accuracy - bin_by_bin.confidence) * bin_by_bin.count
    return float(np.nansum(apart) / len(labels))


def mcnemar(only_first: int, only_second: int) -> float:
    """How likely two equally good models differ so much by chance: the p-value, two-sided.

    The exact test of McNemar (Psychometrika 12, 1947): of the images that only one of two models
    gets right, as many should fall to each, as with a fair coin.

    Args:
        only_first: how many images the first model alone gets right.
        only_second: how many the second alone.
    """
    tosses = only_first + only_second
    ways, total = 1, 0
    for heads in range(min(only_first, only_second) + 1):
        total += ways
        ways = ways * (tosses - heads) // (heads + 1)
    return float(min(1.0, 2 * total / 2**tosses))


def best_temperature(views: np.ndarray, labels: np.ndarray) -> float:
    """What the logits should be divided by for the lowest loss (arXiv 1706.04599, section 4.2).

    Args:
        views: (V, N, 10) probabilities for V views of each image; a model answers with their mean.
        labels: (N,) class indices.

    Returns:
        0.25 to 4; above 1 where the model is too sure.
    """
    logits = np.log(np.clip(views.astype(np.float64), 1e-12, 1))

    def loss(temperature: float) -> float:
        powers = np.exp(logits / temperature)
        return cross_entropy((powers / powers.sum(axis=-1, keepdims=True)).mean(axis=0), labels)

    return float(min(np.geomspace(0.25, 4, 81), key=loss))
