"""A training that other runs have a part in: ensemble member, teachers, pretrained weights."""

import dataclasses

import keras
import numpy as np
import pytest

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.runs import creation, listing, parents
from fmnist.runs.files import RunError
from fmnist.training import trainer
from fmnist.training.batches import Batches

from ..conftest import KERAS_NOISE
from .conftest import SMALL, ends, trained

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_an_ensemble_member_is_averaged_in(plain):
    mixed = creation.create(
        dataclasses.replace(plain.recipe, ensemble_member="mlp-256", ensemble_weight=0.25)
    )
    trainer.train(mixed)
    member = listing.find("mlp-256")
    own, others, both = (run.predictions()[0].astype(float) for run in (plain, member, mixed))
    np.testing.assert_allclose(both, 0.75 * own + 0.25 * others, atol=2e-3)
    parameters = [run.result["parameters"] for run in (plain, member, mixed)]
    assert parameters[2] == sum(parameters[:2])
    # mlp-256 has learned from images that are held out here: together they would seem too good.
    assert "validation_accuracy" in plain.result
    assert "validation_accuracy" not in mixed.result


def test_what_its_teachers_say_of_the_picture_it_sees_is_learned_beside_the_label():
    recipe = SMALL.changed(augmentation=("shift",), teachers=("mlp-256", "two-conv"))
    teachers = [Classifier(run.path) for run in parents.resolve(recipe).teachers]
    images, labels = (array[:600] for array in fashion_mnist.load("train"))
    pictures, targets = Batches(images, labels, 10, recipe, 0, 0, teachers).take(2, 1)
    alone, truth = Batches(images, labels, 10, recipe, 0, 0).take(2, 1)
    assert (pictures == alone).all()
    answers = sum(teacher.probabilities(pictures[0]) for teacher in teachers) / 2
    np.testing.assert_allclose(targets[0], 0.3 * truth[0] + 0.7 * answers, atol=1e-6)


def test_a_student_trains_like_any_other(plain):
    student = trained(teachers=(plain.name,))
    assert student.state == "finished"
    assert 0 < student.result["validation_accuracy"] < 1
    losses = [[row["loss"] for row in ends(run)] for run in (plain, student)]
    assert losses[0][0] != losses[1][0]


def test_a_training_can_start_with_what_another_has_learned():
    first = trained(seed=6, flip_tta=True, calibrate=True)
    settings = {"flip_tta": True, "calibrate": True, "pretrained": first.name}
    hardly = trained(seed=6, epochs=1, learning_rate=1e-9, **settings)
    said, again = (run.predictions()[0].astype(float) for run in (first, hardly))
    np.testing.assert_allclose(again, said, atol=2e-3)
    assert hardly.result["temperature"] == pytest.approx(first.result["temperature"], rel=0.01)
    assert "validation_accuracy" in hardly.result  # both hold out the same images


def test_pictures_that_its_starting_weights_know_do_not_validate_a_run(plain):
    # The plateau that this schedule waits for is one of the validation loss.
    waiting = {"schedule": "reduce-on-plateau", "restore_best_weights": True}
    run = trained(seed=7, pretrained=plain.name, **waiting)
    assert "validation_accuracy" not in run.result
    assert not any("validation_loss" in row for row in run.metrics())
    assert run.result["kept_epoch"] == 2


def test_weight_interpolation_keeps_a_share_of_the_pretrained_weights(plain):
    tuned, mixed = (
        trained(epochs=1, pretrained=plain.name, pretrained_share=share) for share in (0.0, 0.25)
    )
    before, after, between = (
        keras.saving.load_model(run.path / "model.keras").get_weights()
        for run in (plain, tuned, mixed)
    )
    for old, new, found in zip(before, after, between, strict=True):
        assert np.allclose(found, 0.25 * old + 0.75 * new, atol=1e-6)
    assert any(np.abs(old - new).max() > 1e-3 for old, new in zip(before, after, strict=True))


def test_a_run_that_it_needs_and_that_there_is_not_is_missed_before_anything_is_learned():
    run = creation.create(SMALL.changed(teachers=("mlp-256", "nobody")))
    with pytest.raises(RunError, match="There is no run 'nobody'"):
        trainer.train(run)
    assert run.metrics() == []
