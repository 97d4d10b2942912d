"""Counts, samples, mean images and maps, against what can be worked out by other means."""

import numpy as np
import pytest

from fmnist.data import fashion_mnist, overview
from fmnist.data.labels import CLASS_NAMES
from fmnist.runs import listing


@pytest.fixture(scope="module")
def test_set():
    return fashion_mnist.load("test")


def test_every_class_is_counted_even_if_it_does_not_occur():
    labels = np.array([9, 2, 2], np.uint8)
    assert overview.class_counts(labels).tolist() == [0, 0, 2, 0, 0, 0, 0, 0, 0, 1]


def test_a_sample_has_as_many_different_pictures_of_each_class(test_set):
    _, labels = test_set
    chosen = overview.sample(labels, 36, seed=0)
    assert chosen.shape == (10, 36)
    assert (labels[chosen] == np.arange(10)[:, None]).all()
    assert len(set(chosen.ravel())) == 360


def test_a_sample_comes_again_with_its_seed_and_only_then(test_set):
    _, labels = test_set
    first = overview.sample(labels, 5, seed=1)
    assert (overview.sample(labels, 5, seed=1) == first).all()
    assert (overview.sample(labels, 5, seed=2) != first).any()


def test_a_mean_image_is_the_mean_of_its_class_pixel_by_pixel():
    images = np.zeros((20, 28, 28), np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 10
    images[3, 5, 7], images[13, 5, 7] = 255, 100  # more than a byte holds, together
    means = overview.mean_images(images, labels)
    assert (means.dtype, means.shape) == (np.uint8, (10, 28, 28))
    assert means[3, 5, 7] == 178  # 177.5, rounded to even
    assert means.sum() == 178


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


def test_a_picture_that_the_network_is_sure_of_is_nearest_to_its_class():
    sure = np.eye(10, dtype=np.float16)
    away = np.linalg.norm(
        overview.map_of_predictions(sure)[:, None] - overview.class_places(), axis=2
    )
    assert away.argmin(axis=1).tolist() == list(range(10))
    assert away.min(axis=1).max() < 0.15


def test_between_two_classes_means_half_way_and_no_idea_means_the_middle():
    undecided = np.zeros((1, 10), np.float16)
    undecided[0, [2, 4]] = 0.5
    half_way = overview.class_places()[[2, 4]].mean(axis=0)
    assert overview.map_of_predictions(undecided)[0] == pytest.approx(half_way, abs=0.1)
    assert overview.map_of_predictions(np.full((1, 10), 0.1))[0] == pytest.approx([0, 0], abs=1e-6)


def test_each_class_has_its_own_place_on_the_circle():
    places = overview.class_places()
    assert np.linalg.norm(places, axis=1) == pytest.approx(1)
    assert len(np.unique(places.round(3), axis=0)) == len(CLASS_NAMES)


def test_classes_that_pixels_mix_stand_apart_as_the_network_sees_them(test_set):
    images, labels = test_set
    probabilities, _ = listing.find("mlp-256").predictions()
    among_its_own = {
        name: of_own_class(places, labels)
        for name, places in {
            "pixels": overview.map_of_pixels(images),
            "answers": overview.map_of_predictions(probabilities),
        }.items()
    }
    assert among_its_own["answers"] > among_its_own["pixels"] + 0.1


def of_own_class(places: np.ndarray, labels: np.ndarray) -> float:
    """Share of the first 500 images whose nearest neighbour on the map has the same label."""
    away = np.linalg.norm(places[:500, None] - places[None], axis=2)
    away[np.arange(500), np.arange(500)] = np.inf
    return float((labels[away.argmin(axis=1)] == labels[:500]).mean())
