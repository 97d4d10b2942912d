"""How garments lie, hang and are worn where people photograph them, chosen at random by what they are.

Each function takes and gives images of (28, 28) uint8 with 0 as background.
"""

import cv2
import numpy as np

from .elastic import CENTER, FAINT, SIZE, framed
from .footwear import shoes_seen
from .fronts import with_front
from .scenes import (
    COAT,
    DRESS,
    EDGE,
    PULLOVER,
    SHIRT,
    SHOES,
    TOPS,
    TROUSERS,
    TSHIRT,
    at_an_angle,
    pair,
    sleeves_spread,
    worn_top,
    worn_trousers,
)

# Shares whose fronts are drawn on: where something opens in front, people see that it does.
FRONTS = {TSHIRT: 0.4, PULLOVER: 0.5, DRESS: 0.4, COAT: 0.7, SHIRT: 0.7}
CUT, CLUTTERED = 0.1, 0.08  # shares that are partly out of the photo, or before something else


def arranged(
    images: np.ndarray, labels: np.ndarray, others: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Garments worn, hung or laid flat, shoes in pairs, from above or turned; some cut off.

    Args:
        images: (N, 28, 28) uint8.
        labels: (N,) uint8.
        others: (M, 28, 28) uint8, trousers and tops to wear with them, any.
        rng: where the randomness comes from.
    """
    result = images.copy()
    for i, label in enumerate(labels):
        other = others[rng.integers(len(others))]
        if label in SHOES:
            result[i] = _shoes(images[i], label, rng)
        elif label in TOPS or label == DRESS:
            result[i] = _top(images[i], label, other, rng)
        elif label == TROUSERS:
            result[i] = _trousers(images[i], other, rng)
        chance = rng.random()
        if chance < CUT:
            result[i] = cut_off(result[i], label != DRESS, rng)
        elif chance < CUT + CLUTTERED:
            result[i] = cluttered(result[i], other, rng)
    return result


def _shoes(shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random()
    if chance < 0.5:
        return shoes_seen(shoe, label, rng)
    if chance < 0.65:
        return pair(shoe, label, rng)
    return at_an_angle(shoe, label, rng) if chance < 0.8 else shoe


def _top(
    garment: np.ndarray, label: int, other: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    if rng.random() < FRONTS[label]:
        garment = with_front(garment, label, rng)
    chance = rng.random()
    if chance < 0.15:
        return worn_top(garment, other, label == DRESS, rng)
    if label in TOPS and chance < 0.38:
        garment = (
            sleeves_spread(garment, True, rng)
            if label == TSHIRT or rng.random() < 0.5
            else sleeves_bent(garment, rng)
        )
    elif chance < 0.7:
        garment = wider(garment, 1.25 if label == DRESS else 1.5, rng)
    return hung(garment, rng) if rng.random() < 0.1 else garment


def _trousers(trousers: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random()
    if chance < 0.35:
        return worn_trousers(trousers, other, rng)
    return wider(trousers, 1.5, rng) if chance < 0.6 else trousers


def wider(garment: np.ndarray, most: float, rng: np.random.Generator) -> np.ndarray:
    """Up to so many times as wide: laid flat, nobody's body shapes it."""
    return framed(cv2.resize(garment, None, fx=rng.uniform(1, most), fy=1))


def hung(garment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """On a hanger, whose hook is seen above the neck."""
    columns = np.flatnonzero((garment > FAINT).any(axis=0))
    if not len(columns):
        return garment
    canvas = np.pad(garment, EDGE)
    x, y = EDGE + int(columns.mean() + rng.normal(0, 1)), EDGE + int(rng.integers(1, 4))
    tone, high = int(rng.integers(FAINT + 24, 255)), int(rng.integers(2, 5))
    cv2.line(canvas, (x, y), (x, y - high), tone, int(rng.integers(1, 3)))
    cv2.ellipse(canvas, (x, y - high - 1), (1, 2), 0, 90, 360, tone, 1)
    return framed(canvas)


def sleeves_bent(top: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Long sleeves laid out or folded over the body, each turned about its shoulder and its elbow."""
    rows, columns = (np.flatnonzero((top > FAINT).any(axis=axis)) for axis in (1, 0))
    if len(rows) < SIZE / 2 or len(columns) < SIZE / 2:
        return top
    share = rng.uniform(0.15, 0.24) * len(columns)
    left, right = columns[0] + share, columns[-1] - share
    shoulder = rows[0] + rng.uniform(0.08, 0.2) * len(rows)
    elbow = shoulder + rng.uniform(0.35, 0.55) * (rows[-1] - shoulder)
    at = np.arange(SIZE)
    lower = at[:, None] >= elbow
    canvas = np.pad(np.where((at >= left) & (at <= right), top, 0), EDGE)
    raised, bent = rng.uniform(0, 70), rng.uniform(-130, 60)
    shade = rng.uniform(0.7, 1)  # so that a sleeve over the body is seen
    for part, x, side in ((at < left + 1, left, -1), (at > right - 1, right, 1)):
        degrees, more = side * raised * rng.uniform(0.7, 1.3), side * bent * rng.uniform(0.7, 1.3)
        arm = np.vstack([cv2.getRotationMatrix2D((x, shoulder), degrees, 1), [0, 0, 1]])
        middle = x + side * share / 2
        forearm = arm @ np.vstack([cv2.getRotationMatrix2D((middle, elbow), more, 1), [0, 0, 1]])
        for piece, turn in (
            (part & ~lower, arm),
            (part & (lower | (at[:, None] > elbow - 2)), forearm),
        ):
            move = np.add(turn[:2], [0, 0, EDGE])
            sleeve = np.where(piece, top * shade, 0).astype(np.uint8)
            moved = cv2.warpAffine(sleeve, move, canvas.shape)
            canvas = np.where(moved > FAINT, moved, canvas)
    return framed(canvas)


def cut_off(image: np.ndarray, anywhere: bool, rng: np.random.Generator) -> np.ndarray:
    """Partly out of the photo: up to a quarter is lost on one side, or above or below, too."""
    kept = SIZE - int(rng.integers(2, 8))
    turns = int(rng.integers(4)) if anywhere else int(rng.choice([1, 3]))
    return framed(np.rot90(np.rot90(image, turns)[:kept], -turns).copy())


def cluttered(image: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Before another thing or a piece of the floor that was left in the cut at one edge."""
    if rng.random() < 0.5:
        corners = rng.uniform(0, SIZE, (4, 2)) * [1, 0.4]
        tone = int(rng.integers(FAINT + 24, 255))
        behind = np.zeros_like(image)
        cv2.fillConvexPoly(behind, cv2.convexHull(corners.astype(np.int32)), tone)
        behind = np.rot90(behind, int(rng.integers(4)))
    else:
        move = cv2.getRotationMatrix2D((CENTER, CENTER), rng.uniform(0, 360), rng.uniform(0.5, 0.9))
        move[:, 2] = move[:, 2] + rng.choice([-1, 1], 2) * rng.uniform(10, 20, 2)
        behind = cv2.warpAffine(other, move, image.shape)
    return np.where(image > FAINT, image, behind)
