"""Animals, people and plants that people draw, as strokes: each another one each time."""

import numpy as np

from .pen import Stroke, both, curve, ellipse, line, moved, shape

Strokes = list[Stroke]
Rng = np.random.Generator


def row(rng: Rng, first: float, last: float, low: int, high: int) -> np.ndarray:
    """Places evenly apart, any number from `low` to `high`."""
    return np.linspace(first, last, int(rng.integers(low, high + 1)))


def animal(rng: Rng) -> Strokes:
    """On two to six legs, from the side."""
    u, some = rng.uniform, rng.random(3)
    wide, high, head = u(0.35, 0.7), u(0.16, 0.4), u(0.13, 0.28)
    x, y = wide * u(0.8, 1.2), -high * u(0, 2.5)
    found = _legs(wide, high, rng)
    if some[0] < 0.7:
        tail = [(-wide - u(0.05, 0.3), -u(0, 0.5)), (-wide - u(0, 0.5), u(-0.6, 0.2))]
        found.append(curve([(-wide * 0.9, -high * 0.2), *tail]))
    if some[1] < 0.6:
        chest = [(wide * 0.8, high * 0.4), (wide * 0.4, -high * 0.5)]
        found.append(shape(*chest, (x - head * 0.7, y), (x + head * 0.5, y)))
    found.append(ellipse(0, 0, wide, high, solid=True))
    if some[2] < 0.7:
        ear = shape((0.1, -0.8), (u(0.5, 1.2), -u(1.2, 2.4)), (0.8, -0.5), smooth=u(0, 0.5))
        found += moved(both(ear), 0, (x, y), head)
    eye = ellipse(x + head * 0.3, y - head * 0.2, 0.02, 0.03)
    return [*found, ellipse(x, y, head * u(0.9, 1.6), head, solid=True), eye]


def _legs(wide: float, high: float, rng: Rng) -> Strokes:
    """Under a body of these half axes: of one line, or of an outline."""
    u, reach = rng.uniform, high * 0.5 + rng.uniform(0.1, 0.5)
    found = []
    for x in row(rng, -wide * 0.75, wide * 0.75, 2, 6):
        half, lean = u(0.02, 0.08), u(-0.12, 0.12)
        foot = (x + half + lean, reach), (x - half + lean, reach)
        outline = shape((x - half, 0), (x + half, 0), *foot)
        found.append(outline if u() < 0.6 else line((x, high * 0.6), (x + lean, reach + 0.1)))
    return found


def face(rng: Rng) -> Strokes:
    """Of a person or a cat, with eyes and a mouth; some with ears, hair or whiskers."""
    u, some = rng.uniform, rng.random(4)
    wide = u(0.6, 1.1)
    found = [ellipse(0, 0, wide, 1, solid=True)]
    x, y = u(0.2, 0.45) * wide, -u(0, 0.4)
    found += both(ellipse(x, y, u(0.04, 0.18), u(0.04, 0.18)))
    found.append(curve([(-0.4 * wide, u(0.3, 0.5)), (0, u(0.35, 0.75)), (0.4 * wide, u(0.3, 0.5))]))
    if some[0] < 0.5:
        found.append(line((0, -0.05), (-0.1, 0.2), (0.05, 0.2)))
    if some[1] < 0.4:
        found += both(
            shape(
                (wide * 0.9, -0.4),
                (wide * u(0.7, 1.1), -u(1.1, 1.9)),
                (wide * 0.35, -0.9),
                smooth=u(0, 0.5),
            )
        )
    elif some[1] < 0.7:
        found += [
            line((t * wide, -0.9), (t * wide + u(-0.1, 0.1), -u(1, 1.4)))
            for t in row(rng, -0.6, 0.6, 4, 9)
        ]
    if some[2] < 0.3:
        found += both(*(line((0.15, 0.25), (wide * 1.3, t)) for t in (0.1, 0.3, 0.5)))
    return found


def person(rng: Rng) -> Strokes:
    """Of lines, or with a body."""
    u = rng.uniform
    size, neck, hip = u(0.12, 0.3), -0.5, u(0, 0.3)
    found = [ellipse(0, neck - size, size, size * u(0.9, 1.3))]
    found += both(
        line((0, neck + u(0, 0.15)), (u(0.2, 0.6), u(-0.7, 0.2))),
        line((0, hip), (u(0.08, 0.4), u(0.7, 1))),
    )
    if u() < 0.5:
        found.append(ellipse(0, (neck + hip) / 2, u(0.1, 0.3), (hip - neck) / 2))
    return [*found, line((0, neck), (0, hip))]


def tree(rng: Rng) -> Strokes:
    """Or a mushroom, a broccoli, an umbrella: a crown on a trunk."""
    u, kind = rng.uniform, rng.random()
    half, low, wide, high = u(0.05, 0.2), u(0.4, 1.1), u(0.4, 0.9), u(0.35, 0.8)
    trunk = shape(
        (-half, -0.2), (half, -0.2), (half * u(0.8, 1.6), low), (-half * u(0.8, 1.6), low)
    )
    if kind < 0.3:
        angles = np.linspace(0, 2 * np.pi, int(rng.integers(12, 24)), endpoint=False)
        bumps = 1 + 0.15 * (-1) ** np.arange(len(angles))
        crown = curve(
            np.stack([wide * bumps * np.cos(angles), high * bumps * np.sin(angles) - high], axis=1),
            closed=True,
            solid=True,
        )
    elif kind < 0.55:
        crown = shape((-wide, 0), (0, -2 * high), (wide, 0), solid=True)
    elif kind < 0.8:
        crown = curve(
            [(-wide, 0), (-wide * 0.7, -high), (0, -high * 1.4), (wide * 0.7, -high), (wide, 0)],
            closed=True,
            solid=True,
        )
    else:
        crown = ellipse(0, -high, wide, high, solid=True)
    return [trunk, crown]


def flower(rng: Rng) -> Strokes:
    """Petals, or a sun's rays, about a middle; some on a stem."""
    u, count, far = rng.uniform, int(rng.integers(4, 11)), rng.uniform(0.35, 0.7)
    found: Strokes = []
    if u() < 0.6:
        found += [
            curve([(0, 0), (u(-0.1, 0.1), 0.8), (u(-0.2, 0.2), u(1.2, 2))]),
            ellipse(0.15, 1.1, 0.17, 0.06),
        ]
    petal = (
        ellipse(far, 0, u(0.2, 0.4), u(0.08, 0.3))
        if u() < 0.65
        else line((far * 0.8, 0), (u(0.8, 1.2), 0))
    )
    for degrees in np.linspace(0, 360, count, endpoint=False):
        found += moved([petal], degrees, (0, 0))
    size = u(0.15, 0.4)
    return [*found, ellipse(0, 0, size, size, solid=True)]


def creature(rng: Rng) -> Strokes:
    """A fish, a bird, an insect, a snail, a snake: a body with fins, wings and feelers."""
    u = rng.uniform
    wide, high = u(0.4, 0.8), u(0.1, 0.4)
    found = [ellipse(0, 0, wide, high)]
    if u() < 0.6:
        found.append(
            shape(
                (-wide * 0.9, 0),
                (-wide - u(0.2, 0.5), -u(0.1, 0.5)),
                (-wide - u(0.1, 0.4), u(0.1, 0.5)),
                smooth=u(0, 0.4),
            )
        )
    if u() < 0.6:
        wing = ellipse(0, -u(0.3, 0.6), u(0.1, 0.35), u(0.2, 0.6))
        found += moved([wing], u(-40, 40), (0, 0)) + (
            moved([wing], 180 + u(-40, 40), (0, 0)) if u() < 0.6 else []
        )
    for x in row(rng, -wide * 0.7, wide * 0.7, 1, 5):
        found.append(
            curve(
                [
                    (x, high * 0.7),
                    (x + u(-0.1, 0.1), high + 0.1),
                    (x + u(-0.2, 0.2), high + u(0.15, 0.5)),
                ]
            )
        )
    return [*found, ellipse(wide * 0.7, -high * 0.2, 0.04, 0.04)]
