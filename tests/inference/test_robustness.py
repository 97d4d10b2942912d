"""What a run predicts for corrupted images: a sample first, then all, and never twice."""

import numpy as np
import pytest

from fmnist.analysis.corruptions import CORRUPTIONS, IMAGES, corrupt
from fmnist.data import fashion_mnist
from fmnist.inference import background
from fmnist.inference.classifier import Classifier
from fmnist.inference.robustness import Robustness


def test_it_is_what_the_network_predicts_for_the_corrupted_images(tiny):
    found = Robustness(tiny, "noise")
    found.start()
    found.wait()
    assert found.complete
    assert found.progress == 1
    images = corrupt(fashion_mnist.load("test")[0][:IMAGES], "noise", 32)
    expected = Classifier(tiny.path).probabilities(images).argmax(axis=1)
    assert (found.predicted[32] == expected).mean() > 0.999
    assert set(found.predicted) == set(CORRUPTIONS["noise"].strengths)
    assert (found.predicted[0] == tiny.predictions()[1][:IMAGES]).all()


def test_a_sample_comes_first_and_the_rest_when_its_turn_comes(tiny):
    found = Robustness(tiny, "shift", first=3)
    with background.REFINING:  # another work is at it
        found.start()
        found.wait_for_sample(60)
        assert len(found.predicted[3]) == background.SAMPLE
        assert not found.complete
        assert 0 < found.progress < 1
    found.wait()
    assert found.complete


def test_it_is_kept(tiny):
    first = Robustness(tiny, "blur")
    first.start()
    first.wait()
    again = Robustness(tiny, "blur")
    assert again.take_kept()
    for strength in CORRUPTIONS["blur"].strengths:
        assert np.array_equal(again.predicted[strength], first.predicted[strength])


def test_a_damaged_model_is_one_sentence_and_nobody_waits(tiny):
    (tiny.path / "model.tflite").write_bytes(b"no model")
    found = Robustness(tiny, "shift")
    found.start()
    found.wait_for_sample(60)
    found.wait()
    assert "model.tflite" in found.problem


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_nothing_is_computed_for_unchanged_images(tiny, kind):
    assert 0.0 not in map(float, Robustness(tiny, kind).arrays())
