"""Test images corrupted: with the given strength, and reproducibly."""

import numpy as np
import pytest

from fmnist.analysis.corruptions import CORRUPTIONS, corrupt
from fmnist.data import fashion_mnist

IMAGES = fashion_mnist.load("test")[0][:50]
EVERY = [(kind, strength) for kind, each in CORRUPTIONS.items() for strength in each.strengths]


@pytest.mark.parametrize(("kind", "strength"), EVERY)
def test_pictures_stay_pictures_and_are_the_same_each_time(kind, strength):
    corrupted = corrupt(IMAGES, kind, strength)
    assert corrupted.shape == IMAGES.shape
    assert corrupted.dtype == np.uint8
    assert (corrupted == corrupt(IMAGES, kind, strength)).all()
    assert (corrupted == IMAGES).all() == (strength == 0)
    assert not len(corrupt(IMAGES[:0], kind, strength))  # of a sample that has only begun


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_the_stronger_the_further_from_the_picture(kind):
    strengths = CORRUPTIONS[kind].strengths
    assert strengths[0] == 0
    apart = [np.abs(corrupt(IMAGES, kind, s) - IMAGES.astype(float)).mean() for s in strengths]
    assert apart == sorted(apart)


def test_a_shift_moves_by_so_many_pixels_in_all_directions():
    point = np.zeros((200, 28, 28), np.uint8)
    point[:, 14, 14] = 255
    places = np.argwhere(corrupt(point, "shift", 4) == 255)[:, 1:]
    assert np.hypot(*(places - 14).T) == pytest.approx(4, abs=0.75)
    assert len(np.unique(places, axis=0)) > 12


def test_a_rotation_by_90_degrees_is_one_to_the_left_or_to_the_right():
    for image, turned in zip(IMAGES, corrupt(IMAGES, "rotation", 90), strict=True):
        assert any((np.rot90(image, way) == turned).mean() > 0.99 for way in (1, 3))


def test_full_inversion_is_the_negative():
    assert (corrupt(IMAGES, "inversion", 100) == 255 - IMAGES).all()


def test_noise_has_the_strength_that_it_says():
    grey = np.full((50, 28, 28), 128, np.uint8)
    assert (corrupt(grey, "noise", 16) - 128.0).std() == pytest.approx(16, rel=0.05)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_images_of_other_sizes_and_in_colour_keep_their_shape(kind):
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    corrupted = corrupt(images, kind, CORRUPTIONS[kind].strengths[-1])
    assert corrupted.shape == images.shape
    assert corrupted.dtype == np.uint8
    assert (corrupted != images).any()
