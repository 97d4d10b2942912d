"""Imitated photos: arrangements are images of the same kind, and show what tells kinds apart."""

import cv2
import numpy as np
import pytest

from fmnist.augmentation import arrangements, elastic, footwear, fronts, photographs, scenes
from fmnist.data import fashion_mnist

PLAIN = np.zeros((28, 28), np.uint8)
PLAIN[2:26, 6:22] = 150
FRONTED = (*scenes.TOPS, scenes.DRESS)
ARRANGEMENTS = {
    "shoes": lambda image, rng: footwear.shoes_seen(image, int(rng.choice(scenes.SHOES)), rng),
    "front": lambda image, rng: fronts.with_front(image, int(rng.choice(FRONTED)), rng),
    "wider": lambda image, rng: arrangements.wider(image, 1.5, rng),
    "hung": arrangements.hung,
    "sleeves": arrangements.sleeves_bent,
    "cut off": lambda image, rng: arrangements.cut_off(image, True, rng),
    "cluttered": lambda image, rng: arrangements.cluttered(image, image, rng),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("arrange", ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_every_arrangement_is_an_image_again_even_of_nothing(arrange):
    chance = rng()
    for image in [*fashion_mnist.load("test")[0][:50], np.zeros((28, 28), np.uint8)]:
        made = arrange(image, chance)
        assert made.shape == (28, 28)
        assert made.dtype == np.uint8
        assert made.any() or not image.any()


@pytest.mark.parametrize("label", scenes.SHOES)
def test_shoes_come_in_pairs(label):
    apart = 0
    for seed in range(100):
        seen = footwear.shoes_seen(PLAIN, label, rng(seed)) > elastic.FAINT
        apart += cv2.connectedComponents(seen.astype(np.uint8))[0] > 2  # with the background
    assert 15 < apart < 80  # others touch, or are alone


@pytest.mark.parametrize("label", FRONTED)
def test_a_front_is_drawn_within_the_garment_and_leaves_its_outline(label):
    made = np.stack([fronts.with_front(PLAIN, label, rng(seed)) for seed in range(20)])
    assert ((made > elastic.FAINT) == (PLAIN > elastic.FAINT)).all()
    assert (made != PLAIN).any(axis=(1, 2)).sum() >= 10


def test_shirts_and_coats_open_down_the_front_and_t_shirts_do_not():
    def steps(label: int) -> float:
        """From pixel to pixel across the lower middle, where nobody prints anything."""
        made = np.stack([fronts.with_front(PLAIN, label, rng(seed)) for seed in range(100)])
        return float(np.abs(np.diff(made[:, 20:25, 11:17].astype(int))).mean())

    assert min(steps(scenes.SHIRT), steps(scenes.COAT)) > 1.5 * steps(scenes.TSHIRT)


def test_few_garments_are_brighter_at_their_edge_than_within():
    images = np.repeat(PLAIN[None], 300, axis=0)
    made = photographs.photograph(images, np.full(300, scenes.TSHIRT, np.uint8), rng()).astype(int)
    inside = np.median(made[:, 10:18, 11:17], axis=(1, 2))
    rims = np.quantile(made.reshape(300, -1), 0.97, axis=1) - inside
    assert np.mean(rims > 60) < 0.08
