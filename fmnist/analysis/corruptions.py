"""Corrupted test images that people still recognise: shifted, rotated, noisy.

After Hendrycks and Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions",
arXiv 1903.12261, with strengths for images as small as those of Fashion-MNIST.
"""

import dataclasses
import zlib
from collections.abc import Callable, Iterable

import cv2
import numpy as np

IMAGES = 2_000  # robustness is measured on the first of the test images


@dataclasses.dataclass(frozen=True)
class Corruption:
    """A kind of corruption and its strengths."""

    summary: str
    unit: str
    strengths: tuple[float, ...]  # ascending; 0 changes nothing
    change: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def corrupt(images: np.ndarray, kind: str, strength: float) -> np.ndarray:
    """Corrupt images in one way, reproducibly.

    Args:
        images: (N, *shape) uint8.
        kind: a key of `CORRUPTIONS`.
        strength: in the kind's unit; 0 leaves the images unchanged.

    Returns:
        (N, *shape) uint8.
    """
    if not strength or not len(images):
        return images.copy()
    rng = np.random.default_rng([zlib.crc32(kind.encode()), round(100 * strength)])
    return CORRUPTIONS[kind].change(images, strength, rng)


def _shift(images: np.ndarray, pixels: float, rng: np.random.Generator) -> np.ndarray:
    directions = rng.uniform(0, 2 * np.pi, len(images))
    moves = np.round(pixels * np.stack([np.cos(directions), np.sin(directions)], axis=1))
    matrices = np.zeros((len(images), 2, 3))
    matrices[:, 0, 0] = matrices[:, 1, 1] = 1
    matrices[:, :, 2] = moves
    return _warped(images, matrices)


def _rotate(images: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    signs = rng.choice((-1, 1), len(images))
    centre = ((images.shape[2] - 1) / 2, (images.shape[1] - 1) / 2)
    return _warped(images, [cv2.getRotationMatrix2D(centre, sign * degrees, 1) for sign in signs])


def _warped(images: np.ndarray, matrices: Iterable[np.ndarray]) -> np.ndarray:
    size = images.shape[2], images.shape[1]
    pairs = zip(images, matrices, strict=True)
    return np.stack([cv2.warpAffine(image, matrix, size) for image, matrix in pairs])


def _add_noise(images: np.ndarray, levels: float, rng: np.random.Generator) -> np.ndarray:
    noise = rng.normal(0, levels, images.shape).astype(np.float32)
    return np.clip(np.rint(images + noise), 0, 255).astype(np.uint8)


def _blur(images: np.ndarray, sigma: float, _: np.random.Generator) -> np.ndarray:
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])


def _invert(images: np.ndarray, percent: float, _: np.random.Generator) -> np.ndarray:
    share = percent / 100
    return np.rint((1 - share) * images + share * (255.0 - images)).astype(np.uint8)


CORRUPTIONS = {
    "shift": Corruption(
        "Moved, each image in a direction of its own.", "pixels", (0, 1, 2, 3, 4, 6), _shift
    ),
    "rotation": Corruption(
        "Turned to the left or to the right.", "degrees", (0, 5, 10, 20, 30, 45, 90), _rotate
    ),
    "noise": Corruption(
        "Gaussian noise in each pixel.", "grey levels of 255", (0, 8, 16, 32, 48, 64), _add_noise
    ),
    "blur": Corruption("Out of focus.", "pixels", (0, 0.5, 1, 1.5, 2, 3), _blur),
    "inversion": Corruption(
        "Black becomes white and white black, step by step.", "%", (0, 20, 40, 60, 80, 100), _invert
    ),
}
