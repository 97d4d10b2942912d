"""Which labels may be wrong: confident learning, by what a model says of images it never saw.

Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
arXiv 1911.00068; section numbers below are of that paper. A model's own probabilities say which
labels to doubt, provided that it did not learn from the images that it judges.
"""

import numpy as np


def thresholds(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How sure the model is of a class, on average, where the label says that class (section 3.1).

    Args:
        probabilities: (N, 10), of images that the model did not learn from.
        labels: (N,) class indices, as given.

    Returns:
        (10,) float64; infinity for a class that no label names.
    """
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, own, minlength=classes)
    return np.where(count, total / np.maximum(1, count), np.inf)


def suggestions(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The class that each image most likely is, by the confident joint (section 3.1).

    It is the most probable one of the classes that reach their threshold; where none does, nothing
    is known better than the label. An image whose suggestion is not its label is counted off the
    diagonal of the joint: its label is in doubt.

    Returns:
        (N,) class indices. Arguments as for `thresholds`.
    """
    reached = np.where(probabilities >= thresholds(probabilities, labels), probabilities, -1)
    return np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), labels)


def margins(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """By how much the label's probability exceeds the best other one's (section 3.2).

    Returns:
        (N,) float64, -1 to 1; the lower, the more doubtful is the label.
    """
    others = probabilities.astype(np.float64)
    places = np.arange(len(labels)), labels
    own = others[places]
    others[places] = -1
    return np.asarray(own - others.max(axis=1))


def disputed(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the images that several models all take for the same other class, ascending.

    Args:
        predicted: (M, N), the classes that M models predict.
        labels: (N,) class indices, as given.
    """
    agreed = (predicted == predicted[0]).all(axis=0)
    return np.flatnonzero(agreed & (predicted[0] != labels))


def doubtful(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the images whose label is in doubt, the most doubtful first."""
    found = np.flatnonzero(suggestions(probabilities, labels) != labels)
    return found[np.argsort(margins(probabilities, labels)[found], kind="stable")]
