"""A training: what it does to the run directory, in this process, on a few hundred images."""

import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from fmnist.analysis import metrics
from fmnist.cli.commands import main
from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.jobs import launcher
from fmnist.recipes import registry
from fmnist.runs import creation, listing, parents, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter
from fmnist.training import reporter, trainer
from fmnist.training.batches import Batches

from ..conftest import KERAS_NOISE, disk_is_full_for, in_one_sentence

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)

SMALL = registry.find("tiny").changed(training_images=600, epochs=2, precision="float32")


def trained(**settings) -> Run:
    """A small training with those settings, done."""
    run = creation.create(SMALL.changed(**settings))
    trainer.train(run)
    return run


@pytest.fixture(scope="module")
def plain_training(tmp_path_factory) -> Path:
    """The folder of `trained()`, done once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("plain")))
        return trained().path


@pytest.fixture
def plain(plain_training, home) -> Run:
    """A small training without any more settings, done."""
    return Run(shutil.copytree(plain_training, home / plain_training.name))


def ends(run: Run) -> list[dict]:
    """The lines of the curve that end an epoch."""
    return [row for row in run.metrics() if row.get("end_of_epoch")]


def test_a_training_with_plateaus_goes_on_after_its_first_epochs():
    settings = {"augmentation": ("flip", "flip-vertical", "affine"), "epochs": 5}
    run = creation.create(dataclasses.replace(SMALL, schedule="reduce-on-plateau", **settings))
    trainer.train(run)
    assert run.result["epochs"] == 5


def test_a_resumed_training_has_the_learning_rate_that_it_had():
    run = creation.create(dataclasses.replace(SMALL, schedule="reduce-on-plateau", epochs=9))
    first = reporter.Reporter(run)
    for loss in (1, 2, 2, 2, 2):
        first.begin_epoch(1)
        first.add_batches(1, 10, loss, 0.5)
        first.end_epoch(reporter.Validation(loss, 0.5), list)
    first.save_checkpoint([])
    (run.path / "metrics.jsonl").unlink()  # the checkpoint is enough
    assert reporter.Reporter(run).progress == first.progress
    assert first.progress.plateau.factor == 0.5


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


def test_without_validation_pictures_all_are_trained_on():
    run = trained(validation_split=0.0, augmentation=["flip", "shift", "erase"])
    assert not [key for key in run.result if key.startswith("validation")]
    assert not [key for row in run.metrics() for key in row if key.startswith("validation")]
    assert run.state == "finished"


def test_with_resplits_the_weights_of_the_lowest_validation_loss_are_kept():
    run = trained(epochs=2, resplit_epochs=(1, 2), restore_best_weights=True, learning_rate=0.01)
    losses = [row["validation_loss"] for row in ends(run)]
    assert [row["epoch"] for row in ends(run)] == [1, 2, 3, 4, 5]
    assert run.result["epochs"] == 5
    assert run.result["kept_epoch"] == 1 + int(np.argmin(losses))
    assert run.result["validation_loss"] == pytest.approx(min(losses), rel=1e-4)


def save_checkpoint(run: Run, progress: dict, **arrays: list[np.ndarray]) -> None:
    """Give a run another checkpoint."""

    def fill(folder: Path) -> None:
        (folder / "progress.json").write_text(json.dumps(progress))
        for name, values in arrays.items():
            np.savez(folder / f"{name}.npz", *values)

    RunWriter(run).save_checkpoint(fill)


@pytest.mark.parametrize("part", ["state", "best"])
def test_a_checkpoint_of_another_network_is_one_sentence(part):
    run = creation.create(SMALL.changed(restore_best_weights=True))
    queue.request_stop(run)
    trainer.train(run)
    queue.add(run)
    with np.load(run.checkpoint / "state.npz") as file:
        state = list(file.values())
    arrays = {"state": state, "best": state[:4]}
    arrays[part] = [array[..., :-1] if array.ndim else array for array in arrays[part]]
    save_checkpoint(run, json.loads((run.checkpoint / "progress.json").read_text()), **arrays)
    with pytest.raises(RunError, match="does not fit the network tiny") as error:
        trainer.train(run)
    assert in_one_sentence(str(error.value))


def test_an_epoch_that_makes_it_worse_is_not_kept():
    run = creation.create(SMALL.changed(restore_best_weights=True, resplit_epochs=(1,)))
    queue.request_stop(run)  # after one batch of the first split, so that there is a checkpoint
    trainer.train(run)
    queue.add(run)
    progress = json.loads((run.checkpoint / "progress.json").read_text())
    progress |= {"best_loss": 0.0, "best_epoch": 1}  # nothing that follows can be better
    with np.load(run.checkpoint / "state.npz") as file:
        state = list(file.values())
    best = state[:4]  # two layers' kernels and biases
    save_checkpoint(run, progress, state=state, best=best)
    trainer.train(run)
    kept = keras.saving.load_model(run.path / "model.keras").get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(kept, best, strict=True))
    assert run.result["kept_epoch"] == 1
    assert run.result["epochs"] == 3


def test_stop_keeps_what_was_learned_and_the_run_can_go_on():
    run = creation.create(SMALL)
    queue.request_stop(run)
    trainer.train(run)
    assert run.state == "stopped"
    assert run in listing.usable_runs()
    assert run.predictions()[0].shape == (10_000, 10)
    assert run.result["epochs"] == 0
    assert ends(run) == []
    queue.add(run)
    trainer.train(run)
    assert run.state == "finished"
    assert [row["epoch"] for row in ends(run)] == [1, 2]
    assert run.result["epochs"] == 2


def test_a_run_that_ran_out_of_disk_at_the_end_needs_not_learn_again():
    run = creation.create(SMALL)
    disk_is_full_for(run.path / "predictions.npz")
    with pytest.raises(OSError, match="No space left"):
        trainer.train(run)
    assert run.result is None
    curve = run.metrics()
    queue.add(run)
    trainer.train(run)
    assert run.state == "finished"
    assert run.metrics() == curve
    assert run.result["epochs"] == 2


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


def test_pictures_that_a_teacher_knows_do_not_validate_its_student():
    student = trained(teachers=("mlp-256",), epochs=1)
    assert "validation_accuracy" not in student.result
    assert not any("validation_loss" in row for row in student.metrics())


def test_a_training_can_start_with_what_another_has_learned():
    first = trained(seed=6, flip_tta=True, calibrate=True)
    settings = {"flip_tta": True, "calibrate": True, "pretrained": first.name}
    hardly = trained(seed=6, epochs=1, learning_rate=1e-9, **settings)
    said, again = (run.predictions()[0].astype(float) for run in (first, hardly))
    np.testing.assert_allclose(again, said, atol=2e-3)
    assert hardly.result["temperature"] == pytest.approx(first.result["temperature"], rel=0.01)
    further = trained(seed=6, **settings)
    assert ends(further)[0]["loss"] < ends(first)[-1]["loss"]


def test_pictures_that_its_starting_weights_know_do_not_validate_a_run(plain):
    # The plateau that this schedule waits for is one of the validation loss.
    settings = {
        "pretrained": plain.name,
        "schedule": "reduce-on-plateau",
        "restore_best_weights": True,
    }
    same, other = (trained(seed=seed, **settings) for seed in (0, 7))
    assert "validation_accuracy" in same.result
    assert "validation_accuracy" not in other.result
    assert other.result["kept_epoch"] == 2


def test_a_quantized_run_is_measured_as_it_answers():
    run = trained(seed=4, epochs=1, quantize=True)
    images, labels = fashion_mnist.load("test")
    answers = Classifier(run.path).probabilities(images)
    assert run.result["test_accuracy"] == metrics.accuracy(answers.argmax(axis=1), labels)
    exact = keras.saving.load_model(run.path / "model.keras").predict(images, 500, verbose=0)
    apart = np.abs(answers - exact).max()
    assert 1e-4 < apart < 0.1
    training_again = (run.path / "model.tflite").stat().st_size
    assert main(["export", run.name]) == 0
    assert (run.path / "model.tflite").stat().st_size == pytest.approx(training_again, rel=0.01)


def test_a_run_that_cannot_go_on_as_another_is_gone_keeps_what_it_has(plain):
    run = trained(epochs=1, pretrained=plain.name)
    content = json.loads((run.path / "result.json").read_text())
    (run.path / "result.json").write_text(json.dumps(content | {"stopped": True}))
    shutil.rmtree(plain.path)
    with pytest.raises(RunError, match=f"'{plain.name}'"):
        launcher.prepare_resume(run)
    assert run.state == "stopped"
    assert run.usable


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


@pytest.mark.parametrize(
    "needs",
    [{"teachers": ("mlp-256", "nobody")}, {"ensemble_member": "nobody"}, {"pretrained": "nobody"}],
)
def test_a_run_that_it_needs_and_that_there_is_not_is_missed_before_anything_is_learned(needs):
    run = creation.create(SMALL.changed(**needs))
    with pytest.raises(RunError, match="There is no run 'nobody'"):
        trainer.train(run)
    assert run.metrics() == []
