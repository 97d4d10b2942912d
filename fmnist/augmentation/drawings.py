"""Drawings, as `preprocess` gives them, made from the data set's own images."""

import cv2
import numpy as np

from .drawn import pen
from .elastic import CENTER, FAINT, OUTSIDE, SIZE, distances, framed, noise, random_pose, sample
from .inner_lines import LINED, OPEN, each, inner_lines, stroke
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

STROKE = (0.7, 1.3)  # pixels wide, about as `preprocess` redraws the lines of a drawing,
MARKER = (1.4, 2.2)  # or a marker draws them
TRACED = 0.15  # share of the garments that are drawn from corner to corner with a pen
ROUGH = (0.4, 1.6)  # pixels, how far such lines are from the silhouette's edge
UNTRACED = (*OPEN, SANDAL)  # of which an outline shows too little


def draw(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Outlines and fillings, bent and wobbling, with some of the inner lines.

    Args and result are those of `sketch_photo.imitate`.
    """
    n = len(images)
    images = images.copy()
    for i, label in enumerate(labels):
        images[i] = _as_drawn(images[i], label, rng)
    made = _rendered(images, labels, rng)
    traced = (rng.random(n) < TRACED) & ~np.isin(labels, UNTRACED)
    for i in map(int, np.flatnonzero(traced)):
        made[i] = _traced(images[i], rng)
    return made


def _rendered(images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The outlines with their inner lines: (N, 28, 28) uint8."""
    n = len(images)

    def some(share: float) -> np.ndarray:
        return rng.random((n, 1, 1)) < share

    distance = distances(images)
    bend = rng.uniform(0.1, 0.6, (n, 1, 1))  # some draw with a steady hand
    pose = random_pose(distance < 0, turns(labels, 0.12, rng), bend, rng)
    half = (
        np.where(some(0.08), rng.uniform(*MARKER, (n, 1, 1)), rng.uniform(*STROKE, (n, 1, 1))) / 2
    )
    lines = inner_lines(images, labels, distance, pose, half, rng)
    distance = sample(distance, pose, OUTSIDE) * pose.scale
    distance += bend * rng.uniform(0, 0.8, (n, 1, 1)) * noise(n, 7, rng)
    inside = np.clip(0.5 - distance, 0, 1)
    outline = stroke(distance + half, half)
    again = stroke(distance + half + rng.uniform(0.5, 1.5, (n, 1, 1)) * noise(n, 5, rng), half)
    outline = np.where(some(0.1), np.maximum(outline, again), outline)
    lined = each(np.isin(labels, LINED))
    is_painted = rng.random((n, 1, 1)) < np.where(lined, 0.03, 0.15)
    is_open = some(0.15)  # the outline was not closed, so nothing is filled
    outline *= np.where(is_open, noise(n, 6, rng) > -1.2, 1)
    across = _across(n, rng)
    half_filled, hatched = some(0.05) & (across < 0), some(0.05)
    hatching = inside * (np.abs(across % rng.uniform(2.5, 5, (n, 1, 1)) - 1) < 0.5)
    fill = np.where(is_open | half_filled, 0, rng.uniform(0.65, 0.85, (n, 1, 1))) * inside
    paint = rng.uniform(0.6, 1, (n, 1, 1)) * inside
    drawn = np.maximum(np.maximum(outline, hatched * hatching), lines * inside)
    value = np.where(is_painted, paint, fill + (1 - fill) * drawn)
    return np.asarray(255 * value).astype(np.uint8)


def _across(n: int, rng: np.random.Generator) -> np.ndarray:
    """How far each pixel is from a line through the middle at any angle: (N, 28, 28), in pixels."""
    angle, at = rng.uniform(0, 2 * np.pi, (n, 1, 1)), np.arange(SIZE) - CENTER
    return np.asarray(np.cos(angle) * at + np.sin(angle) * at[:, None])


def _traced(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """From corner to corner of the silhouette, as many as a person draws: (28, 28) uint8."""
    large = cv2.resize(np.pad((image > FAINT).astype(np.uint8) * 255, 1), None, fx=4, fy=4)
    found = cv2.findContours(
        (large > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )[0]
    if not found:
        return image
    largest = max(found, key=len)
    corners = cv2.approxPolyDP(largest, 4 * rng.uniform(*ROUGH), True)[:, 0].astype(float)
    if len(corners) < 3:
        return image
    return pen.drawn([pen.curve(corners, rng.choice([0, 0.2, 0.5]), True)], rng.normal(0, 5), rng)


def _as_drawn(image: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Arranged as people like to draw it, some of its parts too long, others too short."""
    image = _rearranged(image, label, rng)
    return uneven(image, rng) if rng.random() < 0.4 else image


def uneven(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Some rows and columns further apart than others, as children draw: (28, 28) uint8."""
    at = np.linspace(-1, 1, SIZE)
    x, y = (
        CENTER * (1 + at + rng.normal(0, 0.3) * np.sin(np.pi * at + phase) / np.pi)
        for phase in (np.pi * rng.integers(2), rng.uniform(0, 2 * np.pi))
    )
    grid = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    return framed(cv2.remap(image, *grid, cv2.INTER_LINEAR, borderValue=0))


def _rearranged(image: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Sleeves and legs spread, shoes from above or taller."""
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
