"""Drawings by code: of every class and every other thing, each another one each time."""

import numpy as np
import pytest

from fmnist.augmentation import nothing
from fmnist.augmentation.drawn import garments, pen, things
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders

VARIANTS = [variant for variants in garments.VARIANTS for variant in variants]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def longest_edges(images: np.ndarray) -> np.ndarray:
    seen = images > 40
    return np.maximum(seen.any(axis=1).sum(axis=1), seen.any(axis=2).sum(axis=1))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_every_variant_draws_something_else_each_time_that_fills_the_frame(variant):
    chance = rng()
    made = np.stack([garments.one(variant, chance) for _ in range(20)])
    assert made.shape == (20, 28, 28)
    assert made.dtype == np.uint8
    assert np.median(longest_edges(made)) >= 26  # pixels, of 28
    assert (longest_edges(made) >= 18).all()
    assert len(np.unique(made, axis=0)) == 20


@pytest.mark.parametrize("thing", dict.fromkeys(things.THINGS), ids=lambda thing: thing.__name__)
@pytest.mark.parametrize("draw", [pen.drawn, pen.painted])
def test_so_does_what_is_no_garment(thing, draw):
    chance = rng()
    made = np.stack([draw(thing(chance), 0, chance) for _ in range(10)])
    assert np.median(longest_edges(made)) >= 23
    assert len(np.unique(made, axis=0)) == 10


def test_a_garment_is_drawn_for_each_label():
    labels = np.repeat(np.arange(10, dtype=np.uint8), 30)
    classifier = Classifier(folders.SHIPPED / "everyday")
    made = garments.garments(labels, rng())
    predicted = classifier.probabilities(made).argmax(axis=1)
    assert (predicted == labels).mean() > 0.5
    assert (garments.garments(labels, rng()) == made).all()


@pytest.mark.parametrize("count", [0, 1, 60])
def test_nothing_comes_in_any_number_and_is_the_same_for_the_same_generator(count):
    images = fashion_mnist.load("test")[0][:count]
    made = nothing.nothing(images, rng(3))
    assert made.shape == images.shape
    assert made.dtype == np.uint8
    assert made.any(axis=(1, 2)).all()
    assert (nothing.nothing(images, rng(3)) == made).all()


def test_what_is_enclosed_is_filled_and_darker_than_its_line():
    made = np.stack([pen.drawn([pen.ellipse(0, 0, 1, 1)], 0, rng(seed)) for seed in range(100)])
    middle = made[:, 11:17, 11:17].mean(axis=(1, 2))
    assert 150 < np.median(middle) < 220
    assert 0.02 < (middle < 10).mean() < 0.3  # some leave it empty
    assert np.median(made.max(axis=(1, 2))) > 230


def test_what_is_solid_hides_what_lies_behind_it():
    behind, front = pen.line((-1, 0), (1, 0)), pen.ellipse(0, 0, 0.9, 0.9)

    def lit(solid: bool) -> float:
        shown = [behind, front._replace(solid=solid)]
        return np.mean([pen.drawn(shown, 0, rng(seed))[8:20, 8:20] > 230 for seed in range(40)])

    assert lit(solid=False) > 2 * lit(solid=True)
