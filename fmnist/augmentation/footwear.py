"""Shoes from above and at an angle, alone and in pairs, as people photograph them on the floor.

The data set shows shoes from the side alone, so these are drawn: a foot's outline at several
heights, each moved the way that the camera looks, and on top what tells shoes apart. A closed shoe has
an upper with a tongue and laces, open at the heel's end alone; a boot has a shaft as well; a sandal
shows its sole between straps. Lengths are in shoes' lengths, `t` runs from the toe, 0, to the heel,
1, and `k` from one side, -1, to the other, 1.
"""

import dataclasses

import cv2
import numpy as np

from .elastic import FAINT, framed
from .scenes import BOOT, SANDAL

CANVAS = 192  # pixels
LENGTH = 64  # pixels, a shoe's
ALONG = (1 - np.cos(np.linspace(0, np.pi, 17))) / 2  # closer at the toe and the heel
AROUND = np.linspace(0, 2 * np.pi, 16, endpoint=False)
LEVELS = np.linspace(0, 1, 5)  # of a closed shoe's height


@dataclasses.dataclass(frozen=True)
class _Last:
    """A shoe's shape, and where and how one of the pair is seen."""

    half: np.ndarray  # of its width, along it
    bow: np.ndarray  # sideways, its middle, along it
    height: np.ndarray  # along it
    thick: float  # its sole
    turn: np.ndarray  # (2, 2), to pixels
    origin: np.ndarray  # (2,) pixels, its middle
    view: np.ndarray  # (2,) pixels that a length of height moves what is seen

    def at(self, t: np.ndarray, k: np.ndarray | float, z: np.ndarray | float) -> np.ndarray:
        """Where points are seen: (N, 2) int32, from N places along, across and up."""
        y = np.interp(t, ALONG, self.bow) + k * np.interp(t, ALONG, self.half)
        flat = np.stack([t - 0.5, y], axis=1) @ self.turn.T
        seen = flat + self.origin + np.broadcast_to(z, t.shape)[:, None] * self.view
        return np.asarray(np.round(seen), np.int32)

    def top(self, t: np.ndarray) -> np.ndarray:
        """How high the shoe is along it."""
        return np.asarray(self.thick + np.interp(t, ALONG, self.height))

    def strip(self, start: float, end: float, k: float, share: float) -> np.ndarray:
        """The outline of a part of it, symmetric about its middle, at a share of its height."""
        t = start + (end - start) * ALONG
        t = np.concatenate([t, t[::-1]])
        sides = np.where(np.arange(len(t)) < len(ALONG), k, -k)
        return self.at(t, sides, self.thick + share * (self.top(t) - self.thick))

    def ring(self, t: float, long: float, wide: float, z: float) -> np.ndarray:
        """An ellipse about a place in its middle, level at a height."""
        along = np.clip(t + long * np.cos(AROUND), 0, 1.1)
        middle = np.interp(t, ALONG, self.half) / np.maximum(
            np.interp(along, ALONG, self.half), 0.02
        )
        return self.at(along, wide * np.sin(AROUND) * np.minimum(middle, 3), z)


def shoes_seen(shoe: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """One shoe or two alike, of the given class, with the texture of the given image.

    Args:
        shoe: (28, 28) uint8.
        label: of a shoe.
        rng: where the randomness comes from.

    Returns:
        (28, 28) uint8; 0 is background.
    """
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    design = int(rng.integers(2**32))
    lasts = _placed(label, rng)
    for last in lasts:  # the same design for both
        paint = np.random.default_rng(design)
        if label == SANDAL:
            _sandal(canvas, last, paint)
        else:
            _closed(canvas, last, label == BOOT, paint)
    if rng.random() < 0.5:
        canvas = _textured(canvas, shoe, rng)
    return framed(canvas)


def _placed(label: int, rng: np.random.Generator) -> list[_Last]:
    """One or two of the same shape, left and right, farther ones first."""
    half, height = _shape(label, rng)
    thick = rng.uniform(0.02, 0.1)
    # How far from upright the camera looks: from straight above, a boot is like any closed shoe.
    low = rng.uniform(0.45, 1.1) if label == BOOT else rng.uniform(0, 0.9) * rng.choice([0.25, 1])
    view = LENGTH * low * np.array([rng.normal(0, 0.3), -1])
    heading = (
        rng.uniform(0, 360) if rng.random() < 0.2 else rng.choice([90, -90]) + rng.normal(0, 20)
    )
    splay = rng.normal(0, 10) if rng.random() < 0.7 else rng.uniform(-30, 30)
    apart = 2 * half.max() + rng.uniform(-0.03, 0.35)
    bow = rng.uniform(-0.02, 0.06) * np.sin(np.pi * ALONG)
    opposite = rng.random() < 0.06
    lasts = []
    for side in (-1, 1):
        degrees = np.deg2rad(
            heading + side * splay + rng.normal(0, 5) + (opposite and 90 * (side + 1))
        )
        cos, sin = np.cos(degrees), np.sin(degrees)
        turn = np.array([[cos, -sin], [sin, cos]]) * [1, side]
        middle = np.deg2rad(heading)
        across = np.array([-np.sin(middle), np.cos(middle)]) * side * apart / 2
        along = np.array([np.cos(middle), np.sin(middle)]) * rng.normal(0, 0.08)
        flat = np.array([[1], [1 - 0.35 * low]]) * LENGTH
        origin = CANVAS / 2 + (across + along) * flat[:, 0] - view * 0.2
        lasts.append(_Last(half, bow, height, thick, turn * flat, origin, view))
    lasts.sort(key=lambda last: last.origin[1])
    return lasts[: 1 if rng.random() < 0.2 else 2]


def _shape(label: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Half the width and the height of a shoe, along it."""
    toe, heel, waist = rng.uniform(0.15, 0.4), rng.uniform(0.08, 0.2), rng.uniform(0.7, 1)
    sharp = rng.uniform(0.4, 0.75)
    ends = np.clip(ALONG / toe, 0, 1), np.clip((1 - ALONG) / heel, 0, 1)
    round_toe, round_heel = (1 - (1 - end) ** 2 for end in ends)
    body = np.interp(ALONG, [0, 0.3, 0.6, 0.85, 1], [1, 1, waist, rng.uniform(0.75, 1), 0.9])
    half = rng.uniform(0.13, 0.24) * body * round_toe**sharp * round_heel**0.5
    rise = [0.06, 0.12, 0.2, 0.28, 0.27, 0.25] if label != SANDAL else [0.03] * 6
    height = np.interp(ALONG, [0, 0.15, 0.35, 0.6, 0.8, 1], rise) * rng.uniform(0.6, 1.3)
    return half, height


def _tones(rng: np.random.Generator) -> np.ndarray:
    """Three, well apart, in any order."""
    return rng.permutation(rng.uniform([FAINT + 24, 110, 190], [90, 170, 255]))


def _sole(canvas: np.ndarray, last: _Last, tone: float, wider: float) -> None:
    for z in (-last.thick, -last.thick / 2, 0):
        t = np.concatenate([ALONG, ALONG[::-1]])
        sides = np.where(np.arange(len(t)) < len(ALONG), wider, -wider)
        cv2.fillPoly(canvas, [last.at(t, sides, last.thick + z)], tone)


def _closed(canvas: np.ndarray, last: _Last, is_boot: bool, rng: np.random.Generator) -> None:
    """A shoe with an upper: its opening is at the heel's end."""
    tones = _tones(rng)
    upper, (sole, cap, stay, tongue, lace, mark) = tones[0], rng.choice(tones, 6)
    inside, shade = tones[rng.integers(1, 3)] * rng.uniform(0.7, 1), rng.uniform(-0.15, 0.4)
    _sole(canvas, last, sole, rng.uniform(1, 1.15))
    cap_end = rng.uniform(0.12, 0.32) if rng.random() < (0.1 if is_boot else 0.4) else 0
    for share in LEVELS:
        k, tone = 1 - 0.55 * share**2, 1 - shade * (1 - share)
        cv2.fillPoly(canvas, [last.strip(0, 1, k, share)], upper * tone)
        if cap_end:
            cv2.fillPoly(canvas, [last.strip(0, cap_end, k, share)], cap * tone)
    if rng.random() < 0.4:
        _marks(canvas, last, mark, rng)
    end = rng.uniform(0.56, 0.68)
    if rng.random() < (0.4 if is_boot else 0.85):
        _laced(canvas, last, end, (stay, tongue, lace), rng)
    if is_boot:
        _shaft(canvas, last, upper * (1 - shade / 2), inside, tones, rng)
    elif rng.random() < 0.95:
        long = rng.uniform(0.11, 0.17)
        ring = last.ring(end + long, long, rng.uniform(0.45, 0.75), float(last.top(ALONG).max()))
        cv2.fillPoly(canvas, [ring], inside)
        cv2.polylines(canvas, [ring], True, rng.choice(tones), int(rng.integers(1, 4)))


def _laced(
    canvas: np.ndarray,
    last: _Last,
    end: float,
    tones: tuple[float, float, float],
    rng: np.random.Generator,
) -> None:
    """A tongue between two stays, and laces across it, up to the opening."""
    start, wide = rng.uniform(0.24, 0.4), rng.uniform(0.2, 0.45)
    stay, tongue, lace = tones
    cv2.fillPoly(canvas, [last.strip(start - 0.04, end, wide + 0.18, 1)], stay)
    cv2.fillPoly(canvas, [last.strip(start, end + rng.uniform(0, 0.1), wide, 1)], tongue)
    rows = np.linspace(start + 0.02, end, int(rng.integers(2, 7)))
    ends = np.stack([last.at(rows, side * (wide + 0.08), last.top(rows)) for side in (-1, 1)])
    wide_lace, skip = int(rng.integers(1, 5)), int(rng.integers(0, 2))
    if rng.random() < 0.8:
        for one, other in zip(ends[0], ends[1][skip:], strict=False):
            cv2.line(canvas, one, other, lace, wide_lace)
        for one, other in zip(ends[1], ends[0][1:] if skip else [], strict=False):
            cv2.line(canvas, one, other, lace, wide_lace)
    if rng.random() < 0.3:  # a bow, or ends that hang loose
        middle = ends[:, -1].mean(axis=0)
        loops = middle + rng.normal(0, 0.14 * LENGTH, (4, 2))
        path = np.stack([loops[0], middle, loops[1], loops[2], middle, loops[3]]).astype(np.int32)
        cv2.polylines(canvas, [path], False, lace, int(rng.integers(1, 4)))


def _marks(canvas: np.ndarray, last: _Last, tone: float, rng: np.random.Generator) -> None:
    """Stripes on both sides."""
    starts = rng.uniform(0.3, 0.5) + np.arange(rng.integers(1, 4)) * rng.uniform(0.06, 0.12)
    ends, wide = starts + rng.uniform(-0.1, 0.15), int(rng.integers(2, 6))
    for side in (-1, 1):
        upper = last.at(starts, 0.6 * side, last.thick + 0.8 * (last.top(starts) - last.thick))
        lower = last.at(ends, side, last.thick)
        for one, other in zip(upper, lower, strict=True):
            cv2.line(canvas, one, other, tone, wide)


def _shaft(
    canvas: np.ndarray,
    last: _Last,
    tone: float,
    inside: float,
    tones: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """What a boot has above its foot."""
    long, wide, high = rng.uniform(0.16, 0.24), rng.uniform(0.75, 1.05), rng.uniform(0.35, 1.2)
    flare = rng.uniform(0.8, 1.2)
    low = last.ring(0.78, long, wide, last.thick)
    top = last.ring(0.78 + rng.normal(0, 0.03), long * flare, wide * flare, high)
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.concatenate([low, top])), tone)
    cv2.fillPoly(canvas, [top], inside)
    cv2.polylines(canvas, [top], True, rng.choice(tones), int(rng.integers(1, 7)))
    if rng.random() < 0.3:  # laces or a zip up its front or its side
        foot, edge = (ring[round(rng.choice([4, 8, 12]))] for ring in (low, top))
        for share in np.linspace(0.1, 0.9, int(rng.integers(3, 6))):
            x, y = (foot + share * (edge - foot)).astype(int).tolist()
            cv2.line(canvas, (x - 4, y), (x + 4, y), rng.choice(tones), 2)


def _sandal(canvas: np.ndarray, last: _Last, rng: np.random.Generator) -> None:
    """A sole that is bare but for straps."""
    tones = _tones(rng)
    _sole(canvas, last, rng.choice(tones), 1)
    cv2.fillPoly(canvas, [last.strip(0.02, 0.98, rng.uniform(0.82, 1), 0)], tones[0])
    if rng.random() < 0.4:  # where a foot has been
        for t, long in ((0.28, 0.12), (0.84, 0.1)):
            print_tone = tones[0] * rng.uniform(0.7, 0.95)
            cv2.fillPoly(canvas, [last.ring(t, long, 0.6, last.thick)], print_tone)
    tone = tones[1]
    kind = rng.choice(["thong", "slide", "straps", "cross"], p=[0.25, 0.25, 0.35, 0.15])
    if kind == "thong":
        joint, ends = np.array([rng.uniform(0.1, 0.2)]), np.array([rng.uniform(0.35, 0.6)])
        for side in (-1, 1):
            line = np.concatenate([last.at(joint, 0, 0.06), last.at(ends, 0.95 * side, last.thick)])
            cv2.polylines(canvas, [line], False, tone, int(rng.integers(3, 9)))
    elif kind == "slide":
        start = rng.uniform(0.03, 0.3)
        _band(canvas, last, (start, start + rng.uniform(0.18, 0.4)), 0, tone, rng)
    elif kind == "cross":
        start, skew = rng.uniform(0.2, 0.3), rng.uniform(0.08, 0.16)
        for way in (-skew, skew):
            _band(canvas, last, (start, start + rng.uniform(0.1, 0.18)), way, tone, rng)
    else:
        starts = np.sort(rng.uniform(0.08, 0.55, rng.integers(2, 5)))
        for start in starts:
            band = (start, start + rng.uniform(0.04, 0.12))
            _band(canvas, last, band, rng.normal(0, 0.03), tone, rng)
        if rng.random() < 0.3:  # one that joins them
            cv2.polylines(canvas, [last.at(starts, 0.0, last.top(starts) + 0.1)], False, tone, 4)
    if rng.random() < (0.8 if kind == "straps" else 0.15):  # about the ankle
        ring = last.ring(0.82, 0.17, 0.95, rng.uniform(0.1, 0.35))
        cv2.polylines(canvas, [ring], True, tones[rng.integers(1, 3)], int(rng.integers(2, 6)))


def _band(
    canvas: np.ndarray,
    last: _Last,
    band: tuple[float, float],
    skew: float,
    tone: float,
    rng: np.random.Generator,
) -> None:
    """A strap over the foot, from one side to the other."""
    k = np.linspace(-1, 1, 7)
    z, wide = last.thick + rng.uniform(0.06, 0.16) * (1 - k**2), rng.uniform(1, 1.2)
    front, back = (last.at(np.clip(t + skew * k, 0, 1), k * wide, z) for t in band)
    cv2.fillPoly(canvas, [np.concatenate([front, back[::-1]])], tone)


def _textured(canvas: np.ndarray, texture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With another image's light and dark on it."""
    points = cv2.findNonZero((texture > FAINT).astype(np.uint8))
    if points is None:
        return canvas
    left, top, width, height = cv2.boundingRect(points)
    cut = texture[top : top + height, left : left + width].astype(np.float32)
    large = cv2.resize(cut - cut.mean(), canvas.shape)
    made = np.clip(canvas + rng.uniform(0.2, 0.8) * large, FAINT + 10, 255)
    return np.where(canvas > 0, made, 0).astype(np.uint8)
