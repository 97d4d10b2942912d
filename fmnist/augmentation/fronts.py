"""What the fronts of garments show: openings, buttons, collars and hoods, knit, prints and checks.

Shop photos of 28 x 28 pixels show little of it, and much is lost when their light is changed, but it is what
tells a shirt, a coat and a pullover of the same outline apart. It is drawn over an image at `FINE`
times its size, as a share of another tone.
"""

import cv2
import numpy as np

from .elastic import FAINT, SIZE
from .scenes import COAT, DRESS, PULLOVER, SHIRT, TSHIRT

DYED = {TSHIRT: 0.25, PULLOVER: 0.25, DRESS: 0.4, COAT: 0.1, SHIRT: 0.45}  # shares, about as worn
CREASED = {TSHIRT: 0.2, PULLOVER: 0.1, DRESS: 0.3, COAT: 0.1, SHIRT: 0.4}  # thin cloth is
FINE = 4  # pixels of the drawing to one of the image


class _Front:
    """A garment's body, on which parts are drawn: places are shares of its width and height."""

    def __init__(self, image: np.ndarray, rng: np.random.Generator) -> None:
        inside = image > FAINT
        rows = np.flatnonzero(inside.any(axis=1))
        self.top, self.bottom = rows[0], rows[-1] + 1
        body = inside[(self.top + self.bottom) // 2 : self.bottom - 1].mean(axis=0) > 0.5
        columns = np.flatnonzero(body if body.any() else inside.any(axis=0))
        self.left, self.right = columns[0], columns[-1] + 1
        neck = np.flatnonzero(inside[self.top : self.top + 2].any(axis=0))
        self.neck = (neck[0] + neck[-1] + 1) / 2 if len(neck) < len(columns) else columns.mean()
        self.share = np.zeros((FINE * SIZE,) * 2, np.float32)  # of the other tone
        self.rng = rng

    def at(self, x: float, y: float) -> tuple[int, int]:
        """The pixel at a share of the body's width, from its middle, -0.5 to 0.5, and of its height."""
        middle = self.neck + (y > 0.3) * ((self.left + self.right) / 2 - self.neck)
        width, height = self.right - self.left, self.bottom - self.top
        return round(FINE * (middle + x * width)), round(FINE * (self.top + y * height))

    def line(self, *points: tuple[float, float], wide: float = 1, share: float = 1) -> None:
        """Straight lines from place to place; `wide` in the image's pixels."""
        path = np.array([self.at(x, y) for x, y in points], np.int32)
        cv2.polylines(self.share, [path], False, share, max(1, round(FINE * wide)))

    def area(self, *points: tuple[float, float], share: float = 1) -> None:
        """The area within some places."""
        cv2.fillPoly(self.share, [np.array([self.at(x, y) for x, y in points], np.int32)], share)

    def dots(self, x: float, start: float, end: float, count: int, radius: float) -> None:
        """Buttons below each other; the radius in the image's pixels."""
        for y in np.linspace(start, end, count):
            cv2.circle(self.share, self.at(x, y), max(1, round(FINE * radius)), 1, -1)


def with_front(image: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """The garment with what belongs to its kind drawn on it: (28, 28) uint8, as the image.

    Args:
        image: (28, 28) uint8, a top or a dress.
        label: what it shows.
        rng: where the randomness comes from.
    """
    if np.count_nonzero((image > FAINT).any(axis=1)) < SIZE / 3:
        return image
    result = image.astype(np.float32)
    if rng.random() < DYED[label]:
        result = _dyed(result, label in (SHIRT, COAT, DRESS), rng)
    if rng.random() < CREASED[label]:
        result += _creases(rng)
    front = _Front(image, rng)
    _PARTS[label](front)
    share = cv2.resize(front.share, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    tone = float(np.median(image[image > FAINT]))
    other = np.clip(tone + rng.choice([-1, 1]) * rng.uniform(30, 150), FAINT + 4, 255)
    if abs(other - tone) < 30:  # it was cut off
        other = tone + (100 if tone < 128 else -100)
    result += share * rng.uniform(0.5, 1) * (other - result)
    return np.where(image > FAINT, np.clip(result, FAINT + 4, 255), image).astype(np.uint8)


def _dyed(image: np.ndarray, checked: bool, rng: np.random.Generator) -> np.ndarray:
    """Stripes or blots of another cloth, or checks."""
    at = np.arange(SIZE, dtype=np.float32)
    if rng.random() < 0.5:
        lengths, starts = rng.uniform(2.2, 7, 2), rng.uniform(0, 6, 2)
        across, down = (
            np.sin(2 * np.pi * at / length + start)
            for length, start in zip(lengths, starts, strict=True)
        )
        if checked and rng.random() < 0.5:
            pattern = across + down[:, None]
        else:
            pattern = np.broadcast_to(down[:, None] if rng.random() < 0.6 else across, image.shape)
    else:
        cells = int(rng.integers(4, 15))
        pattern = cv2.resize(rng.standard_normal((cells, cells), dtype=np.float32), (SIZE, SIZE))
    return np.asarray(image + rng.uniform(10, 50) * pattern, np.float32)


def _creases(rng: np.random.Generator) -> np.ndarray:
    """Folds of thin cloth, that hang down, or any way: (28, 28) float32, in tones."""
    cells = (
        rng.integers(5, 13, 2) if rng.random() < 0.5 else (rng.integers(2, 5), rng.integers(7, 14))
    )
    bumps = cv2.resize(rng.standard_normal(cells, dtype=np.float32), (SIZE, SIZE))
    return np.asarray(rng.choice([-1, 1]) * rng.uniform(20, 60) * (np.abs(bumps) - 0.8), np.float32)


def _collar(front: _Front, size: float) -> None:
    """Two points that fold down from the neck."""
    rng = front.rng
    wide, deep = size * rng.uniform(0.8, 1.2), rng.uniform(0.08, 0.2)
    share = rng.uniform(0.3, 1)
    for side in (-1, 1):
        points = (
            (0, deep * 0.6),
            (side * wide, 0),
            (side * wide * 1.1, deep * 0.7),
            (side * wide * 0.6, deep),
        )
        if rng.random() < 0.5:
            front.area(*points, share=share)
        else:
            front.line(*points, points[0], wide=0.7)


def _shirt(front: _Front) -> None:
    """A collar, and a placket with buttons all the way down, or part of it."""
    rng = front.rng
    _collar(front, 0.22)
    x, end = rng.normal(0, 0.02), 1 if rng.random() < 0.85 else rng.uniform(0.3, 0.5)
    kind = rng.random()
    if kind < 0.4:
        front.line((x, 0.05), (x, end), wide=rng.uniform(0.4, 1))
    elif kind < 0.8:
        wide = rng.uniform(0.03, 0.07)
        for side in (-wide, wide):
            front.line((x + side, 0.06), (x + side, end), wide=0.5, share=0.7)
    if rng.random() < 0.8:
        front.dots(x, 0.14, 0.95 * end, int(rng.integers(4, 9)), rng.uniform(0.3, 0.6))
    for side in (-1, 1):
        if rng.random() < 0.3:
            _pocket(front, side * 0.24, rng.uniform(0.24, 0.34))


def _pocket(front: _Front, x: float, y: float) -> None:
    w, h = front.rng.uniform(0.08, 0.13), front.rng.uniform(0.1, 0.18)
    corners = ((x - w, y), (x + w, y), (x + w, y + h), (x - w, y + h), (x - w, y))
    front.line(*corners[: 5 if front.rng.random() < 0.6 else 2], wide=0.5)


def _coat(front: _Front) -> None:
    """Open in front, or closed with a zip or buttons."""
    rng = front.rng
    x, start = rng.normal(0, 0.04), rng.uniform(0.02, 0.15)
    kind = rng.choice(["open", "zip", "buttons", "double"], p=[0.3, 0.4, 0.2, 0.1])
    if kind == "open":
        upper, lower = rng.uniform(0.02, 0.16), rng.uniform(0, 0.2)
        front.area((x - upper, start), (x + upper, start), (x + lower, 1), (x - lower, 1))
    else:
        front.line((x, start), (x, 1), wide=rng.uniform(0.5, 1.2))
    if kind == "buttons":
        front.dots(x + 0.06, start + 0.1, 0.85, int(rng.integers(3, 6)), rng.uniform(0.4, 0.8))
    elif kind == "double":
        for side in (-0.14, 0.14):
            front.dots(x + side, 0.35, 0.8, int(rng.integers(2, 5)), rng.uniform(0.4, 0.8))
    _coat_parts(front, x)


def _coat_parts(front: _Front, x: float) -> None:
    """Lapels, a hood or a collar; pockets, a belt or quilting; its opening is at x."""
    rng = front.rng
    chance = rng.random()
    if chance < 0.3:  # lapels
        deep, wide = rng.uniform(0.25, 0.5), rng.uniform(0.14, 0.26)
        for side in (-1, 1):
            front.line((side * wide * 0.6, 0), (side * wide, 0.5 * deep), (x, deep), wide=0.7)
    elif chance < 0.5:  # a hood
        cv2.ellipse(front.share, front.at(0, 0.02), (round(rng.uniform(10, 20)), round(rng.uniform(8, 16))), 0, 0, 360, 1, int(rng.choice([2, 4, -1])))  # fmt: skip
    elif chance < 0.7:
        _collar(front, 0.24)
    if rng.random() < 0.5:
        slant, y = rng.uniform(-0.06, 0.06), rng.uniform(0.5, 0.7)
        for side in (-1, 1):
            front.line((side * 0.2, y), (side * 0.38, y + slant + 0.05), wide=0.7)
    if rng.random() < 0.12:
        front.line((-0.5, 0.55), (0.5, 0.55), wide=rng.uniform(1, 2))
    if rng.random() < 0.12:
        for y in np.arange(0.15, 1, rng.uniform(0.08, 0.15)):
            front.line((-0.5, y), (0.5, y), wide=0.5, share=0.6)


def _pullover(front: _Front) -> None:
    """Closed: ribs at its edges, a neck, knit, a print, broad stripes, a hoodie's pocket."""
    rng = front.rng
    _neck(front)
    if rng.random() < 0.5:
        depth, share = rng.uniform(0.05, 0.12), rng.uniform(0.3, 0.9)
        for x in np.arange(-0.5, 0.5, rng.uniform(0.06, 0.12)):
            front.line((x, 1 - depth), (x, 1), wide=0.5, share=share)
        front.line((-0.5, 1 - depth), (0.5, 1 - depth), wide=0.5, share=share)
    chance = rng.random()
    if chance < 0.25:  # knit: braids or ribs
        gap, zigzag = rng.uniform(0.08, 0.2), rng.choice([0, 0.04])
        ways = np.linspace(0.12, 0.95, 14)
        for x in np.arange(-0.45, 0.46, gap):
            points = [(x + zigzag * (-1) ** j, y) for j, y in enumerate(ways)]
            front.line(*points, wide=0.5, share=0.5)
    elif chance < 0.5:
        _print(front)
    elif chance < 0.65:
        _bars(front)
    elif chance < 0.8:  # a hoodie's
        wide, high = rng.uniform(0.2, 0.32), rng.uniform(0.62, 0.72)
        front.line((-wide, 0.95), (-wide, high + 0.1), (-wide * 0.6, high), (wide * 0.6, high), (wide, high + 0.1), (wide, 0.95), wide=0.6)  # fmt: skip


def _neck(front: _Front) -> None:
    """Round or pointed, with or without a band."""
    rng = front.rng
    wide, deep = rng.uniform(0.1, 0.22), rng.uniform(0.04, 0.15) * rng.choice([1, 2], p=[0.8, 0.2])
    points = [(x * wide, deep * (1 - x * x)) for x in np.linspace(-1, 1, 7)]
    if rng.random() < 0.25:
        points = [(-wide, 0), (0, deep), (wide, 0)]
    if rng.random() < 0.5:
        front.line(*points, wide=rng.uniform(0.5, 1))
    elif rng.random() < 0.5:
        front.area(*points)


def _print(front: _Front) -> None:
    """Lines of letters, or a picture, on the chest."""
    rng = front.rng
    size = rng.uniform(0.15, 0.4, 2)
    top, x = rng.uniform(0.22, 0.35), rng.normal(0, 0.05)
    (left, upper), (right, lower) = front.at(x - size[0], top), front.at(x + size[0], top + size[1])
    rows = int(rng.integers(1, 7))
    blots = rng.random((rows, int(rng.integers(3, 12))), dtype=np.float32)
    if right > left and lower > upper:
        place = front.share[max(0, upper) : lower, max(0, left) : right]
        blots = (blots > rng.uniform(0.2, 0.6)).astype(np.float32)
        large = cv2.resize(blots, place.shape[::-1], interpolation=cv2.INTER_NEAREST)
        np.maximum(place, large, out=place)


def _bars(front: _Front) -> None:
    """One to four broad stripes across."""
    rng = front.rng
    for y in rng.uniform(0.15, 0.9, rng.integers(1, 5)):
        y0, y1 = (FINE * (front.top + share * (front.bottom - front.top)) for share in (y, y + rng.uniform(0.03, 0.14)))  # fmt: skip
        front.share[round(y0) : round(y1)] = 1


def _tshirt(front: _Front) -> None:
    _neck(front)
    chance = front.rng.random()
    if chance < 0.5:
        _print(front)
    elif chance < 0.65:
        _bars(front)


def _dress(front: _Front) -> None:
    """A neck, and a waist or a hem of another tone."""
    _neck(front)
    rng = front.rng
    if rng.random() < 0.4:
        y = rng.uniform(0.3, 0.5)
        front.line((-0.5, y), (0.5, y), wide=rng.uniform(0.5, 2))
    if rng.random() < 0.3:
        _bars(front)


_PARTS = {TSHIRT: _tshirt, PULLOVER: _pullover, DRESS: _dress, COAT: _coat, SHIRT: _shirt}
