"""The data set at a glance: counts, samples, mean images, and two maps of all images."""

import numpy as np

# The classes once around the map: those that look alike are neighbours.
RING = (1, 3, 0, 6, 2, 4, 8, 9, 7, 5)
SOFTENING = 4.0  # temperature at which also a small doubt is seen on the map
SMALLEST = 2.0**-24  # the smallest float16 above 0: stored probabilities below it read 0


def class_counts(labels: np.ndarray) -> np.ndarray:
    """How many images each class has: (10,) int, for labels (N,)."""
    return np.bincount(labels, minlength=10)


def sample(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Images of each class, drawn without putting back.

    Args:
        labels: (N,) uint8.
        per_class: how many of each; no more than the smallest class has.
        seed: the same seed draws the same images.

    Returns:
        (10, per_class) indices, a row a class.
    """
    draw = np.random.default_rng(seed)
    rows = [draw.choice(np.flatnonzero(labels == label), per_class, False) for label in range(10)]
    return np.stack(rows)


def mean_images(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean image of each class, pixel by pixel.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8; each class occurs.

    Returns:
        (10, 28, 28) uint8, rounded.
    """
    means = [images[labels == label].mean(axis=0) for label in range(10)]
    return np.stack(means).round().astype(np.uint8)


def map_of_pixels(images: np.ndarray) -> np.ndarray:
    """Where each image stands when only its pixels count: their two principal components.

    Computed by subspace iteration from a random start (Halko, Martinsson and Tropp, arXiv
    0909.4061, algorithm 4.4), which needs a tenth of a second where an eigendecomposition of all
    784 x 784 covariances needs one.

    Args:
        images: (N, 28, 28) uint8; N at least 2.

    Returns:
        (N, 2) float32 within -1 to 1, one scale for both axes, the middle at 0.
    """
    pixels = images.reshape(len(images), -1).astype(np.float32)
    pixels -= pixels.mean(axis=0)
    basis = np.random.default_rng(0).standard_normal((pixels.shape[1], 8)).astype(np.float32)
    for _ in range(4):
        basis, _ = np.linalg.qr(pixels.T @ (pixels @ basis))
    components, spread, _ = np.linalg.svd(pixels @ basis, full_matrices=False)
    places = components[:, :2] * spread[:2]
    places *= np.sign(places[np.abs(places).argmax(axis=0), [0, 1]])  # a component has no sign
    places -= (places.min(axis=0) + places.max(axis=0)) / 2
    return np.asarray(places / np.abs(places).max())


def class_places() -> np.ndarray:
    """Where each class stands on `map_of_predictions`: (10, 2) float32 on the circle of radius 1."""
    angles = np.empty(10, np.float32)
    angles[list(RING)] = (np.arange(10) + 0.5) / 10 * 2 * np.pi  # so that no name is at an edge
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def map_of_predictions(probabilities: np.ndarray) -> np.ndarray:
    """Where each image stands by what a network says of it: nearer to what is likelier.

    Each is the mean of the ten class places, weighted by its probabilities (the layout RadViz:
    Hoffman et al., "DNA visual and analytic data mining", 1997). These are softened first, as if
    the logits were divided by `SOFTENING`, or all that is sure would be one point.

    Args:
        probabilities: (N, 10) float; rows sum to 1.

    Returns:
        (N, 2) float32 within the circle of radius 1.
    """
    likely = np.maximum(probabilities.astype(np.float32), SMALLEST) ** (1 / SOFTENING)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True) @ class_places())
