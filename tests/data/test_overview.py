"""Counts, samples, mean images and maps, against what can be worked out by other means."""

import numpy as np
import pytest

from fmnist.data import fashion_mnist, overview
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import listing

PLACES = overview.class_places(np.array([1, 3, 0, 6, 2, 4, 8, 9, 7, 5]))


@pytest.fixture(scope="module")
def test_set():
    return fashion_mnist.load("test")


def test_every_class_is_counted_even_if_it_does_not_occur():
    labels = np.array([9, 2, 2], np.uint8)
    assert overview.class_counts(labels, 10).tolist() == [0, 0, 2, 0, 0, 0, 0, 0, 0, 1]


def test_a_sample_has_as_many_different_images_of_each_class_or_all_that_it_has():
    labels = np.arange(200, dtype=np.uint8) % 4
    labels[:190][labels[:190] == 3] = 2  # the last class has two or three images
    chosen = overview.sample(labels, range(1, 4), 12, seed=0)
    assert [len(set(ids)) for ids in chosen] == [12, 12, (labels == 3).sum()]
    assert [set(labels[ids]) for ids in chosen] == [{1}, {2}, {3}]


def test_a_sample_comes_again_with_its_seed_and_only_then(test_set):
    _, labels = test_set
    first, again, other = (
        np.stack(overview.sample(labels, range(10), 5, seed)) for seed in (1, 1, 2)
    )
    assert (again == first).all()
    assert (other != first).any()


@pytest.mark.parametrize("shape", [(28, 28), (48, 48, 3)])
def test_a_mean_image_is_the_mean_of_its_class_pixel_by_pixel(shape):
    images = np.zeros((20, *shape), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10
    images[3, 5, 7], images[13, 5, 7] = 255, 100  # more than a byte holds, together
    means = overview.mean_images(images, labels, 11)
    assert (means.dtype, means.shape) == (np.uint8, (11, *shape))
    assert (means[3, 5, 7] == 178).all()  # 177.5, rounded to even
    assert np.unique(means).tolist() == [0, 178]


def test_the_map_of_pixels_is_that_of_principal_component_analysis(test_set):
    images, _ = test_set
    places = overview.map_of_pixels(images[:2000])
    pixels = images[:2000].reshape(2000, 784).astype(np.float64)
    pixels -= pixels.mean(axis=0)
    _, components = np.linalg.eigh(pixels.T @ pixels)
    for axis in (0, 1):
        exact = pixels @ components[:, -1 - axis]
        assert abs(np.corrcoef(places[:, axis], exact)[0, 1]) > 0.9999


def test_a_map_fills_the_square_from_minus_1_to_1_and_is_the_same_each_time(test_set):
    images, _ = test_set
    places = overview.map_of_pixels(images[:500])
    assert places.shape == (500, 2)
    assert np.abs(places).max() == pytest.approx(1)
    assert places.max(axis=0) == pytest.approx(-places.min(axis=0), abs=1e-5)
    assert (overview.map_of_pixels(images[:500]) == places).all()


@pytest.mark.parametrize("images", [np.zeros((1, 28, 28)), np.full((9, 32, 32, 3), 7)])
def test_images_that_are_all_the_same_are_in_the_middle_of_the_map(images):
    assert (overview.map_of_pixels(images.astype(np.uint8)) == 0).all()


def test_classes_that_look_alike_are_neighbours_on_the_ring():
    images, labels = fashion_mnist.load("train")
    order = overview.ring(overview.mean_images(images[:5000], labels[:5000], 10)).tolist()
    assert sorted(order) == list(range(10))
    shoes = sorted(
        order.index(CLASS_NAMES.index(name)) for name in ("Sandal", "Sneaker", "Ankle boot")
    )
    assert shoes[-1] - shoes[0] == 2 or shoes[0] == 0  # side by side, maybe across the start


def test_a_ring_leaves_no_two_steps_that_would_be_shorter_the_other_way():
    corners = np.array([[0, 0], [9, 9], [0, 9], [9, 0]], np.uint8)  # of a square
    assert "".join(map(str, overview.ring(corners))) in ("0213", "0312")


def test_an_image_with_a_confident_prediction_is_nearest_to_its_class():
    sure = np.eye(10, dtype=np.float16)
    away = np.linalg.norm(overview.map_of_predictions(sure, PLACES)[:, None] - PLACES, axis=2)
    assert away.argmin(axis=1).tolist() == list(range(10))
    assert away.min(axis=1).max() < 0.15


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_a_prediction_of_99_percent_is_far_from_the_middle_whatever_the_number_of_classes(classes):
    places = overview.class_places(np.arange(classes))
    sure = np.full((1, classes), 0.01 / (classes - 1))
    sure[0, 0] = 0.99
    (place,) = overview.map_of_predictions(sure, places)
    assert place @ places[0] > 0.25


def test_between_two_classes_means_half_way_and_no_idea_means_the_middle():
    undecided = np.zeros((1, 10), np.float16)
    undecided[0, [2, 4]] = 0.5
    half_way = PLACES[[2, 4]].mean(axis=0)
    assert overview.map_of_predictions(undecided, PLACES)[0] == pytest.approx(half_way, abs=0.1)
    assert overview.map_of_predictions(np.full((1, 10), 0.1), PLACES)[0] == pytest.approx(
        [0, 0], abs=1e-6
    )


def test_each_class_has_its_own_place_on_the_circle():
    assert np.linalg.norm(PLACES, axis=1) == pytest.approx(1)
    assert len(np.unique(PLACES.round(3), axis=0)) == 10


def test_classes_that_pixels_mix_stand_apart_as_the_network_sees_them(test_set):
    images, labels = test_set
    probabilities, _ = listing.find("mlp-256").predictions()
    among_its_own = {
        name: of_own_class(places, labels)
        for name, places in {
            "pixels": overview.map_of_pixels(images),
            "predictions": overview.map_of_predictions(probabilities, PLACES),
        }.items()
    }
    assert among_its_own["predictions"] > among_its_own["pixels"] + 0.1


def of_own_class(places: np.ndarray, labels: np.ndarray) -> float:
    """Share of the first 500 images whose nearest neighbour on the map has the same label."""
    away = np.linalg.norm(places[:500, None] - places[None], axis=2)
    away[np.arange(500), np.arange(500)] = np.inf
    return float((labels[away.argmin(axis=1)] == labels[:500]).mean())
