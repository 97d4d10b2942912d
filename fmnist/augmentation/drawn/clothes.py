"""Dresses, trousers and bags that people draw, as strokes: each another one each time.

A length of 1 is about a shirt's; x is 0 in the middle, y 0 at the top.
"""

import numpy as np

from .pen import Stroke, both, contour, curve, ellipse, line, moved, shape
from .tops import pockets

Strokes = list[Stroke]
Rng = np.random.Generator


def dress(rng: Rng) -> Strokes:
    """A bodice, a waist and a skirt, narrow or wide; mostly without sleeves."""
    u, some = rng.uniform, rng.random(7)
    neck, half, waist_y = u(0.07, 0.14), u(0.14, 0.24), u(0.42, 0.6)
    waist, long = half * u(0.65, 1), u(1, 1.6)
    hem = waist * u(1.1, 3.2)
    strap, arm, drop = u(0.02, 0.09), u(0.16, 0.26), u(0.05, 0.22)
    half_line = [(0.0, drop), (neck * 0.8, drop * u(0.5, 0.9)), (neck, 0.0), (neck + strap, 0.0)]
    if some[0] < 0.3:  # sleeves
        end = (half + u(0.08, 0.5), arm * u(0.6, 2.5))
        half_line += [(half, 0.03), end, (end[0] - 0.08, end[1] + u(0.06, 0.12))]
    elif some[0] < 0.42:  # nor straps
        half_line = [(0.0, arm * u(0.8, 1.05)), (half * 0.6, arm * 0.75)]
    half_line += [
        (half, arm),
        (waist, waist_y),
        ((waist + hem) / 2 * u(0.95, 1.15), (waist_y + long) / 2),
    ]
    skirt = shape(*contour([*half_line, (hem, long), (0.0, long + u(0, 0.06))]), smooth=u(0, 0.35))
    found = [skirt]
    if some[1] < 0.6:
        found.append(line((-waist, waist_y), (waist, waist_y)))
    if some[1] < 0.25:
        found.append(line((-waist, waist_y + 0.06), (waist, waist_y + 0.06)))
    if some[2] < 0.3:  # folds
        for share in np.linspace(-0.7, 0.7, int(rng.integers(2, 6))):
            found.append(line((share * waist, waist_y + u(0, 0.2)), (share * hem, long)))
    if some[3] < 0.25:  # flounces
        for t in np.linspace(0, 1, int(rng.integers(3, 5)))[1:]:
            x, y = waist + t * (hem - waist), waist_y + t * (long - waist_y) - 0.04
            found.append(
                curve([(k * x, y + 0.03 * (-1) ** i) for i, k in enumerate(np.linspace(-1, 1, 9))])
            )
    return found


def trousers(rng: Rng) -> Strokes:
    """Wide, narrow, flared or short."""
    u, some = rng.uniform, rng.random(8)
    long = u(0.42, 0.75) if some[0] < 0.3 else u(0.9, 1.35)
    waist, crotch = u(0.17, 0.45), u(0.28, 0.42)
    leg, spread = waist * u(0.4, 1.2), u(0, 0.28) * long
    inner = max(u(0, 0.05), spread + waist * u(0.35, 1) - leg)
    hip = (waist * u(1, 1.25), crotch * 0.7)
    half = [(0.0, 0.0), (waist, 0.0), hip, (inner + leg, long), (inner, long + u(-0.03, 0.03))]
    arch = u(0, 0.04)
    half += [(arch, crotch + 0.04), (0.0, crotch)] if arch > 0.02 else [(0.0, crotch)]
    found = [shape(*contour(half), smooth=u(0, 0.25))]
    band = u(0.04, 0.11)
    if some[1] < 0.45:
        found.append(line((-waist, band), (waist, band)))
    if some[2] < 0.4:
        found.append(line((0.0, 0.0), (0.0, crotch)))
    if some[3] < 0.3:
        found += both(
            curve(
                [
                    (waist * 0.55, band),
                    (waist * 0.7, band + 0.09),
                    (waist * 1.05, band + u(0.08, 0.15)),
                ]
            )
        )
    if some[4] < 0.12:
        found += pockets(waist, u(0.12, 0.2), rng)
    if some[5] < 0.15:
        found += both(line((hip[0] / 2, band), (inner + leg / 2, long)))
    if some[6] < 0.2:
        y = long - u(0.04, 0.1)
        found += both(line((inner, y), (inner + leg, y)))
    return found


def _handles(rng: Rng, wide: float) -> Strokes:
    """Above a bag whose top, half as wide as given, is at y 0."""
    half, high = wide * rng.uniform(0.25, 0.95), rng.uniform(0.1, 0.75)
    part, band = (180.0, 360.0), rng.uniform(0.03, 0.09)
    found = [ellipse(0, 0, half, high, part=part)]
    if rng.random() < 0.6:
        found.append(ellipse(0, 0, max(half - band, 0.02), max(high - band, 0.02), part=part))
    if rng.random() < 0.2:
        aside = (rng.uniform(-0.12, 0.12), rng.uniform(-0.04, 0.04))
        found += moved(found, 0, aside)
    if rng.random() < 0.2:  # its ends on the bag
        low = rng.uniform(0.08, 0.3)
        found += both(line((half, 0.0), (half, low)), line((half - band, 0.0), (half - band, low)))
    return found


def bag(rng: Rng) -> Strokes:
    """A handbag, a tote, a purse or a rucksack."""
    u, some = rng.uniform, rng.random(8)
    wide, high = u(0.3, 0.75), u(0.35, 0.95)
    low, smooth = wide * u(0.75, 1.4), float(rng.choice([0, 0.1, 0.3, 0.5]))
    bulge = (max(wide, low) * u(1, 1.15), high * u(0.4, 0.8))
    body = shape(
        *contour([(0.0, 0.0), (wide, 0.0), bulge, (low, high), (0.0, high)]), smooth=smooth
    )
    found = ([] if some[0] < 0.15 else _handles(rng, wide)) + [body._replace(solid=some[1] < 0.8)]
    flap = high * u(0.2, 0.7)
    if some[2] < 0.4:
        kind = (
            [(wide, 0.0), (wide * 0.8, flap * 0.9), (0.0, flap)]
            if some[3] < 0.5
            else [(wide, 0.0), (0.0, flap)]
        )
        found.append(curve(contour(kind), u(0, 0.6)))
    elif some[2] < 0.6:
        y = u(0.05, 0.35) * high
        found.append(line((-wide, y), (wide, y)))
    if some[4] < 0.35:
        x, size = u(-0.05, 0.05), u(0.03, 0.08)
        clasp = shape(
            (x - size, flap - size),
            (x + size, flap - size),
            (x + size, flap + size),
            (x - size, flap + size),
        )
        found.append(ellipse(x, flap, size, size) if some[5] < 0.4 else clasp)
    if some[6] < 0.25:  # a pocket
        x, top, bottom = low * u(0.4, 0.85), high * u(0.45, 0.65), high * u(0.85, 1)
        found.append(shape((-x, top), (x, top), (x, bottom), (-x, bottom), smooth=u(0, 0.3)))
    if some[7] < 0.25:  # sides, or stripes
        x = low * u(0.5, 0.9)
        found += both(line((x, 0.0), (x * u(0.8, 1.1), high)))
    return found
