"""Which weights a processor computes with: the faster ones, chosen once, and predicting the same."""

import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.inference.weight_precision import fitting, seconds_of, with_float_weights
from fmnist.machine import folders
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

QUALITY = Run(folders.SHIPPED / "quality")  # the smallest one with weights of eight bits
IMAGES = fashion_mnist.load("test")[0][:100]


@pytest.fixture(scope="module")
def rounded() -> np.ndarray:
    """What the file that was measured predicts: (100, 10)."""
    return Classifier(QUALITY.path).probabilities(IMAGES)


@pytest.mark.parametrize("name", ["quality", "everyday"])
def test_float_weights_predict_what_the_rounded_ones_do(name):
    run = Run(folders.SHIPPED / name)
    content = with_float_weights((run.path / "model.tflite").read_bytes())
    found = Classifier(run.path, content=content).outputs(IMAGES)
    expected = Classifier(run.path).outputs(IMAGES)
    assert set(found) == set(expected)
    apart = np.abs(found["probabilities"] - expected["probabilities"]).max(axis=1)
    assert apart.mean() < 0.003
    assert apart.max() < 0.05
    for name, values in expected.items():
        assert np.abs(found[name] - values).mean() < 0.1 * np.abs(values).mean()


def choose(faster: int) -> np.ndarray:
    """What is predicted where the float weights (0) or the rounded ones (1) take less time."""
    seconds = iter((1.0, 2.0) if faster == 0 else (2.0, 1.0))
    return fitting(QUALITY, seconds=lambda _: next(seconds)).probabilities(IMAGES)


def test_the_faster_ones_are_chosen(rounded):
    assert np.array_equal(choose(faster=1), rounded)


def test_float_weights_are_chosen_where_they_are_faster_and_from_then_on(rounded):
    found = choose(faster=0)
    assert not np.array_equal(found, rounded)
    assert np.array_equal(choose(faster=1), found)  # kept: nothing is tried again


def test_the_time_of_this_processor_is_taken():
    assert 0 < seconds_of(Classifier(QUALITY.path)) < 60
    assert fitting(QUALITY).probabilities(IMAGES).shape == (100, 10)


def test_a_model_without_rounded_weights_is_not_tried(tiny):
    assert with_float_weights((tiny.path / "model.tflite").read_bytes()) is None
    found = fitting(tiny, seconds=lambda _: 1 / 0).probabilities(IMAGES)
    assert np.array_equal(found, Classifier(tiny.path).probabilities(IMAGES))


def test_a_damaged_model_is_one_sentence(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    with pytest.raises(RunError, match=r"model\.tflite"):
        fitting(tiny)
