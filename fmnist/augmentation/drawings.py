"""Drawings, as `preprocess` gives them, made from the data set's own images."""

import numpy as np

from .elastic import OUTSIDE, distances, noise, random_pose, sample
from .inner_lines import LINED, each, inner_lines, stroke
from .scenes import (
    SANDAL,
    SHOES,
    SNEAKER,
    TOPS,
    TROUSERS,
    TSHIRT,
    ankle_raised,
    at_an_angle,
    from_above,
    legs_spread,
    pair,
    sleeves_spread,
    taller,
)

STROKE = (0.7, 1.3)  # pixels wide, about as `preprocess` redraws the lines of a drawing


def draw(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outlines and fillings, bent and wobbling, with some of the inner lines.

    Args and result are those of `sketch_photo.imitate`.
    """
    n = len(images)
    images = images.copy()
    for i, label in enumerate(labels):
        images[i] = _as_drawn(images[i], label, rng)
    distance = distances(images)
    bend = rng.uniform(0.1, 0.6, (n, 1, 1))  # some draw with a steady hand
    pose = random_pose(distance < 0, turns(labels, 0.12, rng), bend, rng)
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


def turns(labels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Degrees, (N,): a share of the shoes lies any way; all else is upright, about."""
    is_shoe, n = np.isin(labels, SHOES), len(labels)
    upright = rng.normal(0, np.where(is_shoe, 18, 7))
    return np.where(is_shoe & (rng.random(n) < share), rng.uniform(-90, 90, n), upright)
