"""A data set at a glance: counts, samples, mean images, and two maps of all images."""

import numpy as np

# The temperature at which also a small doubt is seen on the map. Of more classes each takes some of the
# weight, so that it must be lower: about 4 for ten classes, 2.2 for a hundred.
SOFTENING, MOST_SOFTENING = 7.1, 4.0
SMALLEST = 2.0**-24  # the smallest float16 above 0: stored probabilities below it read 0


def class_counts(labels: np.ndarray, classes: int) -> np.ndarray:
    """How many images each class has: (C,) int, for labels (N,)."""
    return np.bincount(labels, minlength=classes)


def sample(labels: np.ndarray, shown: range, per_class: int, seed: int) -> list[np.ndarray]:
    """Images of some classes, drawn without putting back.

    Args:
        labels: (N,) uint8.
        shown: the labels of these classes.
        per_class: how many of each, at most.
        seed: the same seed draws the same images.

    Returns:
        For each of the classes, (per_class,) indices, fewer where it has fewer images.
    """
    draw = np.random.default_rng(seed)
    return [draw.permutation(np.flatnonzero(labels == label))[:per_class] for label in shown]


def mean_images(images: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The mean image of each class, pixel by pixel.

    Args:
        images: (N, *shape) uint8.
        labels: (N,) uint8.
        classes: C, how many there are.

    Returns:
        (C, *shape) uint8, rounded; black for a class without images.
    """
    means = np.zeros((classes, *images.shape[1:]), np.uint8)
    for label in np.unique(labels):
        means[label] = images[labels == label].mean(axis=0).round()
    return means


def map_of_pixels(images: np.ndarray) -> np.ndarray:
    """Where each image stands when only its pixels count: their two principal components.

    Computed by subspace iteration from a random start (Halko, Martinsson and Tropp, arXiv
    0909.4061, algorithm 4.4), which needs a tenth of a second where an eigendecomposition of all
    covariances needs one.

    Args:
        images: (N, *shape) uint8.

    Returns:
        (N, 2) float32 within -1 to 1, one scale for both axes, the middle at 0.
    """
    pixels = images.reshape(len(images), -1).astype(np.float32)
    pixels -= pixels.mean(axis=0)
    basis = np.random.default_rng(0).standard_normal((pixels.shape[1], 8)).astype(np.float32)
    for _ in range(4):
        basis, _ = np.linalg.qr(pixels.T @ (pixels @ basis))
    components, spread, _ = np.linalg.svd(pixels @ basis, full_matrices=False)
    places = np.zeros((len(images), 2), np.float32)
    found = min(2, len(spread))  # one image has no second direction
    places[:, :found] = components[:, :found] * spread[:found]
    places *= np.sign(places[np.abs(places).argmax(axis=0), [0, 1]])  # a component has no sign
    places -= (places.min(axis=0) + places.max(axis=0)) / 2
    return np.asarray(places / (np.abs(places).max() or 1))  # 0 where all images are the same


def ring(means: np.ndarray) -> np.ndarray:
    """The classes in an order in which those that look alike are neighbours, once around.

    A short round trip through the mean images: to the nearest next, then without the crossings that
    a turned part removes (2-opt: Croes, "A method for solving traveling-salesman problems", 1958).

    Args:
        means: (C, *shape) uint8.

    Returns:
        (C,) int, each label once.
    """
    flat = means.reshape(len(means), -1).astype(np.float64)
    squares = (flat**2).sum(axis=1)
    away = np.sqrt(np.maximum(0, squares[:, None] + squares - 2 * flat @ flat.T))
    order, left = [0], set(range(1, len(flat)))
    while left:
        order.append(min(left, key=lambda label: float(away[order[-1], label])))
        left.remove(order[-1])
    while _uncross(order, away):
        pass
    return np.array(order)


def _uncross(order: list[int], away: np.ndarray) -> bool:
    """Turn each part of the round trip that is shorter so; whether there was one."""
    turned, count = False, len(order)
    for i in range(count - 1):
        for j in range(i + 2, count):
            a, b, c, d = order[i], order[i + 1], order[j], order[(j + 1) % count]
            if away[a, c] + away[b, d] < away[a, b] + away[c, d] - 1e-6:
                order[i + 1 : j + 1] = order[i + 1 : j + 1][::-1]
                turned = True
    return turned


def class_places(order: np.ndarray) -> np.ndarray:
    """Where each class stands on `map_of_predictions`, for an order as `ring` gives it.

    Returns:
        (C, 2) float32 on the circle of radius 1.
    """
    count = len(order)
    angles = np.empty(count, np.float32)
    angles[order] = (np.arange(count) + 0.5) / count * 2 * np.pi  # so that no name is at an edge
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def map_of_predictions(probabilities: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Where each image stands by what a network predicts for it: nearer to what is likelier.

    Each is the mean of the class places, weighted by its probabilities (the layout RadViz:
    Hoffman et al., "DNA visual and analytic data mining", 1997). These are softened first, as if
    the logits were divided by a temperature, or all confident predictions would be one point.

    Args:
        probabilities: (N, C) float; rows sum to 1.
        places: (C, 2) float32, of the classes, as `class_places` gives them.

    Returns:
        (N, 2) float32 within the circle of radius 1.
    """
    temperature = min(MOST_SOFTENING, SOFTENING / len(places) ** 0.25)
    likely = np.maximum(probabilities.astype(np.float32), SMALLEST) ** (1 / temperature)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True) @ places)
