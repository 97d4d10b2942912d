"""A training that ends before its time: what is kept, and how it goes on."""

import dataclasses
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from fmnist.jobs import launcher
from fmnist.runs import creation, listing, queue
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter
from fmnist.training import reporter, trainer

from ..conftest import KERAS_NOISE, disk_is_full_for, in_one_sentence
from .conftest import SMALL, ends

pytestmark = pytest.mark.filterwarnings(KERAS_NOISE)


@pytest.fixture(scope="module")
def stopped_training(tmp_path_factory) -> Path:
    """The folder of a training with one re-split, stopped after its first batch, done once for all tests here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FMNIST_RUNS", str(tmp_path_factory.mktemp("stopped")))
        run = creation.create(SMALL.changed(restore_best_weights=True, resplit_epochs=(1,)))
        queue.request_stop(run)
        trainer.train(run)
        return run.path


@pytest.fixture
def stopped(stopped_training, home) -> Run:
    """A run that was stopped after its first batch: it has a checkpoint."""
    return Run(shutil.copytree(stopped_training, home / stopped_training.name))


@pytest.fixture
def resumed(stopped) -> Run:
    """That run, queued again for its next worker."""
    queue.add(stopped)
    return stopped


def test_stop_keeps_what_was_learned_and_the_run_can_go_on(stopped):
    assert stopped.state == "stopped"
    assert stopped in listing.usable_runs()
    assert stopped.predictions()[0].shape == (10_000, 10)
    assert stopped.result["epochs"] == 0
    assert ends(stopped) == []
    queue.add(stopped)
    trainer.train(stopped)
    assert stopped.state == "finished"
    assert [row["epoch"] for row in ends(stopped)] == [1, 2, 3]
    assert stopped.result["epochs"] == 3


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


def save_checkpoint(run: Run, progress: dict, **arrays: list[np.ndarray]) -> None:
    """Give a run another checkpoint."""

    def fill(folder: Path) -> None:
        (folder / "progress.json").write_text(json.dumps(progress))
        for name, values in arrays.items():
            np.savez(folder / f"{name}.npz", *values)

    RunWriter(run).save_checkpoint(fill)


def weights_of(run: Run) -> list[np.ndarray]:
    """What the optimizer and the network of a checkpoint are made of, the network's weights first."""
    with np.load(run.checkpoint / "state.npz") as file:
        return list(file.values())


@pytest.mark.parametrize("part", ["state", "best"])
def test_a_checkpoint_of_another_network_is_one_sentence(part, resumed):
    arrays = {"state": weights_of(resumed), "best": weights_of(resumed)[:4]}
    arrays[part] = [array[..., :-1] if array.ndim else array for array in arrays[part]]
    save_checkpoint(
        resumed, json.loads((resumed.checkpoint / "progress.json").read_text()), **arrays
    )
    with pytest.raises(RunError, match="does not fit the network tiny") as error:
        trainer.train(resumed)
    assert in_one_sentence(str(error.value))


def test_an_epoch_that_makes_it_worse_is_not_kept(resumed):
    progress = json.loads((resumed.checkpoint / "progress.json").read_text())
    progress |= {"best_loss": 0.0, "best_epoch": 1}  # nothing that follows can be better
    state = weights_of(resumed)
    best = state[:4]  # two layers' kernels and biases
    save_checkpoint(resumed, progress, state=state, best=best)
    trainer.train(resumed)
    kept = keras.saving.load_model(resumed.path / "model.keras").get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(kept, best, strict=True))
    assert resumed.result["kept_epoch"] == 1
    assert resumed.result["epochs"] == 3


def test_a_run_that_cannot_go_on_as_another_is_gone_keeps_what_it_has(plain):
    run = creation.create(SMALL.changed(pretrained=plain.name))
    for file in ("model.keras", "model.tflite", "predictions.npz", "status.json"):
        shutil.copy(plain.path / file, run.path)
    (run.path / "result.json").write_text(json.dumps(plain.result | {"stopped": True}))
    shutil.rmtree(plain.path)
    with pytest.raises(RunError, match=f"'{plain.name}'"):
        launcher.prepare_resume(run)
    assert run.state == "stopped"
    assert run.usable
