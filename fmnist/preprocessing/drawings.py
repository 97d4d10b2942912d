"""Drawings: an outline, closed and filled, or a silhouette that was painted."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from .photos import DIM
from .shapes import depth, depth_within, skeleton

GAPS = (8, 16, 24, 32, 44, 56)  # pixels at WORK size: how wide a gap of an outline may be
OUTLINE = 1.2  # a shape with this much more area than its strokes is an outline,
BRUSHED = 1.1  # or with this much, if they are a brush's
WIRE = 2.5  # and with so much, if they are fine, of whatever tones they are
THICK = 20  # pixels at WORK size: strokes are thinner
BROAD = 32  # pixels at WORK size: and a brush's,
EVEN = 1.6  # which may be wider by so much where strokes run together
FINE = 4  # pixels at WORK size: paler at their edges, all of a stroke is edge that is no wider
GAIN = 1.6  # how much more a wider gap must fill to be taken for one
ONE_TONE = 0.5  # share of an outline's pixels that have the brightness of its strokes,
LINE_TONE = 0.7  # or of strokes' that enclose nothing,
STROKE_TONES = 40  # of 255, or differ less than this from it
PAINTED = 0.8  # the same of a silhouette that was painted with a brush,
PAINT_TONES = 10  # and differ less from it,
PAPER, PAPER_TONES = 0.9, 2  # on paper of which so much differs no more from its colour
LINES = 35  # so many redrawn strokes side by side are as wide as an outline is long
COLOURFUL = 40  # of 255: red, green and blue of a coloured stroke differ by so much
FILL = 0.75  # brightness of the inside of an outline, a share of that of its strokes

Step = tuple[str, np.ndarray]


class Drawn(NamedTuple):
    """A drawing's item on black."""

    steps: list[Step]  # name and (H, W) or (H, W, 3) uint8 of each; the last one is the item
    readings: Sequence[Step] = ()  # the item in other ways, likewise


def drawing(ink: np.ndarray, mask: np.ndarray, rgb: np.ndarray | None = None) -> Drawn | None:
    """The item on black; None if it is neither outline nor silhouette, but a photo.

    Args:
        ink: (H, W) uint8, how much an image of WORK size differs from its background.
        mask: (H, W) bool, where that is enough to count.
        rgb: (H, W, 3) uint8, the image, whose colours the item keeps; None for a grey item.
    """
    if steps := _outline(ink, mask):
        if rgb is not None:
            return Drawn([("Strokes", ink), *steps, ("Coloured", _tinted(steps[-1][1], rgb[mask]))])
        lines = [value for name, value in steps if name == "Fine lines"]
        return Drawn([("Strokes", ink), *steps], [("Not filled", value) for value in lines])
    if painted := _painted(ink, mask, rgb):
        return Drawn([("Strokes", ink), painted])
    return None


def _tinted(value: np.ndarray, strokes: np.ndarray) -> np.ndarray:
    """An outline, (H, W) uint8, in the colour of its strokes, (N, 3) uint8; grey ones as if in white."""
    colour = np.median(strokes.astype(float), axis=0)
    if np.ptp(colour) < COLOURFUL:
        colour = np.ones(3)
    return np.asarray(value[..., None] * (colour / colour.max()), np.uint8)


def _outline(ink: np.ndarray, mask: np.ndarray) -> list[Step]:
    """The steps from strokes of one tone to a filled shape; none if it is no such drawing."""
    depths, lines = depth_within(mask), skeleton(mask)
    width = 2 * np.median(depths[lines])
    widest = 2 * np.percentile(depths[mask], 90)
    is_broad = widest >= THICK
    if is_broad and (widest > max(BROAD, EVEN * width) or not _is_paint(ink, mask)):
        return []
    inks = cv2.dilate(ink, np.ones((3, 3)))[lines] if width <= FINE else ink[mask]
    one_tone, filled = _alike(inks, STROKE_TONES), _filled_outline(mask)
    enclosed = filled.sum() / mask.sum()
    least = BRUSHED if is_broad else OUTLINE
    if (enclosed > least and one_tone > ONE_TONE) or (enclosed > WIRE and width <= FINE):
        drawn, shape = _evenly_drawn(lines, width, filled)
        fine, value = 255 * drawn, 255 * (drawn + (1 - drawn) * shape * FILL)
        return [("Fine lines", fine.astype(np.uint8)), ("Outline filled", value.astype(np.uint8))]
    if one_tone > LINE_TONE and not is_broad:
        return [("Outline filled", np.where(mask, 255, filled * 255 * FILL).astype(np.uint8))]
    return []


def _painted(ink: np.ndarray, mask: np.ndarray, rgb: np.ndarray | None) -> Step | None:
    """The step from a painted silhouette to itself on black; None if it is not one."""
    if not _is_paint(ink, mask):
        return None
    if rgb is not None:
        return "Background removed", np.where(mask[..., None], rgb.clip(DIM, 255), np.uint8(0))
    value = mask * (ink * (255 / np.percentile(ink[mask], 90))).clip(0, 255)
    return "Background removed", value.astype(np.uint8)


def _is_paint(ink: np.ndarray, mask: np.ndarray) -> bool:
    """Whether shape and paper are as even as only paint is: a photo has noise and shades."""
    paper = ink[~cv2.dilate(mask.astype(np.uint8), np.ones((9, 9))).astype(bool)]
    clean = not len(paper) or (paper <= PAPER_TONES).mean() > PAPER
    return clean and _alike(ink[mask], PAINT_TONES) > PAINTED


def _filled_outline(mask: np.ndarray) -> np.ndarray:
    """The shape without its holes; a wider gap is closed where that fills much more."""
    edge = GAPS[-1] // 2 + 2
    shape = np.pad(mask, edge)
    away = depth(~shape)
    filled = shape
    for gap in GAPS:
        wider = _filled(away, gap) | shape
        if gap == GAPS[0] or wider.sum() > GAIN * filled.sum():
            filled = wider
    return filled[edge:-edge, edge:-edge]


def _alike(inks: np.ndarray, tones: int) -> float:
    """Share of the inks, (N,) uint8, within so many tones of the strong ones (the 90th percentile)."""
    return float((np.abs(inks - np.percentile(inks, 90)) < tones).mean())


def _evenly_drawn(
    skeleton: np.ndarray, width: float, filled: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """An outline as if drawn with a pen whose lines are a share of its size wide.

    So the network sees the same whatever pen was used, and lines close together stay apart.

    Args:
        skeleton: (H, W) bool, the middle of its strokes.
        width: of the strokes, in pixels.
        filled: (H, W) bool, the strokes and what they enclose.

    Returns:
        (H, W) float, the new lines from 0 to 1; (H, W) bool, the shape, whose edge has moved in (or
        out) with that of the lines.
    """
    rows, columns = (np.flatnonzero(filled.any(axis=axis)) for axis in (1, 0))
    half = max(np.ptp(rows) + 1, np.ptp(columns) + 1) / (2 * LINES)
    lines = np.clip(half + 0.5 - depth(~skeleton), 0, min(1, 2 * half))
    return lines, depth_within(filled) > max(0, width / 2 - half)


def _filled(away: np.ndarray, gap: int) -> np.ndarray:
    """What lies inside of a shape once gaps up to `gap` pixels are closed: (H, W) bool.

    Args:
        away: (H, W) float32, how far each pixel is from the shape, 0 on it.
        gap: in pixels.
    """
    reached = (away <= gap / 2).astype(np.uint8)
    cv2.floodFill(reached, None, (0, 0), 2)  # from the corner: the outside
    return depth(reached != 2) > gap / 2
