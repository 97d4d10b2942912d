"""Garments of all classes as people draw them, drawn by code: no image is their model."""

from collections.abc import Callable

import numpy as np

from fmnist.augmentation.elastic import SIZE

from . import clothes, sandals, shoes, tops
from .pen import Stroke, drawn, mirrored

Variant = Callable[[np.random.Generator], list[Stroke]]

VARIANTS: tuple[dict[Variant, float], ...] = (  # of each class, with their shares
    {tops.tshirt: 0.85, tops.tank_top: 0.15},
    {clothes.trousers: 1},
    {tops.pullover: 1},
    {clothes.dress: 1},
    {tops.coat: 1},
    {sandals.sandal: 0.4, sandals.thong: 0.12, sandals.flip_flop: 0.25, sandals.pump: 0.23},
    {tops.shirt: 1},
    {shoes.sneaker: 0.6, shoes.low_shoe: 0.25, shoes.sneaker_from_above: 0.15},
    {clothes.bag: 1},
    {shoes.boot: 1},
)
FROM_THE_SIDE = (
    sandals.sandal,
    sandals.thong,
    sandals.pump,
    shoes.sneaker,
    shoes.low_shoe,
    shoes.boot,
)
RIGHT = 0.4  # share of the shoes whose toe is on the right


def garments(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A drawing of a garment for each label: (N, 28, 28) uint8.

    Args:
        labels: (N,) uint8.
        rng: where the randomness comes from.
    """
    result = np.zeros((len(labels), SIZE, SIZE), np.uint8)
    for i, label in enumerate(labels):
        variants = VARIANTS[label]
        which = rng.choice(len(variants), p=list(variants.values()))
        result[i] = one(list(variants)[which], rng)
    return result


def one(variant: Variant, rng: np.random.Generator) -> np.ndarray:
    """One drawing of this variant: (28, 28) uint8."""
    strokes, degrees = variant(rng), 0.0
    if variant in FROM_THE_SIDE:
        degrees = rng.uniform(-25, 25) if rng.random() < 0.7 else rng.normal(0, 40)
        if rng.random() < RIGHT:
            strokes = mirrored(strokes)
    return drawn(strokes, degrees, rng)
