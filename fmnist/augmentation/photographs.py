"""Photos, as `preprocess` gives them, made from the data set's own images."""

import cv2
import numpy as np

from .drawings import turns
from .elastic import FAINT, OUTSIDE, SIZE, distances, noise, random_pose, sample

EDGE = 1.5  # pixels: as far from its silhouette, an image's own edge is mixed with the background
FILLED = (0.94, 1.05)  # of the side: `preprocess` makes an item fill the image
BOX = np.ones((3, 3), np.uint8)


def photograph(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, polarity, texture and pose, with the flaws of an item's cutting out.

    Args and result are those of `sketch_photo.imitate`.
    """
    n = len(images)

    def some(share: float, low: float = 1, high: float = 1) -> np.ndarray:
        """A random amount for a share of the images, 0 for the others."""
        return (rng.random((n, 1, 1)) < share) * rng.uniform(low, high, (n, 1, 1))

    distance = distances(images)
    pose = random_pose(distance < 0, turns(labels, 0.2, rng), 0.35, rng, FILLED)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    plain = sample(images.astype(np.float32), pose, 0)
    grey = _sharper(_to_the_edge(plain, distance), some(0.4, 0.3, 1.2))
    inside = np.clip(0.5 - distance + some(0.4, 0.4, 0.4) * noise(n, 7, rng), 0, 1)
    inside = np.where(some(0.5) > 0, inside * np.clip(plain / FAINT, 0, 1), inside)  # holes
    mean = (grey * inside).sum(axis=(1, 2), keepdims=True)
    mean /= inside.sum(axis=(1, 2), keepdims=True) + 1e-3
    contrast = rng.uniform(0.4, 1.4, (n, 1, 1)) * (1 - 2 * some(0.3))
    value = rng.triangular(60, 200, 245, (n, 1, 1)) + contrast * (grey - mean)
    value += noise(n, 3, rng) * some(0.8, 0, 30) + _stripes(n, rng) * some(0.1, 15, 60)
    value += (np.abs(noise(n, 9, rng)) - 0.8) * some(0.3, -35, 35)  # creases
    value += rng.standard_normal(value.shape, np.float32) * some(0.5, 0, 10)
    value = np.clip(value, 12, 255) * inside
    value[(noise(n, 3, rng) > 1.4) & (some(0.15) > 0)] = 0  # cut away by mistake
    left = np.clip(noise(n, 4, rng) - 0.8, 0, 1) * some(0.12, 200, 200)  # left there by mistake
    shadow = np.clip(some(0.2, 1.5, 4) - distance, 0, 1) * (noise(n, 3, rng) > 0)
    left = np.maximum(left, shadow * rng.uniform(20, 80, (n, 1, 1)))
    return np.asarray(np.clip(value + left * (1 - inside), 0, 255), np.uint8)


def _to_the_edge(grey: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """The garment's own tones up to its edge: negative contrast would give it a bright rim."""
    grown = [cv2.dilate(value, BOX) for value in grey] or [grey[:0]]
    return np.where(distance > -EDGE, np.stack(grown).reshape(grey.shape), grey)


def _sharper(grey: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Sharpened, as phones do it: what differs from its surroundings differs more."""
    blurred = [cv2.blur(value, (3, 3)) for value in grey] or [grey[:0]]
    return np.asarray(grey + by * (grey - np.stack(blurred).reshape(grey.shape)))


def _stripes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Waves, most of them upright or level: (N, 28, 28) float32, -1 to 1."""
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)], (n, 1, 1))
    length, start = rng.uniform(3, 9, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, 1))
    at = np.arange(SIZE)
    along = np.cos(angle) * at + np.sin(angle) * at[:, None]
    return np.asarray(np.sin(2 * np.pi * along / length + start), np.float32)
