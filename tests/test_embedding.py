"""Images as points: like ones near each other, worked out once, and kept."""

import numpy as np
import pytest

from fmnist import datasets, derived, explain
from fmnist.classifier import Classifier
from fmnist.embedding import Embedding, principal_components

SOME = 3_000  # training images


@pytest.fixture
def points(tiny) -> Embedding:
    """The points of the run `tiny`, worked out."""
    embedding = Embedding(tiny, SOME)
    embedding.start()
    embedding.wait()
    return embedding


def test_all_images_become_points(points):
    assert points.complete
    assert points.progress == 1
    assert points.problem is None
    width = points.test().shape[1]
    assert points.test().shape == (10_000, width)
    assert points.train().shape == (SOME, width)
    assert width <= 96


def test_nothing_is_known_before_it_has_begun(tiny):
    embedding = Embedding(tiny)
    assert embedding.test() is None
    assert len(embedding.train()) == 0
    assert embedding.place_of(datasets.load("test")[0][0], Classifier(tiny.path)) is None


def test_a_picture_has_the_place_that_it_was_given(points, tiny):
    pictures, _ = datasets.load("test")
    place = points.place_of(pictures[5], Classifier(tiny.path))
    np.testing.assert_allclose(place, points.test()[5], atol=2e-3)


def test_two_images_picked_at_random_are_about_1_apart(points):
    train = points.train().astype(float)
    apart = np.linalg.norm(train[::2] - train[1::2], axis=1)
    assert np.sqrt(np.mean(apart**2)) == pytest.approx(1, abs=0.15)


def test_an_image_is_near_to_others_of_its_class(points):
    _, labels = datasets.load("train")
    _, tests = datasets.load("test")
    same = [
        (labels[explain.nearest(points.test()[index], points.train(), 5)[0]] == tests[index]).mean()
        for index in range(100)
    ]
    assert np.mean(same) > 0.6


def test_it_is_kept_and_the_next_one_has_it_at_once(points, tiny):
    again = Embedding(tiny, SOME)
    again.start()
    assert again.complete
    assert (again.test() == points.test()).all()


def test_what_is_kept_of_fewer_images_is_not_taken_for_all(points, tiny):
    more = Embedding(tiny, SOME + 500)
    more.start()
    more.wait()
    assert len(more.train()) == SOME + 500


def test_a_damaged_model_is_one_sentence(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    embedding = Embedding(tiny)
    embedding.start()
    embedding.wait()
    assert "model.tflite" in embedding.problem
    assert not derived.place(tiny, embedding.name).exists()


def test_the_principal_components_are_those_of_an_exact_decomposition():
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(300, 400)).astype(np.float32) * 0.9 ** np.arange(400)
    found = principal_components(numbers, 5)
    centred = numbers - numbers.mean(axis=0)
    exact = np.linalg.svd(centred)[2][:5]
    directions = found["basis"] / np.linalg.norm(found["basis"], axis=0)
    assert np.abs(np.diag(exact @ directions)) == pytest.approx(1, abs=0.02)


def test_what_does_not_vary_gets_no_direction():
    assert principal_components(np.ones((50, 8), np.float32))["basis"].shape[0] == 8
