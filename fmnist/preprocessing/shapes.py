"""Shapes as masks: how deep, how thin, which parts; and an item brought to a form."""

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


def boxes(mask: np.ndarray, least: float) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each connected part, the largest first.

    Args:
        mask: (H, W) bool.
        least: share of the largest part's area that others have.
    """
    _, _, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    found = sorted(figures[1:].tolist(), key=lambda part: -part[cv2.CC_STAT_AREA])
    return [
        (left, top, left + width, top + height)
        for left, top, width, height, area in found
        if area >= least * found[0][cv2.CC_STAT_AREA]
    ]


def centred(value: np.ndarray, item: np.ndarray, side: int) -> np.ndarray:
    """Cut to the item, its longest edge `side` pixels, centred on black.

    Args:
        value: (H, W) or (H, W, 3) uint8.
        item: (H, W) bool.
        side: pixels along each edge of what is returned.

    Returns:
        (side, side) or (side, side, 3) uint8.
    """
    rows, columns = np.flatnonzero(item.any(axis=1)), np.flatnonzero(item.any(axis=0))
    cut = value[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = side / max(cut.shape[:2])
    height, width = (max(1, round(edge * scale)) for edge in cut.shape[:2])
    small = cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)
    centred = np.zeros((side, side, *value.shape[2:]), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    centred[top : top + height, left : left + width] = small
    return centred
