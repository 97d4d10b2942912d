"""A pen: strokes in free units become a drawing of 28 x 28 pixels, as `preprocess` gives one.

Whoever draws bends and stretches what they draw, leaves gaps, goes over a line twice, hatches.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from fmnist.augmentation.elastic import SIZE

FINE = 4  # drawn so many times as large, then averaged
EDGE = 20  # pixels of the large image around a drawing, so that its outside is in one piece
STEPS = 5  # points from each corner of a stroke to the next
WIDTHS = (2, 3, 3, 3, 3, 4, 5)  # of the lines, in pixels of the large image
GAPS = (0, 0, 7, 13, 21)  # pixels of the large image, how wide a gap of an outline is closed
FILL = (0.68, 0.82)  # brightness inside, a share of the lines'
ENCLOSED = 1.2  # a shape with less more area than its lines is no outline, and not filled
DOUBLED, OPENED, PAINTED, BARE, HALF_FILLED, HATCHED = 0.12, 0.25, 0.03, 0.08, 0.04, 0.06  # shares

Point = tuple[float, float]


class Stroke(NamedTuple):
    """Points in any unit, y downwards."""

    points: np.ndarray  # (P, 2)
    closed: bool = False
    solid: bool = False  # it hides what was drawn before it


def curve(
    points: Sequence[Point] | np.ndarray,
    smooth: float = 0.5,
    closed: bool = False,
    solid: bool = False,
) -> Stroke:
    """A cardinal spline through the points: straight from each to the next at `smooth` 0."""
    knots = np.asarray(points, float)
    around = [knots[-1:], knots, knots[:2]] if closed else [knots[:1], knots, knots[-1:]]
    knots = np.concatenate(around)
    t = np.arange(STEPS + 1) / STEPS
    s = smooth
    weights = np.array(
        [[0, 1, 0, 0], [-s, 0, s, 0], [2 * s, s - 3, 3 - 2 * s, -s], [-s, 2 - s, s - 2, s]]
    )
    basis = np.stack([t**0, t, t**2, t**3], axis=1)[:STEPS] @ weights
    fours = np.stack([knots[:-3], knots[1:-2], knots[2:-1], knots[3:]], axis=1)
    path = (basis @ fours).reshape(-1, 2)
    return Stroke(path if closed else np.concatenate([path, knots[-1:]]), closed, solid)


def line(*points: Point) -> Stroke:
    """Straight from each point to the next."""
    return curve(points, 0)


def shape(*points: Point, smooth: float = 0.0, solid: bool = False) -> Stroke:
    """The same, back to the first point."""
    return curve(points, smooth, True, solid)


def ellipse(
    x: float, y: float, wide: float, high: float, solid: bool = False, part: Point = (0, 360)
) -> Stroke:
    """An ellipse about (x, y) of these half axes, or a part of it, in degrees clockwise from the right."""
    is_whole = part[1] - part[0] >= 360
    angle = np.deg2rad(np.linspace(*part, 20, endpoint=not is_whole))
    points = np.stack([x + wide * np.cos(angle), y + high * np.sin(angle)], axis=1)
    return Stroke(points, is_whole, solid)


def contour(half: Sequence[Point]) -> list[Point]:
    """A contour of both sides, from the one on the right, which goes from the middle (x 0) to it."""
    return [*half, *((-x, y) for x, y in reversed(half) if x != 0)]


def mirrored(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Left and right of x 0 exchanged."""
    return [s._replace(points=s.points * (-1, 1)) for s in strokes]


def both(*strokes: Stroke) -> list[Stroke]:
    """The strokes and their mirror images."""
    return [*strokes, *mirrored(strokes)]


def moved(strokes: Sequence[Stroke], degrees: float, to: Point, scale: float = 1) -> list[Stroke]:
    """Turned clockwise about the origin, scaled and then moved."""
    sin, cos = np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))
    turn = scale * np.array([[cos, sin], [-sin, cos]])
    return [s._replace(points=s.points @ turn + to) for s in strokes]


def drawn(strokes: Sequence[Stroke], degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Each time by another hand: (28, 28) uint8; what encloses something is filled, mostly.

    Args:
        strokes: what to draw, in this order; at least one.
        degrees: how far it is turned, on average.
        rng: where the randomness comes from.
    """
    path = _fitted(_bent(np.concatenate([s.points for s in strokes]), degrees, rng), rng)
    side = SIZE * FINE + 2 * EDGE
    ink, width = np.zeros((side, side), np.uint8), int(rng.choice(WIDTHS))
    careless = rng.random() < OPENED
    wobble, twice = rng.uniform(0, 1.3), rng.random() < DOUBLED
    for hand in (wobble, max(wobble, 1)) if twice else (wobble,):
        parts = _parts(path + hand * _wobble(len(path), rng), strokes)
        for part, stroke in zip(parts, strokes, strict=True):
            points, closed = _ended(part, stroke.closed, rng) if careless else (part, stroke.closed)
            at = np.rint(points).astype(np.int32)[None]
            if stroke.solid:
                cv2.fillPoly(ink, at, 0)
            cv2.polylines(ink, at, closed, 255, width)
    return _filled(ink, rng)


def painted(strokes: Sequence[Stroke], degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Closed strokes as areas of one tone each, the others as lines: (28, 28) uint8.

    Args are those of `drawn`.
    """
    path = _fitted(_bent(np.concatenate([s.points for s in strokes]), degrees, rng), rng)
    side = SIZE * FINE + 2 * EDGE
    value, width = np.zeros((side, side), np.uint8), int(rng.integers(2, 10))
    for part, stroke in zip(_parts(path, strokes), strokes, strict=True):
        at, tone = np.rint(part).astype(np.int32)[None], int(rng.integers(30, 256))
        if stroke.closed:
            cv2.fillPoly(value, at, tone)
        else:
            cv2.polylines(value, at, False, tone, width)
    return _small(value)


def _parts(path: np.ndarray, strokes: Sequence[Stroke]) -> list[np.ndarray]:
    """The points of each stroke."""
    return np.split(path, np.cumsum([len(s.points) for s in strokes])[:-1])


def _small(value: np.ndarray) -> np.ndarray:
    """The large image, without its edge, at 28 x 28 pixels: (28, 28) uint8."""
    cut = value[EDGE:-EDGE, EDGE:-EDGE]
    return np.asarray(cv2.resize(cut, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _bent(path: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Parts of it longer, others shorter; bent, leaning, stretched and turned: (P, 2), about -1 to 1."""
    low, high = path.min(axis=0), path.max(axis=0)
    path = (path - (low + high) / 2) * (2 / max(*(high - low), 1e-6))
    longer, phase = rng.normal(0, 0.22, 2).clip(-0.8, 0.8), rng.uniform(0, 2 * np.pi, 2)
    phase[0] = np.pi * (rng.random() < 0.5)  # left as right
    path = path + longer * np.sin(np.pi * path + phase) / np.pi
    path = path + rng.normal(0, 0.035, 2) * np.sin(2.2 * path[:, ::-1] + rng.uniform(0, 6, 2))
    path[:, 0] *= 1 + rng.normal(0, 0.1) * path[:, 1]
    angle = np.deg2rad(degrees + rng.normal(0, 7))
    stretch, shear = np.exp(rng.normal(0, 0.15)), rng.normal(0, 0.08)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(path @ np.array([[stretch, 0], [shear, 1]]) @ turn)


def _fitted(path: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Its longest edge fills the large image, nearly: (P, 2)."""
    low, high = path.min(axis=0), path.max(axis=0)
    scale = (SIZE * FINE * rng.uniform(0.9, 1) - 4) / max(*(high - low), 1e-6)
    return np.asarray((path - (low + high) / 2) * scale + SIZE * FINE / 2 + EDGE)


def _wobble(count: int, rng: np.random.Generator) -> np.ndarray:
    """How far a hand is off along its way: (count, 2), in pixels of the large image."""
    at = np.arange(count)[:, None]
    speed, phase = rng.uniform(0.1, 0.9, (2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    return np.asarray(np.sin(at * speed[0] + phase[0]) + np.sin(at * speed[1] + phase[1]))


def _ended(part: np.ndarray, closed: bool, rng: np.random.Generator) -> tuple[np.ndarray, bool]:
    """A stroke whose ends do not meet, or go too far."""
    if closed:
        part = np.roll(part, int(rng.integers(len(part))), axis=0)
        part = np.concatenate([part, part[:2]])[: len(part) + int(rng.integers(-1, 3))]
    away = rng.uniform(-1, 2, (2, 1))  # steps
    part = part.copy()
    part[0] += away[0] * (part[0] - part[1])
    part[-1] += away[1] * (part[-1] - part[-2])
    return part, False


def _filled(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines and what they enclose, at 28 x 28 pixels: (28, 28) uint8."""
    gap, way = int(rng.choice(GAPS)), rng.random()
    reached = (
        np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8)))
        if gap
        else ink.copy()
    )
    cv2.floodFill(reached, None, (0, 0), 2)
    inside = reached != 2
    tone = np.uint8(255 * rng.uniform(*FILL))
    if way < PAINTED:
        return _small(inside * np.uint8(rng.uniform(150, 255)))
    if way < PAINTED + BARE or np.count_nonzero(inside) < ENCLOSED * np.count_nonzero(ink):
        return _small(ink)
    if way > 1 - HALF_FILLED - HATCHED:
        across = _across(len(ink), rng)
        if way > 1 - HALF_FILLED:
            inside &= across > across.mean()
        else:
            ink = np.maximum(ink, 255 * (inside & (np.abs(across % rng.uniform(9, 20)) < 2.5)))
    return _small(np.maximum(ink, tone * inside).astype(np.uint8))


def _across(side: int, rng: np.random.Generator) -> np.ndarray:
    """How far each pixel is along a random direction: (side, side)."""
    angle, at = rng.uniform(0, np.pi), np.arange(side)
    return np.asarray(np.cos(angle) * at + np.sin(angle) * at[:, None])
