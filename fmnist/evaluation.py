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


def recalls(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Share of each class's images that are told rightly: (10,) float64; NaN for one without."""
    matrix = confusion_matrix(labels, predicted)
    with np.errstate(invalid="ignore"):
        return matrix.diagonal() / matrix.sum(axis=1)


def mistakes(labels: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Indices of the images whose predicted class is not their label, ascending."""
    return np.flatnonzero(labels != predicted)


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: how far confidence and accuracy are apart, on average.

    Args:
        probabilities: (N, 10).
        labels: (N,) class indices.
        bins: of equal width, by confidence (Guo et al., arXiv 1706.04599, section 2).
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    apart = np.bincount(places, right - confidence, minlength=bins)
    return float(np.abs(apart).sum() / len(labels))


def best_temperature(views: np.ndarray, labels: np.ndarray) -> float:
    """What the logits should be divided by for the lowest loss (arXiv 1706.04599, section 4.2).

    Args:
        views: (V, N, 10) probabilities for V views of each picture; a model answers with their mean.
        labels: (N,) class indices.

    Returns:
        0.5 to 4; above 1 where the model is too sure.
    """
    logits = np.log(np.clip(views.astype(np.float64), 1e-12, 1))

    def loss(temperature: float) -> float:
        powers = np.exp(logits / temperature)
        return cross_entropy((powers / powers.sum(axis=-1, keepdims=True)).mean(axis=0), labels)

    return float(min(np.geomspace(0.5, 4, 61), key=loss))
