"""Which preprocessing a network has learned from, found by asking it."""

from collections.abc import Callable

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.model_files import preprocessings

IMAGES, LABELS = (array[5_000:9_000] for array in fashion_mnist.load("train"))


def learned(name: str, order: tuple[int, ...] = tuple(range(10))) -> Callable:
    """A linear classifier of images in that preprocessing, by ridge regression.

    Args:
        order: the class that each output stands for.
    """

    def features(pixels: np.ndarray) -> np.ndarray:
        return np.pad(pixels.reshape(len(pixels), -1), ((0, 0), (0, 1)), constant_values=1)

    inputs = features(preprocessings.apply(name, IMAGES)).astype(np.float64)
    covariance = inputs.T @ inputs
    covariance += np.eye(785) * np.trace(covariance) / 785 * 1e-3
    targets = np.eye(10)[LABELS][:, list(order)]
    weights = np.linalg.solve(covariance, inputs.T @ targets)

    def ask(pixels: np.ndarray) -> np.ndarray:
        powers = np.exp(np.clip(5 * features(pixels) @ weights, -50, 50))
        return powers / powers.sum(axis=1, keepdims=True)

    return ask


@pytest.mark.parametrize("name", [*preprocessings.USUAL, "transposed-0-1"])
def test_a_usual_preprocessing_is_found(name):
    found = preprocessings.find(learned(name))
    assert found.name == name or (found.equal and found.second == name)
    assert found.accuracy > 0.7
    assert found.order is None


def test_classes_in_another_order_are_noticed():
    alphabetical = (9, 8, 4, 3, 2, 5, 6, 7, 0, 1)
    found = preprocessings.find(learned("0-1", alphabetical))
    assert (found.name, found.order) == ("0-1", alphabetical)
    assert found.accuracy < 0.4  # three classes have the same place in both
    assert found.reordered_accuracy > 0.7


def test_a_network_that_guesses_suits_none():
    draw = np.random.default_rng(0)
    found = preprocessings.find(lambda pixels: draw.dirichlet(np.ones(10), len(pixels)))
    assert found.accuracy < 0.15
    assert found.order is None


def test_pixels_are_what_the_usual_functions_make_of_them():
    images = IMAGES[:50].astype(np.float64)
    training = fashion_mnist.load("train")[0].reshape(60_000, -1)
    by_hand = {
        "minus1-1": images / 127.5 - 1,
        "mean-std": (images - training.mean()) / training.std(),
        "columns": images / np.maximum(np.linalg.norm(images, axis=1, keepdims=True), 1e-9),
        "rows": images / np.maximum(np.linalg.norm(images, axis=2, keepdims=True), 1e-9),
        "inverted-0-1": 1 - images / 255,
        "inverted-mean-std": ((255 - images) - (255 - training).mean()) / training.std(),
        "transposed-inverted-0-1": (1 - images / 255).transpose(0, 2, 1),
    }
    for name, expected in by_hand.items():
        np.testing.assert_allclose(preprocessings.apply(name, IMAGES[:50]), expected, atol=1e-4)
