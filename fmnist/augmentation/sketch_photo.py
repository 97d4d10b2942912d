"""What people draw and photograph, made from the data set's own images.

A network that has seen shop photos alone knows nothing of outlines, of sleeves spread on a floor,
of shoes in pairs, of a cut that is not clean. `imitate` turns a share of the training images into
such, each another way each time. They are rendered from the distances to the silhouette and to the
edges within, so that strokes and edges stay smooth at 28 x 28 pixels however they are bent.
"""

import numpy as np

from .drawings import draw, turns
from .elastic import OUTSIDE, SIZE, distances, noise, random_pose, sample
from .nothing import scribble
from .scenes import arranged

DRAWINGS, PHOTOS = 0.3, 0.3  # shares of the images; the others stay as they are, but for
SCRIBBLES = 0.03  # which show nothing: whatever their labels, the network learns to be unsure


def imitate(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a share of the images look drawn, and another photographed by a person.

    Args:
        images: (N, 28, 28) uint8, 0 as background.
        labels: (N,) uint8; a shoe comes in pairs, trousers do not.
        rng: where the randomness comes from.

    Returns:
        (N, 28, 28) uint8; the input is not changed.
    """
    kind = rng.random(len(images))
    drawn = kind < DRAWINGS
    shot = ~drawn & (kind < DRAWINGS + PHOTOS)
    result = images.copy()
    result[drawn] = draw(images[drawn], labels[drawn], rng)
    scenes = arranged(images[shot], labels[shot], images, rng)
    result[shot] = photograph(scenes, labels[shot], rng)
    nothing = kind > 1 - SCRIBBLES
    result[nothing] = scribble(int(np.count_nonzero(nothing)), rng)
    return result


def photograph(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, polarity, texture and pose, with the flaws of an item's cutting out.

    Args and result are those of `imitate`.
    """
    n = len(images)

    def some(share: float, low: float = 1, high: float = 1) -> np.ndarray:
        """A random amount for a share of the images, 0 for the others."""
        return (rng.random((n, 1, 1)) < share) * rng.uniform(low, high, (n, 1, 1))

    distance = distances(images)
    pose = random_pose(distance < 0, turns(labels, 0.25, rng), 0.35, rng)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    grey = sample(images.astype(np.float32), pose, 0)
    inside = np.clip(0.5 - distance + some(0.5, 0.4, 0.4) * noise(n, 7, rng), 0, 1)
    mean = (grey * inside).sum(axis=(1, 2), keepdims=True)
    mean /= inside.sum(axis=(1, 2), keepdims=True) + 1e-3
    contrast = rng.uniform(0.3, 1.3, (n, 1, 1)) * (1 - 2 * some(0.3))
    value = rng.uniform(60, 230, (n, 1, 1)) + contrast * (grey - mean)
    value += noise(n, 3, rng) * some(1, 0, 30) + _stripes(n, rng) * some(0.15, 15, 60)
    value += rng.standard_normal(value.shape, np.float32) * some(1, 0, 12)
    value = np.clip(value, 12, 255) * inside
    value[(noise(n, 3, rng) > 1.4) & (some(0.2) > 0)] = 0  # cut away by mistake
    left = np.clip(noise(n, 4, rng) - 0.8, 0, 1) * some(0.12, 200, 200)  # left there by mistake
    return np.asarray(np.clip(value + left * (1 - inside), 0, 255), np.uint8)


def _stripes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Waves, most of them upright or level: (N, 28, 28) float32, -1 to 1."""
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)], (n, 1, 1))
    length, start = rng.uniform(3, 9, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, 1))
    at = np.arange(SIZE)
    along = np.cos(angle) * at + np.sin(angle) * at[:, None]
    return np.asarray(np.sin(2 * np.pi * along / length + start), np.float32)
