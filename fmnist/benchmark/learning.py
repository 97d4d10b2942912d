"""Whole trainings: seconds to reach an accuracy on the test set, also in epochs of another training."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fmnist.data.fashion_mnist import DATASET
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.fields import Result
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .competitors import KERAS_FIT, started
from .measuring import Row, row

GOALS = (0.91, 0.9166, 0.925, 0.93, 0.935, 0.94)  # 91.66 % was reported for `cnn-3fc`
UNIT = "dropout-cnn"  # the seconds of an epoch of it, by Keras out of the box, carry over between machines
UNIT_IMAGES = DATASET.training_images


def learning(lengths: Iterable[tuple[str, int, str, int]], images: int) -> Iterator[Row]:
    """Seconds and test accuracy of trainings of several lengths, then the seconds to each goal.

    Each length is a separate training, because a recipe's learning rate falls to zero at its end; each
    training evaluates the test set once. A goal counts as reached by the shortest training whose mean
    accuracy over the seeds reaches it. The seconds are also divided by those of an epoch of 60,000
    images by Keras out of the box, the median of epochs before each length; once until `fit` returns,
    and once until its last batch, because `fit` then may wait (see `epochs.fit_epoch`).

    Args:
        lengths: recipe, epochs, precision and number of seeds, shortest training first.
        images: of a measured epoch by Keras; fewer than 60,000 only for a trial run.
    """
    open_goals = list(GOALS)
    reached: list[tuple[str, list[float]]] = []
    whole: list[float] = []
    busy: list[float] = []
    with started([KERAS_FIT], UNIT, images) as (fit,):
        fit.epoch()  # it compiles
        for name, epochs, precision, seeds in lengths:
            seconds, until_last_batch = fit.timed_epoch()
            whole.append(seconds * UNIT_IMAGES / fit.images)
            busy.append(until_last_batch * UNIT_IMAGES / fit.images)
            settings = {"epochs": epochs, "precision": precision}
            results = [_result(name, settings | {"seed": seed}) for seed in range(seeds)]
            accuracies = [result["test_accuracy"] for result in results]
            took = [result["seconds"] for result in results]
            exact = ", float32" if precision == "float32" else ""
            what = f"{name}{exact}, epochs: {epochs}, seeds: {seeds}"
            yield row("learning", f"{what}: seconds of training", "s", took)
            yield row("learning", f"{what}: test accuracy", "%", [100 * x for x in accuracies])
            while open_goals and statistics.mean(accuracies) >= open_goals[0]:
                reached.append((f"to {open_goals.pop(0):.2%}: {what}", took))
    units = {"an epoch": whole, "an epoch until its last batch": busy}
    for words, values in units.items():
        yield row("learning", f"{UNIT} by Keras fit: {words}", "s", values)
    for what, took in reached:
        yield row("learning", what, "s", took)
        for words, values in units.items():
            ratios = [one / statistics.median(values) for one in took]
            yield row("learning", f"{what}, over {words} of {UNIT} by Keras fit", "x", ratios)
    for goal in open_goals:
        yield row("learning", f"to {goal:.2%}: not reached", "s", [])


def _result(name: str, settings: dict[str, Any]) -> Result:
    """The result of a training, by the process and in the environment that a user's has.

    Raises:
        RunError: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        run = creation.create(registry.find(name).changed(**settings), Path(folder))
        done = subprocess.run(
            [sys.executable, "-m", "fmnist", "train", "--run", run.path],
            cwd=folders.ROOT,
            env=os.environ | {"FMNIST_RUNS": folder},
            capture_output=True,
            text=True,
        )
        if not (result := Run(run.path).result):
            raise RunError(f"The training of {name} failed: {done.stderr.strip()}")
        return result
