"""Probabilities and labels in; accuracy, loss, confusion and mistakes out."""

import numpy as np

TELLING = 0.5  # probability of the answer from which on a model can tell what it sees


def accuracy(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of the predictions, (N,) class indices, that equal the labels, (N,)."""
    return float((predicted == labels).mean())


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-probability of the true class, in nats.

    Args:
        probabilities: (N, 10); clipped from below at 1e-7, as Keras does.
        labels: (N,) class indices.
    """
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.clip(true, 1e-7, 1)).mean())


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, classes: int = 10) -> np.ndarray:
    """How often each true class (row) was taken for each class (column): (10, 10) int."""
    counts = np.bincount(labels.astype(int) * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes)


def mistakes(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Indices of the images whose predicted class is not their label, ascending."""
    return np.flatnonzero(labels != predicted)
