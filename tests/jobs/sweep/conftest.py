"""Sweeps in whose runs this process does a worker's work, in milliseconds."""

from collections.abc import Callable

import filelock
import pytest

from fmnist import machine
from fmnist.jobs import launcher
from fmnist.jobs.sweep import launching
from fmnist.recipes import registry
from fmnist.runs import files, sweep_plan
from fmnist.runs.run import Run
from fmnist.runs.sweeps import Sweep
from fmnist.runs.writer import RunWriter

RATES = {"learning_rate": "0.001,0.01,0.1"}
EPOCHS = 8


@pytest.fixture
def no_place(home, monkeypatch):
    """The only place to train is taken, so that runs wait for ever."""
    monkeypatch.setenv("FMNIST_WORKERS", "1")
    home.mkdir()
    with filelock.FileLock(home / ".place-0.lock"):
        yield


@pytest.fixture
def make_sweep(no_place) -> Callable[..., Sweep]:
    """A function that makes a sweep of three learning rates, which no process carries out."""

    def make_sweep(texts: dict[str, str] = RATES, name: str | None = None, **options) -> Sweep:
        recipe = registry.find("tiny").changed(epochs=EPOCHS)
        return launching.create(sweep_plan.plan(recipe, texts, **options), name)

    return make_sweep


def train(run: Run, *accuracies: float) -> None:
    """Train some epochs that have these validation accuracies; after the last one the run has finished."""
    writer = RunWriter(run)
    writer.update_status(state="running", **machine.this_process())
    for accuracy in accuracies:
        epoch = len(run.metrics()) + 1
        shares = {"accuracy": accuracy, "validation_accuracy": accuracy}
        losses = {"loss": 1.0, "validation_loss": 1.0}
        writer.add_metrics(epoch=epoch, seconds=2.0 * epoch, end_of_epoch=True, **shares, **losses)
    if len(run.metrics()) == run.recipe.epochs:
        end(run, accuracies[-1])


def end(run: Run, accuracy: float, **result) -> None:
    """Write what a trained run has at its end."""
    for name in ("model.keras", "predictions.npz"):
        (run.path / name).touch()
    scores = {"test_accuracy": accuracy - 0.01, "test_loss": 1.0, "validation_accuracy": accuracy}
    figures = {"epochs": len(run.metrics()), "seconds": 2.0, "parameters": 1, "layers": []}
    files.write(run.path / "result.json", scores | figures | result)
    RunWriter(run).update_status(state="running", pid=None)


def stop(run: Run) -> None:
    """End a run that was asked to stop, or ask it first."""
    if not run.stop_requested:
        launcher.stop(run)
    if run.state == "stopping":
        end(run, 0.5, stopped=True)
