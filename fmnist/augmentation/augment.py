"""What training does to images: each augmentation makes new images out of a batch.

All of them work on (N, side, side) uint8, grey, or (N, side, side, 3), colour, with 0 as background, and change a share of the batch or
each image by a random amount, drawn from the generator that they are given. What mixes images
mixes what is wanted of the network, too.
"""

from collections.abc import Sequence

import cv2
import numpy as np

SHIFT = 1 / 14  # of the side, the furthest that `shift` moves an image
TURN = 10  # degrees, the furthest that `affine` turns an image
ZOOM = 0.1  # share of its size that `affine` zooms and shifts it by, at most
ERASE = (1 / 7, 3 / 7)  # of the side, shortest and (exclusive) longest edge of what `erase` fills
FMIX_DECAY = 3  # the power of the frequency by which `fmix` damps it, the paper's


def augment(
    images: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    rng: np.random.Generator,
    mirrored: np.ndarray | None = None,
) -> np.ndarray:
    """Apply the augmentations of the given names in turn.

    Args:
        images: (N, *shape) uint8.
        labels: (N,) uint8; what `imitate` makes of an image depends on what it shows.
        names: keys of `AUGMENTATIONS`.
        rng: where the randomness comes from.
        mirrored: (N,) bool, the images that `flip` mirrors; None for about half of them, by chance.

    Returns:
        (N, *shape) uint8; the input is not changed.
    """
    for name in names:
        if name == "flip" and mirrored is not None:
            images = _mirror(images, mirrored)
        else:
            images = AUGMENTATIONS[name](images, labels, rng)
    return images


def flip(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mirror about half of the images left to right."""
    return _mirror(images, rng.random(len(images)) < 0.5)


def _mirror(images: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
    """Mirror those left to right of which (N,) `mirrored` says so."""
    return np.where(_over(images, mirrored), images[:, :, ::-1], images)


def flip_vertical(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn about half of the images upside down."""
    mirrored = rng.random(len(images)) < 0.5
    return np.where(_over(images, mirrored), images[:, ::-1], images)


def affine(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn by up to 10 degrees, and zoom and shift by up to a tenth along each axis.

    As Keras' `ImageDataGenerator` does it: the edge's values go on beyond the edge.
    """
    count, size = len(images), images.shape[1]
    angle = np.deg2rad(rng.uniform(-TURN, TURN, count))
    zoom = rng.uniform(1 - ZOOM, 1 + ZOOM, (count, 2, 1))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn.transpose(2, 0, 1) * zoom
    center = np.full((2, 1), (size - 1) / 2)
    shift = center - matrix @ center + rng.uniform(-ZOOM, ZOOM, (count, 2, 1)) * size
    moves = np.concatenate([matrix, shift], axis=2)
    made = [
        cv2.warpAffine(image, move, (size, size), borderMode=cv2.BORDER_REPLICATE)
        for image, move in zip(images, moves, strict=True)
    ]
    return np.stack(made)


def shift(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move each image by up to `SHIFT` of its side down or up and left or right."""
    far = round(SHIFT * images.shape[1])
    padded = np.pad(images, ((0, 0), (far, far), (far, far), (0, 0))[: images.ndim])
    axes = tuple(range(1, images.ndim))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[1:], axis=axes)
    down, right = rng.integers(0, 2 * far + 1, (2, len(images)))
    return np.asarray(windows[np.arange(len(images)), down, right]).reshape(images.shape)


def cutmix(
    images: np.ndarray, targets: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Put a rectangle of another image into about half of them (CutMix, arXiv 1905.04899).

    Args:
        images: (N, *shape) uint8.
        targets: (N, C) float32, the probabilities that are wanted.
        rng: where the randomness comes from.

    Returns:
        Images and targets: those of two images are mixed by the share of the area that each has.
    """
    count, size = len(images), images.shape[1]
    # Uniform shares of the area, as the paper draws them; a rectangle may be cut off by the edge.
    edge = np.sqrt(rng.random((count, 1, 1))) * size / 2
    row, column = rng.random((2, count, 1, 1)) * size
    rows, columns = np.arange(size)[:, None] + 0.5, np.arange(size) + 0.5
    inside = (abs(rows - row) < edge) & (abs(columns - column) < edge)
    inside &= rng.random((count, 1, 1)) < 0.5
    return _mixed(images, targets, inside, rng)


def fmix(
    images: np.ndarray, targets: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Put blots of another image into about half of them (FMix, arXiv 2002.12047).

    A blot is where noise of low frequencies is above a threshold; the share of the area that it covers is
    uniform. Arguments and result as of `cutmix`.
    """
    count, size = len(images), images.shape[1]
    frequencies = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size))
    damping = np.maximum(frequencies, 1 / size) ** -FMIX_DECAY
    real, imaginary = rng.standard_normal((2, count, *damping.shape), dtype=np.float32)
    noise = np.fft.irfft2((real + 1j * imaginary) * damping, (size, size)).astype(np.float32)
    ranked = np.sort(noise.reshape(count, -1))
    covered = rng.integers(0, size * size, count)  # pixels
    inside = noise > ranked[np.arange(count), -1 - covered][:, None, None]
    inside &= rng.random((count, 1, 1)) < 0.5
    return _mixed(images, targets, inside, rng)


def _mixed(
    images: np.ndarray, targets: np.ndarray, inside: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Each image with another one where (N, side, side) `inside` says so, and what is wanted of it."""
    partner = rng.permutation(len(images))
    share = inside.mean(axis=(1, 2), dtype=np.float32)[:, None]
    mixed = np.where(_over(images, inside), images[partner], images)
    return mixed, (1 - share) * targets + share * targets[partner]


def erase(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Fill a rectangle in about half of the images with noise (random erasing, arXiv 1708.04896)."""
    count, size = len(images), images.shape[1]
    shortest, longest = (round(share * size) for share in ERASE)
    height, width = rng.integers(shortest, longest, (2, count, 1, 1))
    top, left = rng.integers(0, size, (2, count, 1, 1)) - np.stack([height, width]) // 2
    rows, columns = np.arange(size)[:, None], np.arange(size)
    inside = (rows >= top) & (rows < top + height) & (columns >= left) & (columns < left + width)
    inside &= rng.random((count, 1, 1)) < 0.5
    noise = rng.integers(0, 256, images.shape, dtype=np.uint8)
    return np.where(_over(images, inside), noise, images)


def _over(images: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values an image or a pixel, with the axes that they lack to be broadcast over the images."""
    return values.reshape(values.shape + (1,) * (images.ndim - values.ndim))


def sketch_photo(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make many of the images look like drawings and photos that people bring; see `sketch_photo`."""
    from .sketch_photo import imitate  # and all that draws: predicting loads this module, not that

    return imitate(images, labels, rng)


GARMENTS_ONLY = ("sketch-photo",)  # it knows where sleeves and shoes are
AUGMENTATIONS = {
    "flip": flip,
    "flip-vertical": flip_vertical,
    "shift": shift,
    "affine": affine,
    "erase": erase,
    "sketch-photo": sketch_photo,
}

MIXES = {"cutmix": cutmix, "fmix": fmix}
