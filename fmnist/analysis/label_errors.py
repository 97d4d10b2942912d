"""Finds labels that may be wrong by confident learning, from the predictions of a model.

Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
arXiv 1911.00068; section numbers below are of that paper. The predictions must be out of sample: the
model must not have been trained on the images.
"""

import numpy as np


def thresholds(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean probability of each class over the images labelled with it (section 3.1).

    Args:
        probabilities: (N, classes), out of sample.
        labels: (N,) class indices, the given ones.

    Returns:
        (classes,) float64; infinity for a class without labels.
    """
    classes = probabilities.shape[1]
    own = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, own, minlength=classes)
    return np.where(count, total / np.maximum(1, count), np.inf)


def suggestions(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The most likely true class of each image, by the confident joint (section 3.1).

    It is the most probable of the classes that reach their threshold, or the given label if none does.
    An image whose suggestion differs from its label is off the diagonal of the joint.

    Args:
        probabilities, labels: see `thresholds`.

    Returns:
        (N,) class indices.
    """
    reached = np.where(probabilities >= thresholds(probabilities, labels), probabilities, -1)
    return np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), labels)


def margins(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The normalized margin: the label's probability minus that of the best other class (section 3.2).

    Returns:
        (N,) float64, -1 to 1; the lower, the more likely a label error.
    """
    others = probabilities.astype(np.float64)
    places = np.arange(len(labels)), labels
    own = others[places]
    others[places] = -1
    return np.asarray(own - others.max(axis=1))


def against_consensus(predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the images for which all models predict the same other class, ascending.

    Args:
        predicted: (M, N), the predicted classes of M models.
        labels: (N,) class indices, the given ones.
    """
    agreed = (predicted == predicted[0]).all(axis=0)
    return np.flatnonzero(agreed & (predicted[0] != labels))


def label_issues(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the images whose label is probably wrong, the most likely error first."""
    found = np.flatnonzero(suggestions(probabilities, labels) != labels)
    return found[np.argsort(margins(probabilities, labels)[found], kind="stable")]
