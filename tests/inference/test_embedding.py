"""Images as points: like ones near each other, worked out once, and kept."""

import dataclasses

import numpy as np
import pytest

from fmnist.analysis import attribution
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.inference.embedding import (
    PACKED_STEP,
    Embedding,
    Points,
    pack,
    principal_components,
    unpack,
)
from fmnist.runs import cache
from fmnist.runs.run import Run

SOME = 3_000  # training images


@pytest.fixture(scope="module")
def points(tiny_training, tmp_path_factory) -> Embedding:
    """The points of the run `tiny`, worked out once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("points")))
        embedding = Embedding(Run(tiny_training / "tiny-1"), SOME)
        embedding.start()
        embedding.wait()
    return embedding


def test_all_images_become_points(points):
    assert points.complete
    assert points.progress == 1
    assert points.problem is None
    width = points.points.test.shape[1]
    assert points.points.test.shape == (10_000, width)
    assert points.points.train.shape == (SOME, width)
    assert width <= 96


def test_nothing_is_known_before_it_has_begun(tiny):
    embedding = Embedding(tiny)
    assert embedding.points is None
    assert embedding.progress == 0
    assert not embedding.take_kept()


def test_an_image_has_the_place_that_it_was_given(points, tiny):
    images, _ = fashion_mnist.load("test")
    place = points.points.place_of(images[5], Classifier(tiny.path))
    np.testing.assert_allclose(place, points.points.test[5], atol=2e-3)


def test_a_training_image_is_nearest_to_itself_and_noise_is_far_from_all(points, tiny):
    classifier, (images, _) = Classifier(tiny.path), fashion_mnist.load("train")
    found, distances = points.points.nearest(images[7], classifier, 3)
    assert found[0] == 7
    assert distances[0] == pytest.approx(0, abs=0.01)
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    usual = [points.points.nearest(images[SOME + k], classifier, 1)[1][0] for k in range(50)]
    assert points.points.nearest(noise, classifier, 1)[1][0] > np.quantile(usual, 0.9)


def test_two_images_picked_at_random_are_about_1_apart(points):
    train = points.points.train.astype(float)
    apart = np.linalg.norm(train[::2] - train[1::2], axis=1)
    assert np.sqrt(np.mean(apart**2)) == pytest.approx(1, abs=0.15)


def share_of_class(points: Points) -> float:
    """Of the neighbours of a hundred test images, the share that has the image's class."""
    _, labels = fashion_mnist.load("train")
    _, tests = fashion_mnist.load("test")
    same = [
        (labels[attribution.nearest(points.test[index], points.train, 5)[0]] == tests[index]).mean()
        for index in range(100)
    ]
    return np.mean(same)


def test_an_image_is_near_to_others_of_its_class_also_when_points_are_rounded(points):
    share = share_of_class(points.points)
    assert share > 0.6
    assert share_of_class(unpack(pack(points.points))) > share - 0.05


def test_rounded_points_place_an_image_where_it_was(points, tiny):
    rounded, images = unpack(pack(points.points)), fashion_mnist.load("test")[0]
    place = rounded.place_of(images[5], Classifier(tiny.path))
    assert np.linalg.norm(place - rounded.test[5]) < 0.2
    train = rounded.train.astype(np.float32) - points.points.train[:, : rounded.train.shape[1]]
    assert np.abs(train).max() <= PACKED_STEP / 2 + 1e-3


def test_a_sample_is_there_before_the_rest_which_is_kept_and_the_next_one_has_it_at_once(tiny):
    embedding = Embedding(tiny, SOME)
    embedding.start()
    embedding.wait_for_sample(60)
    assert len(embedding.points.train) >= 200
    embedding.wait()
    assert len(embedding.points.train) == SOME
    again = Embedding(tiny, SOME)
    again.start()
    assert again.complete
    assert (again.points.test == embedding.points.test).all()


@pytest.mark.parametrize("count", [400, SOME + 500])
def test_what_is_kept_of_another_number_is_not_taken_for_it(points, tiny, count):
    kept = dataclasses.asdict(points.points)
    for number in (SOME, count):  # under the other's name, too
        cache.write(cache.place(tiny, Embedding(tiny, number).name), kept)
    assert not Embedding(tiny, count).take_kept()
    assert Embedding(tiny, SOME).take_kept()


def test_a_damaged_model_is_one_sentence(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    embedding = Embedding(tiny)
    embedding.start()
    embedding.wait()
    assert "model.tflite" in embedding.problem
    assert not cache.place(tiny, embedding.name).exists()


def test_the_principal_components_are_those_of_an_exact_decomposition():
    rng = np.random.default_rng(1)
    numbers = rng.normal(size=(300, 400)).astype(np.float32) * 0.9 ** np.arange(400)
    basis, offset = principal_components(numbers, 5)
    centred = numbers - numbers.mean(axis=0)
    exact = np.linalg.svd(centred)[2][:5]
    directions = basis / np.linalg.norm(basis, axis=0)
    assert np.abs(np.diag(exact @ directions)) == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose((numbers @ basis - offset).mean(axis=0), 0, atol=1e-5)


def test_what_does_not_vary_gets_no_direction():
    assert principal_components(np.ones((50, 8), np.float32))[0].shape[0] == 8
