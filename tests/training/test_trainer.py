"""A training: what it does to the run directory, in this process, on a few hundred images."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from fmnist import machine
from fmnist.analysis import metrics
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.runs import creation, files
from fmnist.training import reporter, trainer

from ..conftest import KERAS_NOISE
from .conftest import SMALL, ends, trained

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


def test_a_training_writes_a_curve_a_result_and_predictions_that_agree(plain):
    run = plain
    result, (_, labels) = run.result, fashion_mnist.load("test")
    _, predicted = run.predictions()
    assert run.state == "finished"
    assert [row["epoch"] for row in ends(run)] == [1, 2]
    assert result["validation_accuracy"] == pytest.approx(ends(run)[-1]["validation_accuracy"])
    assert result["validation_loss"] == pytest.approx(ends(run)[-1]["validation_loss"], rel=1e-4)
    assert result["test_accuracy"] == metrics.accuracy(predicted, labels)
    assert result["test_accuracy"] > 0.4  # it has learned: guessing gives 0.1
    assert (result["epochs"], result["kept_epoch"], result["stopped"]) == (2, 2, False)
    assert result["parameters"] == sum(layer["parameters"] for layer in result["layers"])
    assert "machine" not in result  # run.json has it
    assert run.checkpoint is None  # nobody can resume what is finished


def test_the_curve_runs_forward_from_inside_the_first_epoch_to_the_end(tiny):
    epochs = [row["epoch"] for row in tiny.metrics()]
    assert epochs == sorted(epochs)
    assert [row["epoch"] for row in ends(tiny)] == [1, 2, 3]
    for row in ends(tiny):
        assert set(row) == {
            *("epoch", "end_of_epoch", "seconds", "loss", "accuracy"),
            *("validation_loss", "validation_accuracy"),
        }


def test_the_points_inside_an_epoch_are_means_since_the_point_before(monkeypatch):
    monkeypatch.setattr(reporter, "POINT_INTERVAL", 0.0)  # a point after every call,
    monkeypatch.setattr(trainer, "FIRST_CALL", 1)  # and every batch is a call
    monkeypatch.setattr(trainer, "CALL", 0.0)
    rows = trained(epochs=1, batch_size=48).metrics()
    points, end = rows[:-1], rows[-1]
    assert [row["epoch"] for row in points] == pytest.approx(np.arange(1, 11) / 10)
    for measure in ("loss", "accuracy"):
        values = [row[measure] for row in points]
        assert np.mean(values) == pytest.approx(end[measure], rel=1e-4)
        assert len(set(values)) > 5


def test_a_training_with_plateaus_goes_on_after_its_first_epochs_on_another_machine():
    settings = {"augmentation": ("flip", "flip-vertical", "affine"), "epochs": 5}
    run = creation.create(dataclasses.replace(SMALL, schedule="reduce-on-plateau", **settings))
    about = json.loads((run.path / "run.json").read_text())
    files.write(run.path / "run.json", about | {"machine": {"processor": "6502"}})
    trainer.train(run)
    assert run.result["epochs"] == 5
    assert run.machine == machine.description()


def test_with_resplits_the_weights_of_the_lowest_validation_loss_are_kept():
    run = trained(epochs=2, resplit_epochs=(1, 2), restore_best_weights=True, learning_rate=0.01)
    losses = [row["validation_loss"] for row in ends(run)]
    assert [row["epoch"] for row in ends(run)] == [1, 2, 3, 4, 5]
    assert run.result["epochs"] == 5
    assert run.result["kept_epoch"] == 1 + int(np.argmin(losses))
    assert run.result["validation_loss"] == pytest.approx(min(losses), rel=1e-4)


def test_a_network_that_its_last_step_ruined_is_no_model():
    once = {"training_images": 100, "batch_size": 100, "epochs": 1, "validation_split": 0.0}
    run = creation.create(SMALL.changed(optimizer="sgd", learning_rate=1e38, **once))
    with pytest.raises(reporter.Diverged, match=r"the training diverged\. The learning rate"):
        trainer.train(run)
    assert run.result is None


def test_calibration_changes_how_sure_a_network_is_and_no_answer(plain):
    calibrated = trained(calibrate=True)
    temperature = calibrated.result["temperature"]
    assert "temperature" not in plain.result
    assert 0.25 <= temperature <= 4
    assert calibrated.result["test_accuracy"] == plain.result["test_accuracy"]
    sure = [run.predictions()[0].max(axis=1).mean() for run in (plain, calibrated)]
    assert (sure[0] > sure[1]) == (temperature > 1)


def test_a_quantized_run_is_measured_as_it_answers():
    run = trained(seed=4, epochs=1, quantize=True)
    images, labels = fashion_mnist.load("test")
    answers = Classifier(run.path).probabilities(images)
    assert run.result["test_accuracy"] == metrics.accuracy(answers.argmax(axis=1), labels)
    exact = keras.saving.load_model(run.path / "model.keras").predict(images, 500, verbose=0)
    apart = np.abs(answers - exact).max()
    assert 1e-4 < apart < 0.1
    training_again = (run.path / "model.tflite").stat().st_size
    assert main(["complete", run.name]) == 0
    assert (run.path / "model.tflite").stat().st_size == pytest.approx(training_again, rel=0.01)
