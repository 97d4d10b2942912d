"""Imitated drawings and photos: of the data set's form, and of the garment that they were made from."""

import numpy as np
import pytest

from fmnist.augmentation import drawings, elastic, nothing, scenes, sketch_photo
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders

COUNT = 400
TROUSERS, SNEAKER, BAG, BOOT = 1, 7, 8, 9


@pytest.fixture(scope="module")
def pictures():
    images, labels = fashion_mnist.load("test")
    return images[:COUNT], labels[:COUNT]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_some_pictures_become_drawings_some_photos_and_the_others_stay(pictures):
    images, labels = pictures
    made = sketch_photo.imitate(images, labels, rng())
    stayed = (made == images).all(axis=(1, 2)).mean()
    changed = sketch_photo.DRAWINGS + sketch_photo.PHOTOS + sketch_photo.NOTHING
    assert stayed == pytest.approx(1 - changed, abs=0.08)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_batch_may_have_any_size(pictures, count):
    images, labels = pictures
    for seed in range(20):
        made = sketch_photo.imitate(images[:count], labels[:count], rng(seed))
        assert made.shape == (count, 28, 28)
        assert made.dtype == np.uint8


@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_one_colour_is_no_trouble(value):
    images = np.full((64, 28, 28), value, np.uint8)
    for label in range(10):
        labels = np.full(64, label, np.uint8)
        assert sketch_photo.imitate(images, labels, rng(label)).shape == images.shape


@pytest.mark.parametrize("make", [drawings.draw, sketch_photo.photograph])
def test_what_is_made_shows_one_large_item_on_black(pictures, make):
    made = make(*pictures, rng())
    bright = made > 40
    assert (bright.any(axis=(1, 2))).mean() > 0.99
    share = bright.mean(axis=(1, 2))
    assert 0.1 < np.median(share) < 0.8
    longest = np.maximum(bright.any(axis=2).sum(axis=1), bright.any(axis=1).sum(axis=1))
    assert np.median(longest) >= 22  # pixels, of 28


def test_where_cloth_changes_its_tone_there_is_a_line_in_the_drawing():
    def middle(left: int, right: int) -> float:
        bags = np.zeros((200, 28, 28), np.uint8)
        bags[:, 3:25, 2:14], bags[:, 3:25, 14:26] = left, right
        return drawings.draw(bags, np.full(200, BAG, np.uint8), rng())[:, 9:19, 9:19].mean()

    assert middle(100, 250) > middle(180, 180) + 3


@pytest.mark.parametrize("make", [drawings.draw, sketch_photo.photograph])
def test_a_network_that_learned_from_such_still_knows_the_garment(pictures, make):
    images, labels = pictures
    classifier = Classifier(folders.SHIPPED / "everyday")
    predicted = classifier.probabilities(make(images, labels, rng())).argmax(axis=1)
    for label in (TROUSERS, SNEAKER, BAG, BOOT):
        assert (predicted[labels == label] == label).mean() > 0.6


def test_nobody_could_tell_what_a_scribble_shows():
    classifier = Classifier(folders.SHIPPED / "everyday")
    probabilities = classifier.probabilities(nothing.scribbled(200, rng()))
    assert np.median(probabilities.max(axis=1)) < 0.5


@pytest.mark.parametrize(
    "arrange",
    [
        lambda image, rng: scenes.pair(image, scenes.SANDAL, rng),
        lambda image, rng: scenes.pair(image, scenes.BOOT, rng),
        lambda image, rng: scenes.from_above(image, scenes.SANDAL, rng),
        lambda image, rng: scenes.from_above(image, scenes.BOOT, rng),
        scenes.legs_spread,
        scenes.taller,
        scenes.ankle_raised,
        lambda image, rng: scenes.at_an_angle(image, scenes.BOOT, rng),
        lambda image, rng: scenes.at_an_angle(image, scenes.SANDAL, rng),
        lambda image, rng: scenes.sleeves_spread(image, True, rng),
        lambda image, rng: scenes.sleeves_spread(image, False, rng),
        lambda image, rng: scenes.worn_top(image, image, True, rng),
        lambda image, rng: scenes.worn_top(image, image, False, rng),
        lambda image, rng: scenes.worn_trousers(image, image, rng),
    ],
)
def test_every_arrangement_is_a_picture_again_even_of_nothing(pictures, arrange):
    chance = rng()
    for image in [*pictures[0][:50], np.zeros((28, 28), np.uint8)]:
        made = arrange(image, chance)
        assert made.shape == (28, 28)
        assert made.dtype == np.uint8
        assert made.any() or not image.any() or (image > elastic.FAINT).sum() < 20


def test_a_distance_is_zero_at_the_edge_and_negative_inside():
    square = np.zeros((1, 28, 28), np.uint8)
    square[0, 8:20, 8:20] = 200
    (distance,) = elastic.distances(square)
    assert distance[14, 14] == pytest.approx(-6, abs=1.5)
    assert abs(distance[14, 8]) < 1.5  # enlarging blurs the edge
    assert distance[14, 2] == pytest.approx(6, abs=1.5)


def test_who_does_not_move_looks_the_same():
    images = fashion_mnist.load("test")[0][:5].astype(np.float32)
    at = np.arange(28, dtype=np.float32)
    x = np.broadcast_to(at, images.shape)
    y = np.broadcast_to(at[:, None], images.shape)
    same = elastic.sample(images, elastic.Pose(x, y, np.ones((5, 1, 1), np.float32)), 0)
    assert same == pytest.approx(images)
