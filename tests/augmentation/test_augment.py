"""What training does to images: garments stay garments, and the same seed does the same."""

import numpy as np
import pytest

from fmnist.augmentation.augment import (
    AUGMENTATIONS,
    MIXES,
    augment,
    erase,
    flip,
    shift,
)
from fmnist.data import fashion_mnist

COUNT = 1_000


LABELS = fashion_mnist.load("test")[1][:COUNT]


@pytest.fixture
def images():
    return fashion_mnist.load("test")[0][:COUNT]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_an_augmentation_makes_new_pictures_and_leaves_the_old_alone(name, images):
    before = images.copy()
    made = augment(images, LABELS, [name], rng())
    assert made.shape == images.shape
    assert made.dtype == np.uint8
    assert (images == before).all()
    assert (made != images).any()


@pytest.mark.parametrize("side", [32, 48])
@pytest.mark.parametrize("name", [*sorted(set(AUGMENTATIONS) - {"sketch-photo"}), *MIXES])
def test_all_colours_of_an_image_are_changed_alike(name, side):
    grey = rng(1).integers(0, 256, (40, side, side), dtype=np.uint8)
    colour = np.stack([grey, grey, 255 - grey], axis=-1)
    if name in MIXES:
        targets = np.eye(40, dtype=np.float32)
        (made, wanted), (expected, same) = (
            MIXES[name](images, targets, rng()) for images in (colour, grey)
        )
        assert (wanted == same).all()
    else:
        made, expected = (
            AUGMENTATIONS[name](images, LABELS[:40], rng()) for images in (colour, grey)
        )
    assert made.dtype == np.uint8
    assert made.shape == colour.shape
    if name != "erase":  # whose noise is another in each colour
        assert (made[..., 0] == expected).all()
        assert (made[..., 1] == expected).all()
    assert ((made != colour).any(axis=-1) == (expected != grey)).mean() > 0.95


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_the_same_seed_makes_the_same_pictures_and_another_makes_others(name, images):
    made = augment(images, LABELS, [name], rng(1))
    assert (made == augment(images, LABELS, [name], rng(1))).all()
    assert (made != augment(images, LABELS, [name], rng(2))).any()


def test_no_names_change_nothing(images):
    assert (augment(images, LABELS, [], rng()) == images).all()


def test_several_are_applied_in_turn(images):
    both = rng(3)
    expected = shift(flip(images, LABELS, both), LABELS, both)
    assert (augment(images, LABELS, ["flip", "shift"], rng(3)) == expected).all()


def test_flip_mirrors_about_half_of_the_pictures_left_to_right(images):
    made = flip(images, LABELS, rng())
    mirrored = (made == images[:, :, ::-1]).all(axis=(1, 2))
    unchanged = (made == images).all(axis=(1, 2))
    assert (mirrored | unchanged).all()
    assert 0.45 * COUNT < mirrored.sum() < 0.55 * COUNT


def test_a_vertical_flip_turns_about_half_of_the_pictures_upside_down(images):
    made = AUGMENTATIONS["flip-vertical"](images, LABELS, rng())
    mirrored = (made == images[:, ::-1]).all(axis=(1, 2))
    assert (mirrored | (made == images).all(axis=(1, 2))).all()
    assert 0.45 * COUNT < mirrored.sum() < 0.55 * COUNT


def test_affine_turns_zooms_and_shifts_no_further_than_it_says():
    dots = np.zeros((COUNT, 28, 28), np.uint8)
    dots[:, 13:15, 13:15] = 255  # the middle is only shifted
    made = AUGMENTATIONS["affine"](dots, LABELS, rng()).astype(float)
    at = np.arange(28)
    weights = made.sum(axis=(1, 2))
    rows = (made.sum(axis=2) @ at) / weights - 13.5
    assert np.abs(rows).max() < 3.2
    assert rows.std() > 1
    assert (made > 0).any(axis=(1, 2)).all()


def test_shift_moves_each_picture_by_up_to_two_pixels_each_way():
    dots = np.zeros((COUNT, 28, 28), np.uint8)
    dots[:, 14, 14] = 200
    which, rows, columns = np.nonzero(shift(dots, LABELS, rng()))
    assert (which == np.arange(COUNT)).all()  # each dot is still there, once
    places = set(zip((rows - 14).tolist(), (columns - 14).tolist(), strict=True))
    ways = range(-2, 3)
    assert places == {(down, right) for down in ways for right in ways}


def test_what_shift_moves_over_the_edge_is_gone_and_black_comes_in():
    white = np.full((COUNT, 28, 28), 255, np.uint8)
    made = shift(white, LABELS, rng())
    assert set(np.unique(made)) == {0, 255}
    assert made[:, 2:-2, 2:-2].min() == 255


def test_erase_fills_a_rectangle_in_about_half_of_the_pictures_with_noise():
    flat = np.full((COUNT, 28, 28), 100, np.uint8)
    changed = erase(flat, LABELS, rng()) != 100
    assert 0.4 * COUNT < changed.any(axis=(1, 2)).sum() < 0.55 * COUNT
    heights, widths = changed.any(axis=2).sum(axis=1), changed.any(axis=1).sum(axis=1)
    assert max(heights.max(), widths.max()) == 11
    for picture, height, width in zip(changed, heights, widths, strict=True):
        if height:
            top, left = (np.flatnonzero(picture.any(axis=axis))[0] for axis in (1, 0))
            assert picture[top : top + height, left : left + width].mean() > 0.7


@pytest.mark.parametrize("name", MIXES)
def test_of_a_mixed_picture_is_wanted_what_it_shows_by_area(name):
    images = np.zeros((400, 28, 28), np.uint8)
    images[::2] = 255
    before = images.copy()
    targets = np.zeros((400, 10), np.float32)
    targets[::2, 3], targets[1::2, 7] = 1, 1
    mixed, wanted = MIXES[name](images, targets, rng())
    white = (mixed == 255).mean(axis=(1, 2))
    np.testing.assert_allclose(wanted[:, 3], white, atol=1e-6)
    np.testing.assert_allclose(wanted[:, 7], 1 - white, atol=1e-6)
    changed = (mixed != images).any(axis=(1, 2)).mean()
    assert 0.15 < changed < 0.35  # half of them, of which half met an image of their own kind
    assert (images == before).all()


def test_fmix_puts_blots_of_any_size_into_about_half_of_the_pictures():
    images = np.arange(COUNT, dtype=np.uint32)[:, None, None] * np.ones((1, 28, 28), np.uint32)
    mixed, _ = MIXES["fmix"](images, np.zeros((COUNT, 10), np.float32), rng())
    foreign = mixed != images
    shares = foreign.mean(axis=(1, 2))[foreign.any(axis=(1, 2))]
    assert 0.42 * COUNT < len(shares) < 0.58 * COUNT
    # All shares of the area, equally often.
    assert np.histogram(shares, bins=4, range=(0, 1))[0].min() > 0.15 * len(shares)
    # Blots, no speckles: nearly each pixel has the neighbour's origin.
    assert (foreign[:, :, 1:] == foreign[:, :, :-1]).mean() > 0.9
