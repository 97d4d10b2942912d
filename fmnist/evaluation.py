"""Probabilities and labels in; accuracy, loss, confusion and mistakes out."""

import numpy as np


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


def class_scores(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of each class, from a confusion matrix; 0 where undefined.

    Returns:
        {"precision", "recall", "f1"}: (10,) float64 each.
    """
    right = np.diag(matrix).astype(float)
    precision = right / np.maximum(matrix.sum(axis=0), 1)
    recall = right / np.maximum(matrix.sum(axis=1), 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return {"precision": precision, "recall": recall, "f1": f1}
