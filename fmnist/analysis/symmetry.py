"""Whether mirrored images are of the same classes: a shoe is, a 2 is not."""

import cv2
import numpy as np

from .metrics import mcnemar

MOST = 2_000  # images that are compared, evenly drawn
SIDE = 14  # pixels: as small as shapes can be told
LOST = 0.3  # share of the images that lose their class; of Fashion-MNIST, whose shoes all point left, 0.2 do
LEVEL = 0.05  # of significance


def keeps_classes(images: np.ndarray, labels: np.ndarray, axis: int) -> bool:
    """Whether the most similar other image of a mirrored one is as often of its class as that of the image itself.

    Args:
        images: (N, side, side) or (N, side, side, 3) uint8.
        labels: (N,) class indices.
        axis: 2 mirrors left to right, 1 top to bottom.
    """
    some = np.linspace(0, len(images) - 1, min(MOST, len(images))).astype(int)
    images, labels = images[some], labels[some]
    known = _directions(images)
    plain, mirrored = (
        _nearest(views, known, labels) for views in (known, _directions(np.flip(images, axis)))
    )
    lost, won = (int(np.count_nonzero(part)) for part in (plain & ~mirrored, mirrored & ~plain))
    return lost - won <= LOST * len(labels) or mcnemar(lost, won) > LEVEL


def _directions(images: np.ndarray) -> np.ndarray:
    """Small images as vectors of length 1 around their mean: (N, D) float32."""
    small = [cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for image in images]
    flat = np.stack(small).reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))


def _nearest(views: np.ndarray, known: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Whether the class of each view's nearest image is its own, (N,) bool; the image itself does not count."""
    similar = views @ known.T
    np.fill_diagonal(similar, -np.inf)
    return np.asarray(labels[similar.argmax(axis=1)] == labels)
