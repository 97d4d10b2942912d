"""Garments as they lie, stand and are worn: new arrangements of the data set's images.

Each function takes and gives images of (28, 28) uint8 with 0 as background.
"""

import cv2
import numpy as np

from .elastic import CENTER, FAINT, SIZE, framed

TSHIRT, TROUSERS, PULLOVER, DRESS, COAT, SANDAL, SHIRT, SNEAKER, BAG, BOOT = range(10)
TOPS = (TSHIRT, PULLOVER, COAT, SHIRT)  # what is worn above trousers
SHOES = (SANDAL, SNEAKER, BOOT)
EDGE = 28  # pixels around an image while its parts are moved


def pair(shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Two of it: side by side, one behind the other, or both from above."""
    above = rng.random() < 0.5
    if above:
        shoe = from_above(shoe, label, rng)
    angle = rng.normal(0, 12) if above else rng.normal(0, 15)
    apart = rng.uniform(5, 8) if above else rng.uniform(4, 12)
    away = np.deg2rad(rng.normal(0, 10) if above else angle + 90 + rng.normal(0, 35))
    splay = rng.normal(0, 8)
    canvas = np.zeros((SIZE + 2 * EDGE,) * 2, np.uint8)
    for side in (-1, 1):
        mirror = side == 1 and (above or rng.random() < 0.25)
        source = np.flip(shoe, 1).copy() if mirror else shoe
        degrees = angle + side * splay + rng.normal(0, 4)
        turn = cv2.getRotationMatrix2D((CENTER, CENTER), degrees, rng.uniform(0.92, 1.08))
        turn[:, 2] = turn[:, 2] + EDGE + side * apart * np.array([np.cos(away), np.sin(away)])
        canvas = np.maximum(canvas, cv2.warpAffine(source, turn, canvas.shape))
    return framed(canvas)


def from_above(shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """One shoe, upright and narrow, as its wearer sees it.

    Of a sandal, all of its sole with what is on it, or with one strap; others are closed but for the
    opening, with laces before it.
    """
    points = cv2.findNonZero((shoe > FAINT).astype(np.uint8))
    if points is None:
        return shoe
    sole = np.zeros_like(shoe)
    cv2.fillConvexPoly(sole, cv2.convexHull(points), FAINT + 44)
    is_round = rng.random() < 0.5
    if label != SANDAL:
        both = _closed(_rounded(sole > 0) if is_round else sole > 0, shoe, label, rng)
    elif is_round:
        both = _strapped(_rounded(sole > 0), rng)
    else:
        both = np.maximum(sole, shoe)
    rows = np.count_nonzero(both.any(axis=1))
    low = cv2.resize(both, None, fx=1, fy=rng.uniform(9, 15) / rows, interpolation=cv2.INTER_AREA)
    return framed(np.rot90(low, rng.choice([1, 3])).copy())


def _closed(sole: np.ndarray, shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """The upper of a shoe with its toe on the left, from above: (28, 28) uint8."""
    rows = np.flatnonzero(sole.any(axis=1))
    middle, height = (rows[0] + rows[-1]) // 2, len(rows)
    tone = float(np.median(shoe[shoe > FAINT]))
    other = rng.uniform(FAINT + 24, 255, 3)  # of the opening, the laces and the edge of its sole
    upper = np.full_like(shoe, max(tone, FAINT + 24))
    if rng.random() < 0.6:
        upper = np.where(shoe > FAINT + 24, shoe, upper)
    if rng.random() < 0.4:
        upper[sole & (cv2.erode(sole.astype(np.uint8), np.ones((3, 3))) == 0)] = other[2]
    heel = rng.uniform(0.68, 0.8) * SIZE
    wider = 1.3 if label == BOOT else 1  # a boot's shaft
    length = rng.uniform(0.1, 0.22) * SIZE * wider
    axes = (round(length), max(1, round(rng.uniform(0.2, 0.36) * height * wider)))
    cv2.ellipse(upper, (round(heel), middle), axes, 0, 0, 360, other[0], -1)
    if rng.random() < 0.7:
        wide = rng.uniform(0.12, 0.28) * height
        for x in np.arange(heel - length - 1, rng.uniform(0.25, 0.45) * SIZE, -rng.uniform(2, 4)):
            start, end = ((round(x), round(middle + side * wide)) for side in (-1, 1))
            cv2.line(upper, start, end, other[1], 1)
    return np.where(sole, upper, 0).astype(np.uint8)


def _rounded(sole: np.ndarray) -> np.ndarray:
    """The same on both sides, with round ends: (28, 28) bool."""
    along, across = (
        np.abs(np.arange(SIZE) - line.mean()) / (len(line) / 2)
        for line in (np.flatnonzero(sole.any(axis=axis)) for axis in (0, 1))
    )
    return np.asarray(across[:, None] ** 2.5 + along**2.5 < 1)


def _strapped(sole: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A flip-flop or slipper with its toe on the left, from above: (28, 28) uint8."""
    rows, columns = (np.flatnonzero(sole.any(axis=axis)) for axis in (1, 0))
    start = round(columns[0] + rng.uniform(0.12, 0.35) * len(columns))
    end = round(start + rng.uniform(0.12, 0.35) * len(columns))
    tones = rng.permutation([rng.uniform(FAINT + 24, 110), rng.uniform(170, 255)])
    upper = np.full(sole.shape, tones[0], np.float32)
    kind = rng.choice(["between the toes", "across", "over the toes"], p=[0.45, 0.25, 0.3])
    if kind == "between the toes":
        middle, wide = int(rows.mean()), int(rng.integers(1, 3))
        for side in (rows[0], rows[-1]):
            cv2.line(upper, (start, middle), (end, int(side)), tones[1], wide)
    else:
        upper[:, start if kind == "across" else 0 : end] = tones[1]
    return np.where(sole, upper, 0).astype(np.uint8)


def taller(shoe: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up to 1.7 times as high, as people draw shoes."""
    return framed(cv2.resize(shoe, None, fx=1, fy=rng.uniform(1, 1.7)))


def at_an_angle(shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """Its toe, on the left, nearer and lower than its heel; a closed shoe's opening is seen into."""
    points = cv2.findNonZero((shoe > FAINT).astype(np.uint8))
    if points is None:
        return shoe
    left, top, width, height = cv2.boundingRect(points)
    behind = points[points[:, 0, 0] > left + rng.uniform(0.35, 0.6) * width]
    seen = shoe
    if label != SANDAL and len(behind):
        opening = np.zeros_like(shoe)
        cv2.fillConvexPoly(opening, cv2.convexHull(behind), rng.uniform(FAINT + 24, 255))
        seen = np.where(shoe > FAINT, shoe, opening)
    right, bottom = left + width, top + height
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    nearer, raised = rng.uniform(0, 0.5) * height, rng.uniform(0, 0.4) * width
    moved = corners * [rng.uniform(0.7, 1), 1] + EDGE
    moved += [[0, -nearer / 2], [0, -raised], [0, -raised], [0, nearer / 2]]
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return framed(cv2.warpPerspective(seen, warp, (SIZE + 2 * EDGE,) * 2))


def ankle_raised(shoe: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A low shoe as people draw it: an L, its heel's end raised."""
    inside = shoe > FAINT
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return shoe
    height = np.maximum(1, rows[-1] + 1 - np.argmax(inside, axis=0))
    start = columns[0] + rng.uniform(0.35, 0.65) * len(columns)
    rise = np.clip((np.arange(SIZE) - start) / rng.uniform(1, 6), 0, 1)
    wanted = height * (1 + rise * rng.uniform(0.1, 0.8))
    if rng.random() < 0.5:  # level before and behind the step
        foot = rng.uniform(0.35, 0.85)  # of the ankle's height
        steps = wanted[columns].max() * (foot + rise * (1 - foot))
        wanted += rng.uniform(0.5, 1) * (steps - wanted)
    factor = np.where(inside.any(axis=0), np.clip(wanted / height, 0.5, 4), 1).astype(np.float32)
    above = np.arange(2 * SIZE)[:, None] - (2 * SIZE - 1)  # of the canvas's last row
    y = np.asarray(rows[-1] + above / factor, np.float32)
    x = np.broadcast_to(np.arange(SIZE, dtype=np.float32), y.shape)
    return framed(cv2.remap(shoe, x, y, cv2.INTER_LINEAR, borderValue=0))


def sleeves_spread(top: np.ndarray, short: bool, rng: np.random.Generator) -> np.ndarray:
    """What is left and right of the body, turned away from it about the shoulders."""
    rows, columns = (np.flatnonzero((top > FAINT).any(axis=axis)) for axis in (1, 0))
    if len(rows) < SIZE / 2 or len(columns) < SIZE / 2:
        return top
    share = rng.uniform(0.17, 0.27) * len(columns)
    left, right = columns[0] + share, columns[-1] - share
    shoulder = rows[0] + rng.uniform(0.1, 0.25) * len(rows)
    sleeve_end = shoulder + rng.uniform(0.15, 0.35) * len(rows) if short else SIZE
    at = np.arange(SIZE)
    is_high = at[:, None] < sleeve_end
    canvas = np.pad(np.where((at >= left) & (at <= right) | ~is_high, top, 0), EDGE)
    angle, length = rng.uniform(5, 65), 1 if short else rng.uniform(0.7, 1)
    shorten = np.array([[1, 0, 0], [0, length, shoulder * (1 - length)], [0, 0, 1]])
    for part, x, side in ((at < left + 1, left, -1), (at > right - 1, right, 1)):
        degrees = side * angle * rng.uniform(0.8, 1.2)
        turn = cv2.getRotationMatrix2D((x, shoulder), degrees, rng.uniform(0.9, 1.1)) @ shorten
        turn[:, 2] += EDGE
        sleeve = np.where(part & is_high, top, 0).astype(np.uint8)
        canvas = np.maximum(canvas, cv2.warpAffine(sleeve, turn, canvas.shape))
    return framed(canvas)


def legs_spread(trousers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Wide trousers with their legs apart, each turned about the waist."""
    rows, columns = (np.flatnonzero((trousers > FAINT).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return trousers
    middle, waist = columns.mean(), rows[0] + rng.uniform(0, 0.3) * len(rows)
    stretch, angle = rng.uniform(1, 2), rng.uniform(0, 18)
    widen = np.array([[stretch, 0, middle * (1 - stretch)], [0, 1, 0], [0, 0, 1]])
    canvas = np.zeros((SIZE + 2 * EDGE,) * 2, np.uint8)
    for side, part in ((-1, np.arange(SIZE) <= middle), (1, np.arange(SIZE) >= middle)):
        turn = cv2.getRotationMatrix2D((middle, waist), side * angle, 1) @ widen
        turn[:, 2] += EDGE
        leg = np.where(part, trousers, 0).astype(np.uint8)
        canvas = np.maximum(canvas, cv2.warpAffine(leg, turn, canvas.shape))
    return framed(canvas)


def worn_top(
    top: np.ndarray, trousers: np.ndarray, is_dress: bool, rng: np.random.Generator
) -> np.ndarray:
    """A top or a dress on a person, from the head to the thighs."""
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    start, skin = rng.uniform(5, 7), int(rng.integers(40, 220))
    height = rng.uniform(14, 17) if is_dress else rng.uniform(15, 19)
    width = rng.uniform(12, 16) if is_dress else height * rng.uniform(0.85, 1.1)
    legs, waist = rng.uniform(7, 11), start + height * rng.uniform(0.8, 0.95)
    if is_dress:
        _lay(canvas, np.where(trousers > FAINT, skin, 0), waist, legs / 1.5, 14)
    else:
        _lay(canvas, trousers, waist, legs, rng.uniform(18, 26))
    radius = rng.uniform(1.8, 2.6)
    head = (round(radius), round(radius * 1.4))
    cv2.ellipse(canvas, (SIZE // 2, round(start - radius / 2)), head, 0, 0, 360, skin, -1)
    _lay(canvas, top, start, width, height)
    return canvas


def worn_trousers(trousers: np.ndarray, top: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Trousers on a person, from the chest or the waist down."""
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    waist = rng.uniform(3, 10)
    _lay(canvas, trousers, waist, rng.uniform(11, 16), SIZE - waist)
    size = rng.uniform(14, 22)
    _lay(canvas, top * rng.uniform(0.3, 1), waist + rng.uniform(1, 4) - size, 0.9 * size, size)
    return canvas


def _lay(canvas: np.ndarray, image: np.ndarray, top: float, width: float, height: float) -> None:
    """Lay a scaled image over the middle of the canvas, cut off at its edges."""
    size = (max(2, round(width)), max(2, round(height)))
    small = cv2.resize(image.astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    first, left = round(top), (SIZE - size[0]) // 2
    small = small[max(0, -first) : SIZE - first, max(0, -left) : SIZE - left]
    first, left = max(0, first), max(0, left)
    place = canvas[first : first + small.shape[0], left : left + small.shape[1]]
    place[small > FAINT] = small[small > FAINT]
