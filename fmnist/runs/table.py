"""All runs at a glance: what each is, how good, how large, how costly."""

import contextlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.analysis import metrics
from fmnist.data.dataset import DataSet
from fmnist.networks import flops
from fmnist.recipes.recipe import Recipe

from . import changes, listing, parents, remarks
from .fields import Layer, Result
from .files import RunError
from .run import Run

Row = dict[str, Any]
APART = ("layers", "changes", "model_digest")  # of a result, what is no figure


def row(run: Run) -> Row:
    """A run's row in the table of all runs, whatever its state.

    Returns:
        `name`, `state`, `shipped`, `bytes` on disk; `error`, a sentence, where the state needs one;
        `changes` of settings while it trained, if there were any;
        `recipe`, `data` (its data set), `test_images` (how many it has) and `reported_accuracy` unless it is broken; and of a run with a model all of
        result.json but the layers, `megaflops` an image, `seconds_in_all`, with the training of its
        ancestors, `gpu`, if one trained it, and `difference`, measured less reported accuracy, where the two can be compared;
        `doubt`, a sentence, where guessing could have given such figures.
    """
    state = run.state
    found: Row = {"name": run.name, "state": state, "shipped": run.shipped, "bytes": _size(run)}
    if sentence := remarks.remark(run, state):
        found["error"] = sentence
    if state == "broken":
        return found
    try:
        recipe, dataset, result = run.recipe, run.dataset, run.result
    except RunError as error:  # it has changed since
        return found | {"state": "broken", "error": str(error)}
    found |= {
        "recipe": recipe.name,
        "data": dataset.name,
        "test_images": dataset.test_images,
        "reported_accuracy": recipe.reported_accuracy,
        "link": recipe.link,
    }
    if seconds := _seconds_in_all(run):
        found["seconds_in_all"] = seconds
    if gpu := run.machine.get("gpu"):
        found["gpu"] = gpu
    if changed := changes.effective(run):
        found["changes"] = changed
    return found | (_figures(recipe, result, dataset) if result else {})


def _figures(recipe: Recipe, result: Result, dataset: DataSet) -> Row:
    found: Row = {name: value for name, value in result.items() if name not in APART}
    if (apart := difference(recipe, result)) is not None:
        found["difference"] = apart
    if cost := _megaflops(recipe, result["layers"]):
        found["megaflops"] = cost
    accuracy, loss = result["test_accuracy"], result["test_loss"]
    if doubt := metrics.doubt(accuracy, loss, dataset.classes, dataset.guess):
        found["doubt"] = doubt
    return found


def difference(recipe: Recipe, result: Result) -> float | None:
    """Measured less reported accuracy; None where the two cannot be compared, as of a stopped run."""
    reported = recipe.comparable_accuracy
    if reported is None or result.get("stopped") or result.get("changes"):
        return None
    return result["test_accuracy"] - reported


def together(models: Sequence[Run]) -> Row:
    """The figures of an ensemble, the mean of several models' predictions, as a row of such a table.

    Args:
        models: two or more, of one data set.

    Returns:
        `test_accuracy` and `test_loss` of the mean, `megaflops` an image and `seconds` of training of all.

    Raises:
        RunError: one of them has no test predictions.
        DatasetError: their test images are gone.
    """
    mean = np.mean([run.predictions()[0].astype(np.float32) for run in models], axis=0)
    rows = [row(run) for run in models]
    costs = {
        name: sum(each.get(name, math.nan) for each in rows) for name in ("megaflops", "seconds")
    }
    return metrics.scores("test_", mean, models[0].dataset.load("test")[1]) | costs


def frontier(rows: Sequence[Row], cost: str) -> list[str]:
    """The Pareto frontier: models that no other one beats at the same cost or less.

    Args:
        rows: as `row` gives them, each with a `test_accuracy`.
        cost: what all of them have that should be low, as "parameters".

    Returns:
        Their names, the cheapest first.
    """
    best, names = -math.inf, []
    for each in sorted(rows, key=lambda row: (row[cost], -row["test_accuracy"])):
        if each["test_accuracy"] > best:
            best = each["test_accuracy"]
            names.append(each["name"])
    return names


def _megaflops(recipe: Recipe, layers: Sequence[Layer]) -> float | None:
    """The cost of one prediction, with the ensemble member's; None where the layers lack it."""
    if not layers or any("multiply_adds" not in layer for layer in layers):
        return None
    cost = flops.megaflops(layers, views=2 if recipe.flip_tta else 1)
    with contextlib.suppress(RunError):  # the ensemble member is gone: its part is not known
        member = listing.find(recipe.ensemble_member) if recipe.ensemble_member else None
        if member and (result := member.result):
            cost += _megaflops(member.recipe, result["layers"]) or 0
    return cost


def _seconds_in_all(run: Run) -> float | None:
    """Of its training and that of all its ancestors; None where one is gone or has no time."""
    seconds = 0.0
    with contextlib.suppress(RunError):
        for each in parents.ancestors(run):
            result = each.result
            if result is None or "seconds" not in result:
                return None
            seconds += result["seconds"]
        return seconds
    return None


def _size(run: Run) -> int:
    """Bytes of all files of a run; those that vanish meanwhile do not count."""
    total = 0
    for folder, _, files in os.walk(run.path):
        for file in files:
            with contextlib.suppress(OSError):
                total += Path(folder, file).stat().st_size
    return total
