"""Tops that people draw, as strokes: each another one each time.

A length of 1 is about a shirt's; x is 0 in the middle, y 0 at the shoulders.
"""

import dataclasses

import numpy as np

from .pen import Stroke, both, contour, curve, ellipse, line, mirrored, shape

Strokes = list[Stroke]
Rng = np.random.Generator


@dataclasses.dataclass(frozen=True)
class Body:
    """The right half of a top."""

    neck: tuple[float, float]  # half its width, and how low it is cut
    shoulder: tuple[float, float]
    outer: tuple[float, float]  # ends of the cuff
    inner: tuple[float, float]
    armpit: tuple[float, float]
    hem: tuple[float, float]

    def outline(self, rng: Rng) -> Stroke:
        """Both halves, with a round or pointed neck."""
        wide, drop = self.neck
        half = [(0.0, drop), (wide, 0.0), self.shoulder, self.outer, self.inner]
        if rng.random() < 0.65:
            half.insert(1, (wide * 0.75, drop * 0.7))
        waist = rng.uniform(0.88, 1.04)
        middle = (self.armpit[1] + self.hem[1]) / 2
        half += [self.armpit, ((self.armpit[0] + self.hem[0]) / 2 * waist, middle), self.hem]
        sag = rng.choice([0, 0, 0.04])
        return shape(*contour([*half, (0.0, self.hem[1] + sag)]), smooth=rng.uniform(0, 0.3))

    def cuff(self, share: float) -> Stroke:
        """A line across the sleeve, at such a share of its length from the end."""
        ends = ((self.outer, self.shoulder), (self.inner, self.armpit))
        return line(*((_mid(end, start, share)) for end, start in ends))

    def at(self, y: float) -> float:
        """Half the body's width there."""
        share = (y - self.armpit[1]) / (self.hem[1] - self.armpit[1])
        return self.armpit[0] + share * (self.hem[0] - self.armpit[0])


def _mid(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _body(
    rng: Rng,
    length: tuple[float, float],
    sleeve: tuple[float, float],
    wide: tuple[float, float] = (0.2, 0.36),
) -> Body:
    """Of these lengths; a sleeve's is a share of the body's. It points sideways, or down."""
    u = rng.uniform
    long, half = u(*length), u(*wide)
    neck, slope = u(0.08, 0.17), u(0, 0.12)
    shoulder = (max(neck + 0.04, half * u(0.85, 1.1)), slope)
    reach = u(*sleeve) * long
    angle = np.deg2rad(u(-5, 82) if reach < 0.5 or rng.random() < 0.15 else u(20, 80))
    cuff = u(0.09, 0.2) if reach > 0.5 else u(0.14, 0.3)
    outer = (shoulder[0] + reach * np.cos(angle), slope + reach * np.sin(angle))
    inner = (outer[0] - cuff * np.sin(angle), outer[1] + cuff * np.cos(angle))
    armpit = (half, slope + max(u(0.16, 0.3), cuff))
    hem = (half * u(0.85, 1.2), max(long, armpit[1] + 0.25))
    return Body((neck, u(0.02, 0.22)), shoulder, outer, inner, armpit, hem)


def _seams(body: Body, rng: Rng, share: float) -> Strokes:
    """Each with this chance: where sleeves begin, at cuffs, hem and neck."""
    some = rng.random(4) < share
    found: Strokes = []
    if some[0]:
        found += both(curve([body.shoulder, _mid(body.shoulder, body.armpit, 0.5), body.armpit]))
    if some[1]:
        found += both(body.cuff(rng.uniform(0.05, 0.2)))
    if some[2]:
        y = body.hem[1] - rng.uniform(0.04, 0.12)
        found.append(line((-body.at(y), y), (body.at(y), y)))
    if some[3]:
        wide, drop = body.neck
        found.append(ellipse(0, 0, wide * 1.15, drop + rng.uniform(0.03, 0.08), part=(0, 180)))
    return found


def _print(body: Body, rng: Rng) -> Strokes:
    """Something on the chest, or stripes."""
    x, y, size = (
        rng.normal(0, 0.05),
        body.armpit[1] + rng.uniform(0.02, 0.15),
        rng.uniform(0.04, 0.12),
    )
    if rng.random() < 0.4:
        rows = np.linspace(body.armpit[1], body.hem[1], int(rng.integers(3, 7)))[1:-1]
        return [line((-body.at(row), row), (body.at(row), row)) for row in rows]
    if rng.random() < 0.5:
        return [ellipse(x, y, size, size * rng.uniform(0.6, 1.2))]
    return [shape(*((x + size * a, y + size * b) for a, b in rng.uniform(-1, 1, (6, 2))))]


def tshirt(rng: Rng) -> Strokes:
    """Short sleeves, at any angle."""
    body = _body(rng, (0.55, 1.05), (0.12, 0.55))
    found = [body.outline(rng), *_seams(body, rng, 0.2)]
    return found + (_print(body, rng) if rng.random() < 0.15 else [])


def tank_top(rng: Rng) -> Strokes:
    """No sleeves."""
    u = rng.uniform
    neck, strap, half, long = u(0.08, 0.14), u(0.05, 0.12), u(0.2, 0.3), u(0.7, 1)
    arm = u(0.2, 0.35)
    half_line = [
        (0.0, u(0.1, 0.25)), (neck * 0.8, u(0.06, 0.12)), (neck, 0.0), (neck + strap, 0.0),
        (half - 0.03, arm * 0.7), (half, arm), (half * u(0.9, 1.15), long), (0.0, long),
    ]  # fmt: skip
    return [shape(*contour(half_line), smooth=u(0, 0.4))]


def pullover(rng: Rng) -> Strokes:
    """Long sleeves; some with a hood and a pocket, some with a high neck."""
    body = _body(rng, (0.6, 1), (0.78, 1.25))
    found = [body.outline(rng), *_seams(body, rng, 0.35)]
    wide, drop = body.neck
    kind = rng.random()
    if kind < 0.2:
        found = [ellipse(0, -0.03, wide * 1.7, rng.uniform(0.15, 0.28)), *found]
        found.append(ellipse(0, 0, wide * 1.1, rng.uniform(0.1, 0.2), part=(0, 180)))
        if rng.random() < 0.6:
            low, high = body.hem[1] - 0.05, body.hem[1] - rng.uniform(0.2, 0.3)
            found.append(shape((-0.15, low), (-0.09, high), (0.09, high), (0.15, low)))
        if rng.random() < 0.5:
            found += both(line((0.04, drop), (0.05, drop + rng.uniform(0.1, 0.2))))
    elif kind < 0.35:
        found.append(shape((-wide, drop * 0.5), (-wide, -0.12), (wide, -0.12), (wide, drop * 0.5)))
    elif kind < 0.5:
        found += _print(body, rng)
    return found


def _front(body: Body, rng: Rng, apart: float, start: float) -> Strokes:
    """One line down the front, or two with what is between them."""
    ends = ((apart, start), (apart * rng.uniform(0.7, 2), body.hem[1]))
    return (
        [line((0.0, start), (rng.normal(0, 0.02), body.hem[1]))]
        if apart < 0.015
        else both(line(*ends))
    )


def _buttons(body: Body, rng: Rng, x: float, start: float) -> Strokes:
    rows = np.linspace(start, body.hem[1], int(rng.integers(4, 9)))[1:-1] - 0.03
    size = rng.uniform(0.01, 0.028)
    return [ellipse(x, y, size, size) for y in rows]


def pockets(x: float, y: float, rng: Rng) -> Strokes:
    """On both sides, about so far from the middle: slanting slits, or patches."""
    x, wide, high = x * rng.uniform(0.35, 0.6), rng.uniform(0.04, 0.1), rng.uniform(0.05, 0.14)
    if rng.random() < 0.5:
        return both(line((x - wide, y + high / 2), (x + wide, y - high / 2)))
    return both(shape((x - wide, y), (x + wide, y), (x + wide, y + high), (x - wide, y + high)))


def coat(rng: Rng) -> Strokes:
    """Long sleeves and open in front: lapels, a collar or a hood; buttons, a belt, pockets."""
    u, some = rng.uniform, rng.random(8)
    body = _body(rng, (0.65, 1.35), (0.5, 0.95) if some[7] < 0.6 else (0.7, 1.1))
    found = [body.outline(rng), *_seams(body, rng, 0.25)]
    wide, drop = body.neck
    start = drop if some[0] < 0.5 else drop + u(0.1, 0.35)
    apart = u(0.02, 0.13) if some[1] < 0.5 else 0
    found += _front(body, rng, apart, start)
    if some[0] >= 0.5:
        out = (wide + u(0.03, 0.14), u(0.1, 0.6) * start + 0.05)
        found += both(line((wide, 0.0), out, (apart, start)))
        if some[2] < 0.5:
            found += both(line((wide * 0.6, drop * 0.6), (apart, start)))
    elif some[2] < 0.3:
        found.insert(0, ellipse(0, -0.02, wide * 1.7, u(0.14, 0.25)))
    elif some[2] < 0.6:
        found.append(shape((-wide, 0.02), (-wide, -0.08), (wide, -0.08), (wide, 0.02), smooth=0.1))
    if some[3] < 0.35:
        found += _buttons(body, rng, u(0.03, 0.08), start)
        if some[4] < 0.4:
            found += mirrored(_buttons(body, rng, 0.07, start))
    if some[5] < 0.25:
        y = body.armpit[1] + u(0.15, 0.3)
        found += [line((-body.at(t), t), (body.at(t), t)) for t in (y, y + u(0.05, 0.1))]
    if some[6] < 0.5:
        found += pockets(body.hem[0], u(0.55, 0.75) * body.hem[1], rng)
    return found


def shirt(rng: Rng) -> Strokes:
    """A collar and buttons down the front; long or short sleeves, cuffs, a pocket on the chest."""
    u, some = rng.uniform, rng.random(5)
    body = _body(rng, (0.7, 1.05), (0.15, 0.5) if some[0] < 0.4 else (0.65, 1.05))
    found = [body.outline(rng), *_seams(body, rng, 0.35)]
    wide, drop = body.neck
    tip = (wide * u(0.6, 1.3), drop + u(0.04, 0.14))
    found += both(shape((wide, -0.02), tip, (0.0, drop), (wide * 0.5, -u(0, 0.05)), solid=True))
    if some[1] < 0.6:
        found += _front(body, rng, float(rng.choice([0, 0, 0.03, 0.05])), drop)
    if some[1] > 0.45:
        found += _buttons(body, rng, u(-0.01, 0.01), drop)
    if some[2] < 0.45:
        x, y, size = body.at(0.4) * 0.5, body.armpit[1] + u(0, 0.08), u(0.05, 0.09)
        patch = [(x - size, y), (x + size, y), (x + size, y + 2 * size)]
        found.append(shape(*patch, (x, y + u(2, 2.6) * size), (x - size, y + 2 * size)))
    return found
