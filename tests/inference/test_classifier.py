"""The server's model answers as the Keras model does, for every run there is."""

import functools
import threading
from pathlib import Path

import keras
import numpy as np
import pytest

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from ..conftest import python

SOME = 200  # test images
SHIPPED = sorted(path.parent for path in folders.SHIPPED.glob("*/result.json"))


@functools.cache
def answers(path: Path, count: int) -> np.ndarray:
    """What the server's model says of that many test images: (count, 10)."""
    return Classifier(path).probabilities(fashion_mnist.load("test")[0][:count])


def differences(run: Run, count: int) -> np.ndarray:
    """Between LiteRT and plain Keras, the largest of each of that many test images: (count,)."""
    images = fashion_mnist.load("test")[0][:count]
    expected = keras.saving.load_model(run.path / "model.keras").predict(images, 500, verbose=0)
    return np.abs(answers(run.path, count) - expected).max(axis=1)


def test_the_server_agrees_with_keras_on_the_whole_test_set(tiny):
    assert differences(tiny, 10_000).max() < 1e-4


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_server_agrees_with_keras_for_every_model_that_ships(path):
    apart = differences(Run(path), 10_000 if path.name == "mlp-256" else SOME)
    if Run(path).recipe.quantize:
        assert apart.mean() < 0.003
        assert np.quantile(apart, 0.99) < 0.04
    else:
        assert apart.max() < 1e-4


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_what_ships_with_a_model_is_what_it_says(path):
    run, (_, labels) = Run(path), fashion_mnist.load("test")
    probabilities, predicted = run.predictions()
    assert metrics.accuracy(predicted, labels) == pytest.approx(run.result["test_accuracy"])
    np.testing.assert_allclose(answers(path, SOME), probabilities[:SOME], atol=1e-3)


def test_a_models_own_predictions_are_what_it_answers(tiny):
    images, labels = fashion_mnist.load("test")
    probabilities, predicted = tiny.predictions()
    said = Classifier(tiny.path).probabilities(images)
    np.testing.assert_allclose(said, probabilities, atol=1e-3)
    assert (said.argmax(axis=1) == predicted).mean() > 0.999
    loss = metrics.cross_entropy(said, labels)
    assert loss == pytest.approx(tiny.result["test_loss"], rel=1e-4)


def test_embedding_and_feature_maps_come_with_the_answer(tiny):
    images = fashion_mnist.load("test")[0][:3]
    outputs = Classifier(tiny.path).outputs(images)
    model = keras.saving.load_model(tiny.path / "model.keras")
    (convolution,) = (layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    assert set(outputs) == {"probabilities", "embedding", convolution.name}
    expected = keras.Model(model.inputs, [convolution.output, model.layers[-1].input])
    maps, embedding = expected.predict(images, verbose=0)
    np.testing.assert_allclose(outputs[convolution.name], maps, atol=1e-4)
    np.testing.assert_allclose(outputs["embedding"], embedding, atol=1e-4)
    assert maps.shape == (3, 13, 13, 8)


@pytest.mark.parametrize("count", [1, 249, 250, 251, 600])
def test_any_number_of_pictures_is_answered(tiny, count):
    classifier, images = Classifier(tiny.path), fashion_mnist.load("test")[0][:count]
    answers = classifier.probabilities(images)
    assert answers.shape == (count, 10)
    np.testing.assert_allclose(answers[-1], classifier.probabilities(images[-1:])[0], atol=1e-5)


def test_several_visitors_share_a_model_and_each_gets_the_own_answer(tiny):
    classifier, images = Classifier(tiny.path), fashion_mnist.load("test")[0][:40]
    expected, answers = classifier.probabilities(images), {}

    def visit(first: int):
        for index in range(first, 40, 4):
            answers[index] = classifier.probabilities(images[index : index + 1])[0]

    threads = [threading.Thread(target=visit, args=[first]) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose([answers[index] for index in range(40)], expected, atol=1e-5)


def test_a_model_file_that_is_missing_or_damaged_is_an_error_that_can_be_caught(tiny):
    path = tiny.path / "model.tflite"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises((OSError, ValueError, RunError)):
        Classifier(tiny.path)
    path.unlink()
    with pytest.raises((OSError, ValueError, RunError)):
        Classifier(tiny.path)


def test_plain_keras_loads_the_model_without_this_package(tiny, tmp_path):
    code = """
import sys, keras, numpy
model = keras.saving.load_model(sys.argv[1])
print(model.predict(numpy.zeros((1, 28, 28), "uint8"), verbose=0).shape, "fmnist" in sys.modules)
"""
    printed = python(code, tiny.path / "model.keras", cwd=tmp_path)
    assert printed.strip() == "(1, 10) False"
