"""Where a network looks and what changes its mind, on networks whose workings are known."""

import numpy as np
import pytest

from fmnist.analysis import attribution, metrics
from fmnist.analysis.attribution import Patch
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier

DARK = np.full((28, 28), 40, np.uint8)


def looks_at(top: int, left: int, size: int = 6):
    """A network that predicts 3 with a probability that grows with the brightness of one square, else 7."""

    def ask(images: np.ndarray) -> np.ndarray:
        square = images[:, top : top + size, left : left + size]
        light = square.mean(axis=(1, 2)) / 255
        probabilities = np.zeros((len(images), 10))
        probabilities[:, 3], probabilities[:, 7] = light, 1 - light
        return probabilities

    return ask


def test_the_map_is_highest_where_the_network_looks_and_nothing_elsewhere():
    image = DARK.copy()
    image[5:11, 12:18] = 255
    drop = attribution.occlusion(looks_at(5, 12), image)
    assert drop.shape == (28, 28)
    top, left = np.unravel_index(drop.argmax(), drop.shape)
    assert 5 <= top < 11
    assert 12 <= left < 18
    assert drop[20:, :5].max() == pytest.approx(0)
    assert 0 < drop.max() <= 1


def test_evidence_against_the_predicted_class_is_below_zero():
    image = DARK.copy()
    image[0:3, 0:6] = 130  # makes the network less sure that it is dark there
    assert attribution.occlusion(looks_at(0, 0), image).shape == (28, 28)
    bright = np.full((28, 28), 200, np.uint8)
    bright[0:3, 0:6] = 0
    assert attribution.occlusion(looks_at(0, 0), bright).min() < 0


def test_the_smallest_flip_covers_just_enough_of_what_the_network_looks_at():
    image = np.full((28, 28), 255, np.uint8)
    ask = looks_at(8, 8)
    flip = attribution.smallest_flip(ask, image, attribution.occlusion(ask, image))
    assert flip.predicted == 7
    assert flip.patch.tone == 0
    assert flip.patch.size == 5  # 25 of 36 pixels: with 16 it stays with 3
    assert flip.probability == pytest.approx(25 / 36)
    assert looks_at(8, 8)(flip.patch.on(image)[None])[0].argmax() == 7


def test_a_network_that_always_says_the_same_is_not_to_be_moved():
    nothing = np.zeros((28, 28))
    assert (
        attribution.smallest_flip(lambda images: np.eye(10)[[4] * len(images)], DARK, nothing)
        is None
    )


def test_a_patch_changes_its_own_place_only():
    patch = Patch(2, 3, 4, 255)
    covered = patch.on(DARK)
    assert (covered == 255).sum() == 16
    assert covered[2, 3] == covered[5, 6] == 255
    assert (DARK == 40).all()
    assert {(small.top, small.left) for small in patch.smaller()} == {
        (2, 3),
        (2, 4),
        (3, 3),
        (3, 4),
    }


def test_a_real_network_is_explained_in_a_few_hundred_questions(tiny):
    images, labels = fashion_mnist.load("test")
    _, predicted = tiny.predictions()
    image = images[metrics.mistakes(labels, predicted)[0]]
    asked = []

    def ask(pictures: np.ndarray) -> np.ndarray:
        asked.append(len(pictures))
        return classifier.probabilities(pictures)

    classifier = Classifier(tiny.path)
    before = classifier.probabilities(image[None])[0].argmax()
    drop = attribution.occlusion(ask, image)
    assert np.abs(drop).max() > 0
    flip = attribution.smallest_flip(ask, image, drop)
    assert (
        classifier.probabilities(flip.patch.on(image)[None])[0].argmax() == flip.predicted != before
    )
    assert sum(asked) < 500


def test_the_nearest_points_come_first_with_their_distances():
    points = np.array([[0, 0], [3, 4], [1, 0], [9, 9]], np.float16)
    indices, distances = attribution.nearest(np.zeros(2), points, 3)
    assert indices.tolist() == [0, 2, 1]
    assert distances.tolist() == [0, 1, 5]
    assert attribution.nearest(np.zeros(2), points, 9)[0].tolist() == [0, 2, 1, 3]
    assert attribution.nearest(points[0], points, 2, leave_out=0)[0].tolist() == [2, 1]
    assert not len(attribution.nearest(points[0], points[:1], 2, leave_out=0)[0])


def test_like_stands_beside_like():
    points = np.array([[0.0], [10], [1], [11], [2], [12]])
    assert attribution.alike(points).tolist() == [0, 2, 4, 1, 3, 5]
    assert attribution.alike(points[:0]).tolist() == []


@pytest.mark.parametrize("shape", [(32, 32), (48, 48, 3)])
def test_in_images_of_other_sizes_and_in_colour_it_finds_the_same(shape):
    image = np.full(shape, 255, np.uint8)
    size = shape[0] // 4
    square = (slice(None), slice(size, 2 * size), slice(size, 2 * size))

    def predict(images: np.ndarray) -> np.ndarray:
        light = images[square].reshape(len(images), -1).mean(axis=1) / 255
        return np.stack([light, 1 - light, 0 * light], axis=1)

    drop = attribution.occlusion(predict, image - np.uint8(50))
    assert drop.shape == shape[:2]
    flip = attribution.smallest_flip(predict, image, attribution.occlusion(predict, image))
    assert flip.predicted == 1
    assert flip.patch.size**2 >= size**2 / 2 > (flip.patch.size - 1) ** 2
    assert predict(flip.patch.on(image)[None]).argmax() == 1
