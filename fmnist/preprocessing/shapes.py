"""Shapes as masks: how deep, how thin, which parts; and an item brought to a form."""

import functools

import cv2
import numpy as np

SMALL_HOLE = 0.02  # share of the item: larger holes are real, like that below a bag's handle
SMALL_PART = 0.15  # share of the largest part: smaller ones are clutter


def depth(mask: np.ndarray) -> np.ndarray:
    """How many pixels each pixel is inside of the mask, 0 outside: (H, W) float32."""
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)


def depth_within(mask: np.ndarray) -> np.ndarray:
    """The same, where all beyond the image's edge is outside."""
    return depth(np.pad(mask, 1))[1:-1, 1:-1]


def skeleton(strokes: np.ndarray) -> np.ndarray:
    """The middle of strokes, (H, W) bool: lines a pixel wide."""
    padded = np.pad(255 * strokes.astype(np.uint8), 1)  # what is at the edge would stay thick
    thinning = cv2.ximgproc.THINNING_GUOHALL  # of a dot, the default one leaves nothing
    return cv2.ximgproc.thinning(padded, thinningType=thinning)[1:-1, 1:-1] > 0


def brightest(values: np.ndarray) -> np.ndarray:
    """The highest of each pixel's channels: (H, W) of (H, W, 3); ten times as fast as NumPy's over a short last axis."""
    return functools.reduce(np.maximum, np.moveaxis(values, -1, 0))


def without_small_holes(mask: np.ndarray) -> np.ndarray:
    count, places, figures, _ = cv2.connectedComponentsWithStats(1 - mask.astype(np.uint8))
    areas = figures[:, cv2.CC_STAT_AREA]
    small = [place for place in range(1, count) if areas[place] < SMALL_HOLE * mask.sum()]
    return mask | np.isin(places, small)


def parts(mask: np.ndarray) -> np.ndarray:
    """The largest connected part, and those that are not much smaller: the other shoe."""
    count, places, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count <= 2:
        return mask
    areas = figures[1:, cv2.CC_STAT_AREA]
    return np.isin(places, 1 + np.flatnonzero(areas >= SMALL_PART * areas.max()))


def separate(mask: np.ndarray, least: float) -> list[np.ndarray]:
    """Each connected part as a mask, (H, W) bool, the largest first.

    Args:
        mask: (H, W) bool.
        least: share of the largest part's area that others have.
    """
    count, places, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = figures[:, cv2.CC_STAT_AREA]
    found = sorted(range(1, count), key=lambda place: -areas[place])
    return [places == place for place in found if areas[place] >= least * areas[found[0]]]


def box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is in a mask, (H, W) bool."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def centred(value: np.ndarray, side: int) -> np.ndarray:
    """Cut to the item, its longest edge `side` pixels, centred on black.

    Args:
        value: (H, W) or (H, W, 3) uint8, the item on black.
        side: pixels along each edge of what is returned.

    Returns:
        (side, side) or (side, side, 3) uint8.
    """
    grey = value if value.ndim == 2 else brightest(value)
    left, top, right, bottom = box(grey > 0)
    cut = value[top:bottom, left:right]
    scale = side / max(cut.shape[:2])
    height, width = (max(1, round(edge * scale)) for edge in cut.shape[:2])
    small = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    centred = np.zeros((side, side, *value.shape[2:]), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    centred[top : top + height, left : left + width] = small
    return centred
