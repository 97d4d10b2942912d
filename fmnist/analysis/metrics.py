"""Probabilities and labels in; accuracy, loss, confusion and mistakes out."""

import dataclasses
import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np

# Half-width of the 95 % interval in standard errors of a mean of 2, 3, ... 10 values (Student, Biometrika 6, 1908).
STUDENTS_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
RESAMPLES = 2_000  # of a bootstrap: its percentiles are then stable to a tenth of the interval
TAILS = (0.025, 0.975)  # of an interval of 95 %
CHANCE = (
    0.05,
    0.2,
)  # up to this accuracy above that of guessing, or loss above it (in nats), is close to it
CONFIDENT = (
    0.5  # confidence threshold: below this probability of the predicted class, it is unsure;
)
CONFIDENT_OF_TWO = 0.7  # that of two classes, of which one always has half


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the predictions, (N,) class indices, that equal the labels, (N,)."""
    return float((predicted == labels).mean())


def accuracy_interval(share: float, count: int) -> tuple[float, float]:
    """The 95 % confidence interval of an accuracy measured on a sample of images.

    The score interval of Wilson (Journal of the American Statistical Association 22, 1927).

    Args:
        share: of the images that were classified correctly.
        count: how many images, above 0.
    """
    normal = 1.96  # the standard normal distribution has 95 % within +- this
    centre = share + normal**2 / (2 * count)
    width = normal * math.sqrt(share * (1 - share) / count + (normal / (2 * count)) ** 2)
    low, high = ((centre + side * width) / (1 + normal**2 / count) for side in (-1, 1))
    return low, high


def bootstrap_interval(figure: Callable[[np.ndarray], float], count: int) -> tuple[float, float]:
    """The 95 % confidence interval of a figure of a sample, by the percentiles of the bootstrap.

    Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7, 1979.

    Args:
        figure: of a resample, the indices (count,) of the images in it.
        count: how many images the sample has, above 0.
    """
    rng = np.random.default_rng(0)
    found = [figure(rng.integers(count, size=count)) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, TAILS)
    return float(low), float(high)


def share_interval(held: np.ndarray) -> tuple[float, float]:
    """The 95 % confidence interval of the share of images for which something holds.

    By the bootstrap over the images, whose resamples have a binomial number of them; where it holds
    for all or none, so that all resamples are alike, by `accuracy_interval`.

    Args:
        held: (N,) bool, N above 0.
    """
    count, share = len(held), float(held.mean())
    if share in (0, 1):
        return accuracy_interval(share, count)
    found = np.random.default_rng(0).binomial(count, share, RESAMPLES) / count
    low, high = np.quantile(found, TAILS)
    return float(low), float(high)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % confidence interval of a mean, by Student's t-distribution.

    It assumes normally distributed values, which is about true for accuracies over seeds.

    Args:
        values: a sample of two or more.
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
        probabilities: (N, C); clipped from below at 1e-7, like in Keras.
        labels: (N,) class indices.
    """
    return float(losses(probabilities, labels).mean())


def scores(prefix: str, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Loss and accuracy with the names of a result, such as `test_loss` and `test_accuracy`.

    Args:
        prefix: "test_".
        probabilities: (N, C).
        labels: (N,) class indices.
    """
    return {
        f"{prefix}loss": cross_entropy(probabilities, labels),
        f"{prefix}accuracy": accuracy(probabilities.argmax(axis=1), labels),
    }


def least_accuracy(guess: float) -> float:
    """The accuracy from which on a network does better than guessing, whose accuracy is `guess`."""
    return round(min(guess + CHANCE[0], (1 + guess) / 2), 6)  # 0.15 for 0.1, not a hair more


def least_confidence(classes: int) -> float:
    """The confidence threshold for so many classes."""
    return CONFIDENT_OF_TWO if classes == 2 else CONFIDENT


def evidence(probabilities: np.ndarray) -> np.ndarray:
    """How far the most probable class stands out: its log-probability above the mean over the classes.

    That is the highest logit above the mean logit, which is small for what is of no class even where the
    confidence, a matter of the best two classes, is high. Hendrycks et al., "Scaling Out-of-Distribution
    Detection for Real-World Settings", arXiv 1911.11132, use the highest logit; taking the mean off makes
    it a function of the probabilities.

    Args:
        probabilities: (..., C); clipped from below at 1e-9.

    Returns:
        (...), in nats: 0 for equal probabilities, at most 21.
    """
    logs = np.log(np.clip(probabilities, 1e-9, 1))
    return np.asarray(logs.max(axis=-1) - logs.mean(axis=-1))


def doubt(accuracy: float, loss: float, classes: int, guess: float | None = None) -> str | None:
    """A sentence to stand beside figures that are no better than guessing; None for better ones.

    Guessing among ten classes has an accuracy of 0.1 and a loss of ln 10 = 2.30. Show the sentence
    wherever you show the accuracy or loss of a model on labelled images.

    Args:
        accuracy: share of the images that were classified correctly.
        loss: mean cross-entropy, in nats.
        classes: how many there are.
        guess: the accuracy of guessing, if the classes have unequal numbers of images.
    """
    guess = guess or 1 / classes
    causes = (
        "Check how the pixels are preprocessed, the order of the classes, and the labels; an "
        "untrained model gives such figures, too."
    )
    if not accuracy >= least_accuracy(guess):  # NaN is doubtful, too
        return (
            f"Doubtful: an accuracy of {accuracy:.1%} is close to guessing ({guess:.0%}). {causes}"
        )
    if not loss <= math.log(classes) + CHANCE[1]:
        return f"Doubtful: a loss of {loss:.2f} is worse than that of guessing ({math.log(classes):.2f}). {causes}"
    return None


def losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The loss of each image, whose mean is `cross_entropy`: (N,) float64, in nats."""
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.clip(true, 1e-7, 1)))


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts of images by true class (row) and predicted class (column): (classes, classes) int."""
    counts = np.bincount(labels.astype(int) * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes)


def mistakes(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Indices of the images whose predicted class is not their label, ascending."""
    return np.flatnonzero(labels != predicted)


@dataclasses.dataclass(frozen=True)
class ClassScores:
    """One figure per class, each (classes,) float64; 0 instead of a division by zero."""

    precision: np.ndarray  # share of the images predicted as the class that are of the class
    recall: np.ndarray  # share of the images of the class that are predicted as the class
    f1: np.ndarray  # their harmonic mean


def class_scores(matrix: np.ndarray) -> ClassScores:
    """Precision, recall and F1 of each class from a `confusion_matrix`."""
    right = np.diag(matrix).astype(float)
    taken_for, true = matrix.sum(axis=0), matrix.sum(axis=1)
    ratios = (right / np.maximum(1, count) for count in (taken_for, true, (taken_for + true) / 2))
    return ClassScores(*ratios)


@dataclasses.dataclass(frozen=True)
class Reliability:
    """The accuracy at each level of confidence, in bins."""

    edges: np.ndarray  # (bins + 1,) of the confidence
    count: np.ndarray  # (bins,) predictions
    confidence: np.ndarray  # (bins,) mean; nan in an empty bin
    accuracy: np.ndarray  # (bins,) share of correct predictions; nan in an empty bin


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> Reliability:
    """The figures of a reliability diagram (Guo et al., arXiv 1706.04599, section 2).

    Args:
        probabilities: (N, C).
        labels: (N,) class indices.
        bins: how many, of equal width in the probability of the predicted class.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(places, minlength=bins)
    some = np.where(count, count, np.nan)
    sums = (np.bincount(places, values, minlength=bins) for values in (confidence, right))
    return Reliability(np.linspace(0, 1, bins + 1), count, *(total / some for total in sums))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: the mean difference of confidence and accuracy.

    Guo et al., equation 3; arguments: see `reliability`.
    """
    bin_by_bin = reliability(probabilities, labels, bins)
    apart = np.abs(bin_by_bin.accuracy - bin_by_bin.confidence) * bin_by_bin.count
    return float(np.nansum(apart) / len(labels))


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p-value of McNemar's exact test (Psychometrika 12, 1947) of two models.

    Null hypothesis: an image that only one of the two classifies correctly is equally likely to be
    either model's.

    Args:
        only_first: number of images that only the first model classifies correctly.
        only_second: number of images that only the second does.
    """
    tosses = only_first + only_second
    ways, total = 1, 0
    for heads in range(min(only_first, only_second) + 1):
        total += ways
        ways = ways * (tosses - heads) // (heads + 1)
    return float(min(1.0, 2 * total / 2**tosses))


def best_temperature(views: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the lowest loss: what to divide the logits by (arXiv 1706.04599, section 4.2).

    Args:
        views: (V, N, C) probabilities of V augmented views of each image; their mean is the prediction.
        labels: (N,) class indices.

    Returns:
        0.25 to 4; above 1 for an overconfident model.
    """
    logits = np.log(np.clip(views.astype(np.float64), 1e-12, 1))

    def loss(temperature: float) -> float:
        powers = np.exp(logits / temperature)
        return cross_entropy((powers / powers.sum(axis=-1, keepdims=True)).mean(axis=0), labels)

    return float(min(np.geomspace(0.25, 4, 81), key=loss))
