"""What people draw that is no garment, as strokes: each another one each time."""

import cv2
import numpy as np

from .living import animal, creature, face, flower, person, row, tree
from .pen import Point, Stroke, both, contour, curve, ellipse, line, mirrored, moved, shape

Strokes = list[Stroke]
Rng = np.random.Generator

TEXT = "ABCDEFGHJKLMNPQRSTVWXYZabdefghkmnpqrstwyz23456789&?@#"


def box(x: float, y: float, wide: float, high: float, solid: bool = True) -> Stroke:
    """Of these half edges about (x, y)."""
    corners = [
        (x - wide, y - high),
        (x + wide, y - high),
        (x + wide, y + high),
        (x - wide, y + high),
    ]
    return shape(*corners, solid=solid)


def vehicle(rng: Rng) -> Strokes:
    """A car, a bus, a lorry or a train."""
    u = rng.uniform
    wide, high, roof, cabin = u(0.7, 1.2), u(0.15, 0.35), u(0.15, 0.5), u(0.3, 0.95)
    aside = u(-0.4, 0.4) * (1 - cabin) * wide
    half = [
        (aside - cabin * wide, -high),
        (aside - cabin * wide * u(0.5, 1), -high - roof),
        (aside + cabin * wide * u(0.5, 1), -high - roof),
        (aside + cabin * wide, -high),
    ]
    body = shape(
        (-wide, high), (-wide, -high), *half, (wide, -high), (wide, high), smooth=u(0, 0.25)
    )
    found = [body]
    if u() < 0.7:
        found += [
            box(x, -high - roof * 0.4, 0.08, roof * 0.3)
            for x in row(rng, aside - cabin * wide * 0.5, aside + cabin * wide * 0.5, 1, 4)
        ]
    size = u(0.1, 0.25)
    for x in row(rng, -wide * 0.65, wide * 0.65, 2, 4):
        found += [
            ellipse(x, high, size, size, solid=True),
            ellipse(x, high, size * 0.4, size * 0.4),
        ]
    return found


def house(rng: Rng) -> Strokes:
    """A house, a tower or a tent, with a door and windows."""
    u = rng.uniform
    wide, high, roof, over = u(0.3, 0.9), u(0.3, 1), u(0.2, 0.8), u(0, 0.15)
    found = [
        box(0, 0, wide, high),
        shape(
            (-wide - over, -high), (u(-0.2, 0.2), -high - roof), (wide + over, -high), solid=True
        ),
    ]
    x = wide * u(-0.4, 0.4)
    found.append(box(x, high * 0.65, wide * 0.2, high * 0.35))
    if u() < 0.7:
        found += both(box(wide * 0.5, -high * 0.4, wide * 0.2, high * 0.2))
    return found


def vessel(rng: Rng) -> Strokes:
    """A cup, a glass, a bottle or a vase."""
    u = rng.uniform
    top, middle, low, high = u(0.15, 0.6), u(0.25, 0.7), u(0.2, 0.6), u(0.4, 1)
    body = curve(
        contour([(0, -high), (top, -high), (middle, u(-0.4, 0.3) * high), (low, high), (0, high)]),
        u(0, 0.5),
        True,
    )
    found = [body, ellipse(0, -high, top, u(0.04, 0.15))]
    if u() < 0.6:
        x, size = (top + middle) / 2, u(0.15, 0.35)
        found += [
            ellipse(x, 0, size, size * 1.2, part=(-90, 90)),
            ellipse(x, 0, size * 0.6, size * 0.8, part=(-90, 90)),
        ]
    return found


def furniture(rng: Rng) -> Strokes:
    """A table, a chair, a bed, a ladder: boards on legs."""
    u = rng.uniform
    wide, high, thick = u(0.4, 1), u(0.3, 1), u(0.03, 0.12)
    found: Strokes = []
    for x in row(rng, -wide * 0.9, wide * 0.9, 2, 4):
        half = u(0.02, 0.07)
        found.append(
            box(x, high / 2, half, high / 2)
            if u() < 0.7
            else line((x, 0), (x + u(-0.1, 0.1), high))
        )
    found.append(box(0, 0, wide, thick))
    if u() < 0.5:
        found.append(box(-wide * 0.9, -high / 2, u(0.03, 0.15), high / 2))
    if u() < 0.4:
        found += [
            line((-wide * 0.9, y), (wide * 0.9, y)) for y in row(rng, 0.2 * high, 0.9 * high, 1, 4)
        ]
    return found


def device(rng: Rng) -> Strokes:
    """A telephone, a camera, a television, a book, a clock: a box or a disc with windows and knobs."""
    u = rng.uniform
    wide, high = u(0.4, 1), u(0.4, 1)
    found = [box(0, 0, wide, high) if u() < 0.7 else ellipse(0, 0, wide, wide)]
    if u() < 0.6:
        found.append(box(u(-0.1, 0.1), u(-0.2, 0.1), wide * u(0.4, 0.85), high * u(0.3, 0.8)))
    else:
        size = u(0.2, 0.4)
        found += [ellipse(u(-0.2, 0.2), 0, size * t, size * t) for t in (1, 0.6)]
    for x in row(rng, -wide * 0.7, wide * 0.7, 1, 5):
        found.append(ellipse(x, high * 0.8, 0.06, 0.06))
    if u() < 0.4:
        found += both(line((0, -high), (u(0.1, 0.6), -high - u(0.2, 0.7))))
    return found


def tool(rng: Rng) -> Strokes:
    """A spoon, a hammer, a key, a brush, scissors: a head on a handle, at any angle."""
    u, kind = rng.uniform, rng.random()
    thin, long, wide, high = u(0.02, 0.09), u(0.8, 1.6), u(0.12, 0.45), u(0.12, 0.35)
    handle = box(0, long / 2, thin, long / 2)
    head = (
        ellipse(0, 0, wide, high, True)
        if kind < 0.4
        else box(0, 0, wide, high)
        if kind < 0.7
        else shape((-wide, -high), (0, -high * 3), (wide, -high), (thin, high), (-thin, high))
    )
    found = [handle, head]
    if u() < 0.3:
        found += moved(found, u(20, 60), (0, 0))
    return moved(found, u(0, 360), (0, 0))


def star(rng: Rng) -> Strokes:
    """A star, a cross, a bolt, a crescent, a heart or an arrow."""
    u, kind = rng.uniform, int(rng.integers(4))
    if kind == 0:
        count = 2 * int(rng.integers(4, 9))
        angles, far = (
            np.arange(count) * 2 * np.pi / count,
            np.where(np.arange(count) % 2, u(0.3, 0.65), 1),
        )
        return [
            curve(np.stack([far * np.sin(angles), -far * np.cos(angles)], axis=1), u(0, 0.4), True)
        ]
    if kind == 1:
        half: list[Point] = [(0, -u(0.3, 0.7)), (0.45, -1), (0.95, -0.7), (0.9, -0.1), (0, 1)]
    elif kind == 2:
        thin, back = u(0.08, 0.3), u(-0.2, 0.4)
        half = [(0, -1), (u(0.4, 0.9), back), (thin, back - u(0, 0.1)), (thin, 1), (0, 1)]
    else:
        thin = u(0.1, 0.35)
        half = [
            (0, -1),
            (thin, -1),
            (thin, -thin),
            (u(0.6, 1), -thin),
            (0.9, thin),
            (thin, thin),
            (thin, 1),
            (0, 1),
        ]
    return moved([curve(contour(half), u(0, 0.3), True)], u(-180, 180), (0, 0))


def scrawl(rng: Rng) -> Strokes:
    """A line that goes anywhere, a spiral, a zigzag."""
    kind, count = int(rng.integers(3)), int(rng.integers(4, 16))
    if kind == 0:
        return [
            curve(rng.uniform(-1, 1, (count, 2)), rng.uniform(0, 0.6), bool(rng.random() < 0.5))
        ]
    at = np.linspace(0, 1, 2 * count)[:, None]
    if kind == 1:
        angle = at * rng.uniform(6, 30)
        return [curve((0.15 + at) * np.concatenate([np.cos(angle), np.sin(angle)], axis=1))]
    side = np.where(np.arange(2 * count)[:, None] % 2, 1, -1) * rng.uniform(0.05, 0.5)
    return moved(
        [curve(np.concatenate([2 * at - 1, side], axis=1), rng.uniform(0, 0.5))],
        rng.uniform(0, 180),
        (0, 0),
    )


def writing(rng: Rng) -> Strokes:
    """One to four letters or digits, by their outlines."""
    count = int(rng.choice([1, 1, 2, 3, 4]))
    text = "".join(rng.choice(list(TEXT), count))
    canvas = np.zeros((90, 60 * count + 30), np.uint8)
    cv2.putText(canvas, text, (15, 65), int(rng.integers(8)), 2, 255, int(rng.integers(1, 12)))
    outlines = cv2.findContours(canvas, cv2.RETR_LIST, cv2.CHAIN_APPROX_TC89_L1)[0]
    return [Stroke(outline[:, 0].astype(float), True) for outline in outlines if len(outline) > 2]


def heap(rng: Rng) -> Strokes:
    """Ellipses, polygons and lines, any, that touch."""
    found: Strokes = []
    at = np.zeros(2)
    for _ in range(int(rng.integers(2, 8))):
        wide, high = rng.uniform(0.08, 0.7, 2)
        x, y = at
        kind, solid = rng.random(), bool(rng.random() < 0.6)
        if kind < 0.45:
            part = ellipse(x, y, wide, high, solid)
        elif kind < 0.85:
            corners = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8))))
            points = np.stack([x + wide * np.cos(corners), y + high * np.sin(corners)], axis=1)
            part = curve(points, rng.choice([0, 0.4]), True, solid)
        else:
            part = curve(at + rng.uniform(-1, 1, (3, 2)))
        found.append(part)
        at = part.points[rng.integers(len(part.points))]
    return found


THINGS = (
    animal, animal, face, person, tree, flower, creature, vehicle, house, vessel, furniture, device,
    tool, star, scrawl, writing, heap, heap, heap,
)  # fmt: skip


def thing(rng: Rng) -> Strokes:
    """Any of them; it may face either way."""
    found = THINGS[rng.integers(len(THINGS))](rng)
    return mirrored(found) if rng.random() < 0.5 else found
