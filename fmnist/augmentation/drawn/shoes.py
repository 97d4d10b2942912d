"""Sneakers and boots that people draw, as strokes: each another one each time.

From the side the toe is at x 0, the heel at x 1, the ground at y 0 and what is above it negative.
"""

import dataclasses

import numpy as np

from .pen import Point, Stroke, curve, ellipse, line, mirrored, moved

Strokes = list[Stroke]
Rng = np.random.Generator


@dataclasses.dataclass(frozen=True)
class Foot:
    """What stands on a sole, from the side."""

    platform: float  # how thick the sole is
    lift: float  # how much higher the heel stands
    ball: float  # x where the foot begins to rise
    pillar: tuple[float, float]  # where the heel begins, at its top and on the ground; 0: a wedge
    full: float  # how high the toes and the instep are

    def sole(self, x: float) -> float:
        """y of the upper edge of the sole."""
        t = min(max((x - self.ball) / (0.85 - self.ball), 0), 1)
        return -self.platform - self.lift * t * t * (3 - 2 * t)

    def top(self, x: float) -> float:
        """y of the upper side of a foot."""
        return self.sole(x) - self.full * (
            0.09 + 0.3 * min(x, 0.7) + 0.1 * max(0, 0.2 - abs(x - 0.25))
        )

    def under(self) -> list[Point]:
        """The sole from the toe to the heel, on the ground."""
        toe = [(0.0, self.sole(0) * 0.9), (0.05, 0.0), (self.ball + 0.08, 0.0)]
        if not self.pillar[0]:
            return [*toe, (0.6, 0.0), (0.98, 0.0), (1.0, self.sole(1))]
        high, low = self.pillar
        thick = max(self.platform * 0.8, 0.03)
        arch = [(x, min(0.0, self.sole(x) + thick)) for x in (0.55, high)]
        return [*toe, *arch, (low, 0.0), (0.99, 0.0), (1.0, self.sole(1))]

    def edge(self, start: float = 1, end: float = 0) -> list[Point]:
        """The upper edge of the sole."""
        return [(x, self.sole(x)) for x in np.linspace(start, end, 7)]


def some_foot(rng: Rng, lift: Point, platform: Point = (0.02, 0.1), wedge: float = 0.15) -> Foot:
    high = rng.uniform(*lift)
    begin = rng.uniform(0.72, 0.9)
    pillar = (begin, min(0.95, begin + rng.uniform(-0.02, 0.2)))
    is_wedge = rng.random() < wedge
    return Foot(
        rng.uniform(*platform),
        high,
        rng.uniform(0.25, 0.4),
        (0.0, 0.0) if is_wedge else pillar,
        rng.uniform(0.65, 1.4),
    )


def band(foot: Foot, low: Point, high: Point, bow: float) -> Stroke:
    """A strap from the sole between these x, to the upper side of the foot between those."""
    a, b = ((x, foot.sole(x)) for x in low)
    c, d = ((x, foot.top(x)) for x in high)
    left = ((a[0] + c[0]) / 2 - bow, (a[1] + c[1]) / 2)
    right = ((b[0] + d[0]) / 2 - bow, (b[1] + d[1]) / 2)
    return curve([a, left, c, d, right, b], 0.3, closed=True)


def sole_from_above(rng: Rng) -> list[Point]:
    """A foot's outline, its toe at y -1, its heel at y 1."""
    u = rng.uniform
    front, waist, heel, aside = u(0.32, 0.5), u(0.2, 0.36), u(0.25, 0.4), u(-0.08, 0.08)
    right = [
        (0.15 + aside, -0.97),
        (front, -0.6),
        (front * 0.95, -0.25),
        (waist, 0.25),
        (heel, 0.7),
        (heel * 0.5, 0.97),
    ]
    left = [
        (-heel * 0.5, 0.97),
        (-heel, 0.7),
        (-waist * u(0.8, 1.2), 0.2),
        (-front, -0.35),
        (-front * 0.85, -0.75),
    ]
    return [(aside, -1.0), *right, *left]


def one_or_two(rng: Rng, one: Strokes, share: float) -> Strokes:
    """Seen from above: alone, or with the other one beside it; the toes any way."""
    degrees = rng.choice([0.0, 180.0], p=[0.8, 0.2]) + rng.normal(0, 20)
    if rng.random() > share:
        return moved(one, degrees, (0, 0))
    splay, apart = rng.normal(0, 15), rng.uniform(0.5, 0.8)
    down = rng.normal(0, 0.15)
    two = [*moved(mirrored(one), -splay, (-apart, -down)), *moved(one, splay, (apart, down))]
    return moved(two, degrees if rng.random() < 0.5 else 0, (0, 0))


def _laces(rng: Rng, low: Point, high: Point, across: float) -> Strokes:
    """Short lines, or crosses, from one point of the tongue to another."""
    count, degrees = int(rng.integers(3, 7)), np.deg2rad(rng.uniform(-30, 50))
    dx, dy = across * np.cos(degrees), across * np.sin(degrees)
    found = []
    for t in np.linspace(0, 1, count):
        x, y = low[0] + t * (high[0] - low[0]), low[1] + t * (high[1] - low[1])
        found.append(line((x - dx * 0.3, y - dy * 0.3), (x + dx, y + dy)))
        if across > 0.15 and count < 5:
            found.append(line((x - dx * 0.3, y + dy), (x + dx, y - dy * 0.3)))
    return found


def sneaker(rng: Rng) -> Strokes:
    """From the side: a low closed shoe; a sole, a cap, laces, stripes, seams, or none of them."""
    u, some = rng.uniform, rng.random(9)
    foot = some_foot(rng, (0, 0.05), (0.04, 0.13), 0.85)
    high = u(0.3, 0.46) if some[0] < 0.8 else u(0.42, 0.62)
    toe, throat = u(0.12, 0.24), (u(0.36, 0.5), -foot.platform - u(0.2, 0.28))
    tongue, back = (u(0.52, 0.66), -high - u(-0.03, 0.08)), -high * u(0.85, 1.15)
    dip = ((tongue[0] + 0.97) / 2, max(tongue[1], back) + u(0, 0.12))
    upper = [(-0.01, -0.06), (0.05, -toe), throat, tongue, dip, (0.97, back), (1.0, foot.sole(1))]
    found = [curve([*foot.under(), *upper[::-1]], u(0.1, 0.45), closed=True)]
    if some[1] < 0.7:
        found.append(curve(foot.edge(), 0.3))
    if some[2] < 0.35:
        found.append(
            curve([(u(0.15, 0.3), foot.sole(0.2)), (0.2, -toe), (u(0.2, 0.35), throat[1] * 0.9)])
        )
    if some[3] < 0.55:
        found += _laces(rng, throat, tongue, u(0.06, 0.22))
    elif some[3] < 0.75:
        found.append(curve([throat, (u(0.5, 0.6), throat[1] * 0.7), (0.7, -high * 0.75), dip]))
    x = u(0.45, 0.6)
    if some[4] < 0.3:
        for k in range(int(rng.integers(2, 4))):
            found.append(line((x + 0.08 * k, -high * 0.7), (x - 0.1 + 0.08 * k, foot.sole(0.5))))
    elif some[4] < 0.42:
        swoosh = [
            (0.92, -high * 0.75),
            (0.5, -foot.platform - 0.05),
            (0.42, -high * 0.55),
            (0.52, -foot.platform - 0.1),
        ]
        found.append(curve(swoosh, closed=True))
    if some[5] < 0.4:
        found.append(
            curve(
                [
                    (u(0.75, 0.85), -high * 0.95),
                    (u(0.7, 0.85), -high * 0.5),
                    (0.85, foot.sole(0.85)),
                ]
            )
        )
    if some[6] < 0.3:
        found.append(ellipse(dip[0], dip[1], 0.97 - dip[0], u(0.04, 0.08)))
    return found


def low_shoe(rng: Rng) -> Strokes:
    """As simple as it goes: a loaf, or an L that lies."""
    u = rng.uniform
    high, front, step = u(0.28, 0.6), u(0.12, 0.26), u(0.5, 0.75)
    points = [
        (0.03, 0.0),
        (1.0, 0.0),
        (u(0.95, 1.02), -high),
        (step + u(0, 0.15), -high * u(0.85, 1)),
    ]
    points += [(step, -front - u(0, 0.1)), (u(0.2, 0.4), -front), (0.0, -front * u(0.5, 0.9))]
    found = [curve(points, u(0, 0.5), closed=True)]
    if rng.random() < 0.4:
        found.append(line((0.0, -0.06), (1.0, -u(0.05, 0.09))))
    if rng.random() < 0.4:
        found += _laces(rng, (u(0.35, 0.45), -front), (step, -front - 0.08), u(0.05, 0.15))
    return found


def sneaker_from_above(rng: Rng) -> Strokes:
    """An opening, a tongue and laces; alone or in pairs."""
    u = rng.uniform
    wide, high, low = u(0.16, 0.26), u(0.22, 0.35), u(0.4, 0.6)
    found = [curve(sole_from_above(rng), 0.5, closed=True), ellipse(0, low, wide, high)]
    if rng.random() < 0.7:
        for y in np.linspace(low - high - 0.05, u(-0.5, -0.2), int(rng.integers(3, 6))):
            found.append(line((-wide * 0.8, y), (wide * 0.8, y + u(-0.05, 0.05))))
    if rng.random() < 0.4:
        found.append(curve([(-0.38, -0.5), (0.0, -0.62), (0.38, -0.5)]))
    return one_or_two(rng, found, 0.5)


def boot(rng: Rng) -> Strokes:
    """From the side: a shaft above the ankle; flat, on a block or on a high heel; laces, zip, buckles."""
    u, some = rng.uniform, rng.random(9)
    is_high = some[0] < 0.3
    foot = some_foot(rng, (0.2, 0.6) if is_high else (0, 0.14), (0.02, 0.09), 0.25)
    high, wide, lean = u(0.38, 1.15), u(0.34, 0.5), u(-0.05, 0.06)
    top = foot.sole(1) - high
    instep = (1 - wide - u(-0.02, 0.12), foot.sole(0.6) - u(0.2, 0.3))
    shaft = (1 - wide + lean + u(-0.06, 0.06), top + u(-0.04, 0.08))
    ankle = (0.97, foot.sole(1) - min(0.22, high / 3))
    upper = [
        (-0.01, foot.sole(0) - 0.01),
        (0.06, foot.top(0.1)),
        (0.3, foot.top(0.3)),
        instep,
        shaft,
    ]
    upper += [(1 + lean, top), ankle, (1.01, foot.sole(1))]
    found = [curve([*foot.under(), *upper[::-1]], u(0, 0.35), closed=True)]
    if some[1] < 0.7:
        found.append(curve(foot.edge(), 0.4))
    if some[2] < 0.45:
        found += _laces(
            rng, (0.32, foot.top(0.3)) if some[3] < 0.3 else instep, shaft, u(0.08, 0.25)
        )
    if some[4] < 0.25:
        y = top + u(0.06, 0.2)
        found.append(line((shaft[0], y), (1 + lean, y)))
    if some[5] < 0.3:  # elastic, or a zip
        x = 1 - wide / 2 + lean
        found.append(
            curve(
                [(x - 0.08, top), (x - 0.03, (top + ankle[1]) / 2), (x, ankle[1]), (x + 0.08, top)]
            )
            if some[6] < 0.5
            else line((x, top), (x, foot.sole(0.8)))
        )
    if some[7] < 0.25:  # straps
        for y in np.linspace(ankle[1] - 0.03, top, int(rng.integers(3, 5)))[:-1]:
            found += [line((1 - wide - 0.02, y + d), (0.99, y + d)) for d in (0, 0.07)]
    if some[8] < 0.3:
        found.append(
            curve([(0.25, foot.sole(0.25)), (0.28, foot.top(0.3)), (0.34, foot.top(0.34))])
        )
    return found
