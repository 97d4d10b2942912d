"""Sandals and pumps that people draw, as strokes: each another one each time.

From the side the toe is at x 0, the heel at x 1, the ground at y 0 and what is above it negative.
"""

import numpy as np

from .pen import Stroke, both, curve, ellipse, line, shape
from .shoes import Foot, band, one_or_two, sole_from_above, some_foot

Strokes = list[Stroke]
Rng = np.random.Generator


def sandal(rng: Rng) -> Strokes:
    """From the side: straps over the toes, the instep and the ankle, on a flat sole, wedge or heel."""
    u, some = rng.uniform, rng.random(5)
    flat = some[0] < 0.4
    foot = some_foot(rng, (0, 0.1) if flat else (0.15, 0.75), wedge=0.8 if flat else 0.3)
    sole = curve([*foot.under(), *foot.edge()[1:]], u(0, 0.3), closed=True)
    found = [sole, *_bands(foot, rng)]
    if some[1] < 0.65:
        found += _around_ankle(foot, rng)
    elif some[1] < 0.85:
        found.append(_around_heel(foot, rng))
    if some[2] < 0.35:  # the foot's upper side, or a strap along it
        found.append(curve([(t, foot.top(t)) for t in np.linspace(u(0.05, 0.3), u(0.5, 0.75), 5)]))
    if some[3] < 0.15:
        found.append(ellipse(u(0.2, 0.4), foot.top(0.3), 0.06, 0.05))
    if foot.platform > 0.05 and some[4] < 0.4:
        found.append(curve([(t, y / 2) for t, y in foot.edge()]))
    return found


def _bands(foot: Foot, rng: Rng) -> Strokes:
    """Straps from the sole to the upper side, from the toes to the instep."""
    u, is_straight = rng.uniform, rng.random() < 0.7
    found: Strokes = []
    x, end = u(0.05, 0.2), u(0.4, 0.75)
    while x < end:
        wide, lean = u(0.06, 0.2), u(-0.05, 0.15) if is_straight else u(-0.15, 0.3)
        high = (x + lean, min(x + lean + wide, 0.85))
        found.append(band(foot, (x, x + wide), high, u(-0.03, 0.06)))
        x += wide + u(-0.04, 0.2)
    return found


def _around_ankle(foot: Foot, rng: Rng) -> Strokes:
    """A strap, mostly with another down to the heel, and a buckle."""
    u, back = rng.uniform, foot.sole(1)
    ankle, thick = back - u(0.15, 0.4), u(0.03, 0.1)
    x, y = u(0.55, 0.72), ankle + u(-0.05, 0.12)
    found = [shape((0.98, ankle), (x, y), (x, y + thick), (0.97, ankle + thick), smooth=u(0, 0.3))]
    if rng.random() < 0.8:
        found.append(shape((0.9, foot.sole(0.9)), (0.92, ankle), (0.99, ankle), (1.0, back)))
    if rng.random() < 0.5:
        found.append(ellipse(x + 0.08, y + thick / 2, 0.025, 0.03))
    return found


def _around_heel(foot: Foot, rng: Rng) -> Stroke:
    """A strap from the instep, around the heel and down to the sole."""
    u, down = rng.uniform, foot.sole(0.95)
    start, heel = (
        (u(0.4, 0.6), foot.top(0.5) * u(0.85, 1)),
        min(foot.sole(1) - u(0.1, 0.3), down - 0.08),
    )
    back = [(1.0, heel), (0.99, down), (0.94, down), (0.93, heel + u(0.03, 0.1))]
    return curve([(0.55, foot.sole(0.55)), start, *back], 0.3)


def thong(rng: Rng) -> Strokes:
    """A flip-flop or mule from the side: a sole, and one bow over it."""
    u = rng.uniform
    foot = some_foot(rng, (0, 0.12) if rng.random() < 0.6 else (0.15, 0.6), (0.02, 0.14), 0.6)
    sole = curve([*foot.under(), *foot.edge()[1:]], u(0, 0.4), closed=True)
    start, end = u(0.03, 0.3), u(0.42, 0.75)
    peak, high, thin = u(start + 0.1, end), u(0.12, 0.32), u(0.35, 0.85)
    arcs = []
    for share in (1.0, thin):
        middle = (peak, foot.sole(peak) - high * share)
        arcs.append(
            curve([(start, foot.sole(start)), middle, (end * (0.6 + 0.4 * share), foot.sole(end))])
        )
    if rng.random() < 0.4:
        arcs = arcs[:1]
    return [sole, *arcs]


def flip_flop(rng: Rng) -> Strokes:
    """From above: a V between the toes, or bands across."""
    u, kind = rng.uniform, rng.random()
    outline = curve(sole_from_above(rng), u(0.3, 0.5), closed=True)
    found = [outline]
    toe, end, out = (u(-0.1, 0.1), u(-0.75, -0.45)), u(-0.25, 0.35), u(0.28, 0.42)
    if kind < 0.6:
        bow = u(0, 0.2)
        sides = [
            [(side * out, end), (side * out * (0.5 + bow), (toe[1] + end) / 2), toe]
            for side in (-1, 1)
        ]
        found += [curve(points) for points in sides]
        if rng.random() < 0.5:
            inner = [[(0.8 * x, y + 0.1) for x, y in points] for points in sides]
            found += [curve(points) for points in inner]
        if rng.random() < 0.2:
            found.append(ellipse(*toe, 0.05, 0.05))
    else:
        y = toe[1]
        for _ in range(int(rng.integers(1, 4))):
            wide, bow = u(0.12, 0.4), u(-0.15, 0.05)
            for edge in (y, y + wide):
                found.append(curve([(-0.4, edge), (0.0, edge + bow), (0.4, edge)]))
            y += wide + u(0.05, 0.4)
        if rng.random() < 0.2:
            found += both(line((0.35, toe[1]), (-0.3, toe[1] + 0.5)))
    return one_or_two(rng, found, 0.35)


def pump(rng: Rng) -> Strokes:
    """A shoe with a heel, open above the foot; some open at the toe or the heel, some strapped."""
    u, some = rng.uniform, rng.random(6)
    foot = some_foot(rng, (0.2, 0.75) if some[0] < 0.8 else (0.02, 0.1), wedge=0.12)
    vamp, back = u(0.25, 0.45), foot.sole(1) - u(0.12, 0.25)
    start = (0.1, foot.sole(0.1)) if some[1] < 0.3 else (-0.02, foot.sole(0) - 0.01)  # open toe
    front = [start, (0.1, foot.top(0.1)), (vamp, foot.top(vamp))]
    low = 0.6 * foot.sole(0.6) + 0.4 * foot.top(0.6)
    upper = [*front, (0.62, low), (0.9, back + 0.05), (1.0, back), (1.01, foot.sole(1))]
    found = [curve([*foot.under(), *upper[::-1]], u(0.1, 0.4), closed=True)]
    found.append(curve(foot.edge(), 0.5))
    if some[2] < 0.45:  # a strap over the instep or the ankle
        high = back - u(0.02, 0.3)
        strap = [
            (0.98, back),
            (0.97, high),
            (0.6, high + u(-0.05, 0.1)),
            (0.62, high + u(0.05, 0.12)),
            (0.95, high + 0.07),
        ]
        found.append(curve(strap, 0.2))
    if some[3] < 0.3:
        found.append(ellipse(vamp - 0.05, foot.top(vamp) + 0.03, u(0.03, 0.08), u(0.03, 0.06)))
    if some[4] < 0.3:
        found.append(band(foot, (0.2, 0.3), (0.25, 0.35), 0))
    return found
