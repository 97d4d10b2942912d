"""Whole trainings: seconds to reach an accuracy on the test set."""

import statistics
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fmnist.recipes import registry
from fmnist.runs import creation
from fmnist.runs.fields import Result
from fmnist.training.trainer import train

from .measuring import Row, row

GOALS = (0.91, 0.9166, 0.925, 0.93, 0.935)  # 91.66 % was reported for `cnn-3fc`


def learning(lengths: Iterable[tuple[str, int, str, int]]) -> Iterator[Row]:
    """Seconds and test accuracy of trainings of several lengths, then the seconds to each goal.

    Each length is a separate training, because a recipe's learning rate falls to zero at its end; each
    training evaluates the test set once. A goal counts as reached by the shortest training whose mean
    accuracy over the seeds reaches it.

    Args:
        lengths: recipe, epochs, precision and number of seeds, shortest training first.
    """
    open_goals = list(GOALS)
    reached = []
    for name, epochs, precision, seeds in lengths:
        settings = {"epochs": epochs, "precision": precision}
        results = [_result(name, settings | {"seed": seed}) for seed in range(seeds)]
        accuracies = [result["test_accuracy"] for result in results]
        seconds = [result["seconds"] for result in results]
        exact = ", float32" if precision == "float32" else ""
        what = f"{name}{exact}, epochs: {epochs}, seeds: {seeds}"
        yield row("learning", f"{what}: seconds of training", "s", seconds)
        yield row("learning", f"{what}: test accuracy", "%", [100 * x for x in accuracies])
        while open_goals and statistics.mean(accuracies) >= open_goals[0]:
            goal = open_goals.pop(0)
            reached.append(row("learning", f"to {goal:.2%}: {what}", "s", seconds))
    yield from reached
    for goal in open_goals:
        yield row("learning", f"to {goal:.2%}: not reached", "s", [])


def _result(name: str, settings: dict[str, Any]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        run = creation.create(registry.find(name).changed(**settings), Path(folder))
        train(run)
        assert run.result is not None  # it has just been trained
        return run.result
