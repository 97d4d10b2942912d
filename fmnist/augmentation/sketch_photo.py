"""What people draw and photograph, made from the data set's own images.

A network that has seen shop photos alone knows nothing of outlines, of sleeves spread on a floor,
of shoes in pairs, of a cut that is not clean. `imitate` turns a share of the training images into
such, each another way each time. They are rendered from the distances to the silhouette and to the
edges within, so that strokes and edges stay smooth at 28 x 28 pixels however they are bent.
"""

import numpy as np

from .elastic import OUTSIDE, SIZE, distances, noise, random_pose, sample
from .inner_lines import LINED, each, inner_lines, stroke
from .scenes import (
    SANDAL,
    SHOES,
    SNEAKER,
    TOPS,
    TROUSERS,
    TSHIRT,
    ankle_raised,
    arranged,
    at_an_angle,
    from_above,
    legs_spread,
    pair,
    sleeves_spread,
    taller,
)

DRAWINGS, PHOTOS = 0.3, 0.3  # shares of the images; the others stay as they are, but for
SCRIBBLES = 0.03  # which show nothing: whatever their labels, the network learns to be unsure
STROKE = (0.7, 1.3)  # pixels wide, about as `preprocess` redraws the lines of a drawing


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


def draw(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outlines and fillings, bent and wobbling, with some of the inner lines.

    Args and result are those of `imitate`.
    """
    n = len(images)
    images = images.copy()
    for i, label in enumerate(labels):
        images[i] = _as_drawn(images[i], label, rng)
    distance = distances(images)
    bend = rng.uniform(0.1, 0.6, (n, 1, 1))  # some draw with a steady hand
    pose = random_pose(distance < 0, _turns(labels, 0.12, rng), bend, rng)
    half = rng.uniform(*STROKE, (n, 1, 1)) / 2
    lines = inner_lines(images, labels, distance, pose, half, rng)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    distance += bend * rng.uniform(0, 0.8, (n, 1, 1)) * noise(n, 7, rng)
    inside = np.clip(0.5 - distance, 0, 1)
    outline = stroke(distance + half, half)
    lined = each(np.isin(labels, LINED))
    is_painted = rng.random((n, 1, 1)) < np.where(lined, 0.03, 0.15)
    is_open = rng.random((n, 1, 1)) < 0.15  # the outline was not closed, so nothing is filled
    outline *= np.where(is_open, noise(n, 6, rng) > -1.2, 1)
    fill = np.where(is_open, 0, rng.uniform(0.65, 0.85, (n, 1, 1))) * inside
    paint = rng.uniform(0.6, 1, (n, 1, 1)) * inside
    outlined = fill + (1 - fill) * np.maximum(outline, lines * inside)
    value = np.where(is_painted, paint, outlined)
    return np.asarray(255 * value).astype(np.uint8)


def photograph(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, polarity, texture and pose, with the flaws of an item's cutting out.

    Args and result are those of `imitate`.
    """
    n = len(images)

    def some(share: float, low: float = 1, high: float = 1) -> np.ndarray:
        """A random amount for a share of the images, 0 for the others."""
        return (rng.random((n, 1, 1)) < share) * rng.uniform(low, high, (n, 1, 1))

    distance = distances(images)
    pose = random_pose(distance < 0, _turns(labels, 0.25, rng), 0.35, rng)
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


def scribble(n: int, rng: np.random.Generator) -> np.ndarray:
    """Curls and blots that are no garment: (N, 28, 28) uint8."""
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


def _as_drawn(image: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Arranged as people like to draw it."""
    chance = rng.random()
    if label in TOPS and chance < 0.5:
        return sleeves_spread(image, label == TSHIRT, rng)
    if label == TROUSERS and chance < 0.6:
        return legs_spread(image, rng)
    if label in SHOES and chance < (0.4 if label == SANDAL else 0.08):
        return (from_above if rng.random() < 0.6 else pair)(image, label, rng)
    if label == SNEAKER and chance < 0.5:
        return ankle_raised(image, rng)
    if label in SHOES and chance > 0.5:
        image = taller(image, rng)
        return at_an_angle(image, label, rng) if chance > 0.7 else image
    return image


def _turns(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Degrees, (N,): a share of the shoes lies any way; all else is upright, about."""
    is_shoe, n = np.isin(labels, SHOES), len(labels)
    upright = rng.normal(0, np.where(is_shoe, 18, 7))
    return np.where(is_shoe & (rng.random(n) < share), rng.uniform(-90, 90, n), upright)


def _stripes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Waves, most of them upright or level: (N, 28, 28) float32, -1 to 1."""
    angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)], (n, 1, 1))
    length, start = rng.uniform(3, 9, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, 1))
    at = np.arange(SIZE)
    along = np.cos(angle) * at + np.sin(angle) * at[:, None]
    return np.asarray(np.sin(2 * np.pi * along / length + start), np.float32)
