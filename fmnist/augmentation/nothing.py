"""Images that show no garment, so that the network learns to be unsure."""

import cv2
import numpy as np

from .drawn.pen import drawn, painted
from .drawn.things import thing
from .elastic import SIZE, noise

SHARES = {"drawn": 0.45, "photographed": 0.37, "scribbled": 0.18}
PATCHED = 0.3  # share of the photos with patches of images as their texture


def nothing(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drawings and photos of other things, curls and blots, one for each image.

    Args:
        images: (N, 28, 28) uint8, of whose patches some things are made.
        rng: where the randomness comes from.

    Returns:
        (N, 28, 28) uint8.
    """
    kind = rng.choice(len(SHARES), len(images), p=list(SHARES.values()))
    result = np.zeros_like(images)
    for i in np.flatnonzero(kind == 0):
        result[i] = drawn(thing(rng), rng.normal(0, 12), rng)
    result[kind == 1] = photographed(images[kind == 1], rng)
    result[kind == 2] = scribbled(int(np.count_nonzero(kind == 2)), rng)
    return result


def photographed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Things with shades and textures, cut out: of several tones, or of patches of the images."""
    n = len(images)

    def some(share: float, low: float, high: float) -> np.ndarray:
        return (rng.random((n, 1, 1)) < share) * rng.uniform(low, high, (n, 1, 1))

    parts = np.zeros(images.shape, np.float32)
    for i in range(n):
        parts[i] = _areas(rng)
        if rng.random() < PATCHED:
            parts[i] = np.where(parts[i] > 0, _patches(images, rng), 0)
    value = parts + some(1, 10, 70) * noise(n, 2, rng) + some(0.7, 5, 50) * noise(n, 7, rng)
    value += some(0.4, 10, 60) * noise(n, 13, rng) * (noise(n, 3, rng) > 0)
    value += some(0.5, 2, 25) * rng.standard_normal(value.shape, np.float32)
    ragged = some(0.2, 0.3, 0.7) * noise(n, 8, rng) > -0.6
    return np.asarray(np.where((parts > 0) & ragged, np.clip(value, 12, 255), 0), np.uint8)


def _areas(rng: np.random.Generator) -> np.ndarray:
    """A thing of one tone or several, a blob, or all of the frame, as a room: (28, 28) uint8."""
    way = rng.random()
    if way < 0.65:
        return painted(thing(rng), rng.normal(0, 25), rng)
    tone = rng.uniform(60, 220)
    return np.asarray(tone * _blob(rng) if way < 0.9 else np.full((SIZE, SIZE), tone), np.uint8)


def _blob(rng: np.random.Generator) -> np.ndarray:
    """One smooth shape, or several: (28, 28) bool."""
    at = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    far = (np.abs(at / rng.uniform(0.4, 1)) ** 2.5)[:, None] + np.abs(
        at / rng.uniform(0.4, 1)
    ) ** 2.5
    field = noise(1, int(rng.integers(2, 7)), rng)[0]
    return np.asarray(far + rng.uniform(0.1, 0.6) * field < 0.9)


def _patches(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Four pieces of images, enlarged, turned and put together: (28, 28) uint8."""
    half = SIZE // 2
    result = np.zeros((SIZE, SIZE), np.uint8)
    for top in (0, half):
        for left in (0, half):
            size = int(rng.integers(5, 12))
            y, x = rng.integers(4, SIZE - 4 - size, 2)
            piece = images[rng.integers(len(images)), y : y + size, x : x + size]
            turned = np.ascontiguousarray(np.rot90(piece, int(rng.integers(4))))
            result[top : top + half, left : left + half] = cv2.resize(turned, (half, half))
    return np.maximum(result, 20)


def scribbled(n: int, rng: np.random.Generator) -> np.ndarray:
    """Curls and blots: (N, 28, 28) uint8."""
    field = np.stack(
        [noise(1, int(rng.integers(2, 8)), rng)[0] for _ in range(n)] or [np.empty((0, 0))]
    )
    field = field.reshape(n, SIZE, SIZE)
    steep = np.maximum(np.abs(np.gradient(field, axis=(1, 2))).sum(axis=0), 0.05)
    curls = np.clip(rng.uniform(0.5, 1.2, (n, 1, 1)) + 0.5 - np.abs(field) / steep, 0, 1)
    blots = np.clip((field - rng.uniform(0, 1, (n, 1, 1))) / steep, 0, 1)
    grain = np.clip(rng.normal(0.5, 0.3, field.shape), 0, 1)
    values = np.stack([curls, np.maximum(curls, 0.75 * (field > 0)), blots, grain])
    which = rng.choice(4, n, p=[0.35, 0.2, 0.35, 0.1])
    return (255 * values[which, np.arange(n)]).astype(np.uint8)
