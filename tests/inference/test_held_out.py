"""What a model predicts for the training images that it was not trained on."""

import numpy as np
import pytest

from fmnist.data.fashion_mnist import DATASET
from fmnist.inference import classifier, held_out
from fmnist.runs import listing, splits
from fmnist.runs.files import RunError


def test_they_are_the_validation_images_of_the_split_whose_weights_were_kept(tiny):
    found = held_out.predictions(tiny)
    (split,) = splits.draw(tiny.recipe, DATASET.training_images)
    assert sorted(split.validation) == found.indices.tolist()
    images, labels = DATASET.load("train")
    expected = classifier.load_quietly(tiny.path).probabilities(images[found.indices[:50]])
    assert found.probabilities[:50] == pytest.approx(expected, abs=1e-3)
    accuracy = (found.probabilities.argmax(axis=1) == labels[found.indices]).mean()
    assert accuracy == pytest.approx(tiny.figures["validation_accuracy"], abs=2e-3)
    assert (held_out.predictions(tiny).probabilities == found.probabilities).all()  # kept


def test_a_run_that_was_trained_on_all_images_held_out_none(home, monkeypatch):
    student = listing.find("student")
    seen = np.arange(DATASET.training_images)
    monkeypatch.setattr("fmnist.runs.parents._seen_by", lambda run, dataset: seen)
    with pytest.raises(RunError, match="student"):
        held_out.predictions(student)
