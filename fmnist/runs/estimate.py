"""About how long a training takes: as runs took here, or by this machine's speed, or as models that ship took."""

import functools
import statistics
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fmnist import machine
from fmnist.data.dataset import DataSet
from fmnist.recipes.recipe import Recipe

from . import cluster, files, learning_curve, listing, speed, workload
from .files import RunError, is_there
from .run import Run
from .splits import images_used

AROUND = (
    5.0  # seconds of a run beside its training and evaluation: reading images, saving the model
)
CORRECTING = 5  # of the latest runs
LONG = 30.0  # seconds of training
REMEMBERED = 100_000  # runs whose pace need not be read again, half a kilobyte each
Key = tuple[object, ...]  # what sets the pace
Pace = dict[Key, float]  # seconds of training for each pixel of an epoch


class Paces(NamedTuple):
    """What is known of how fast trainings are."""

    own: Pace  # of the latest runs here, or on the cluster
    speed: speed.Speed | None  # of this machine, if it trains and was measured
    shipped: Pace  # where the models that ship were trained


class Estimate(NamedTuple):
    """How long a whole run takes."""

    seconds: float
    here: bool  # where it would train; else on the machine where the models that ship were trained
    exact: bool  # with these settings; else its network with others

    def __str__(self) -> str:
        """For a reader, with the machine that it is of."""
        where = "on another processor"
        if self.here:
            where = "on the cluster" if cluster.is_used() else "on this machine"
        return f"about {learning_curve.about(self.seconds)} {where}"


def seconds(recipe: Recipe, dataset: DataSet, paces: Paces) -> float | None:
    """Of a whole run, as `of`; None where nobody knows."""
    found = of(recipe, dataset, paces)
    return found.seconds if found else None


def of(recipe: Recipe, dataset: DataSet, paces: Paces) -> Estimate | None:
    """About how long a whole run takes; None where nobody knows.

    Args:
        recipe: what is trained.
        dataset: what it is trained on.
        paces: as `paces` gives them.
    """
    exactly, network = _keys(recipe)
    pixels = sum(recipe.splits) * _pixels_of_an_epoch(recipe, dataset)

    around, known = AROUND, paces.speed
    if known:
        around += workload.evaluation(recipe, dataset, known)

    def at(pace: float, here: bool, exact: bool) -> Estimate:
        return Estimate(around + pace * pixels, here, exact)

    if exactly in paces.own:
        return at(paces.own[exactly], here=True, exact=True)
    if known and (trains := workload.training(recipe, dataset, known)) is not None:
        return Estimate(around + trains, here=True, exact=True)
    for pace, here, key in (
        (paces.own, True, network),
        (paces.shipped, False, exactly),
        (paces.shipped, False, network),
    ):
        if key in pace:
            return at(pace[key], here, exact=key == exactly)
    return None


def paces() -> Paces:
    """What is known now."""
    own: Pace = {}
    measured = [
        (*_measured(run.path, *files.version(run.path / "result.json")), run.path)
        for run in listing.own_folders()
        if is_there(run.path / "result.json")
    ]
    latest = sorted((each for each in measured if each[1]), key=lambda each: each[0])
    for _, pace, _ in latest:
        own |= pace
    known = None if cluster.is_used() else speed.read()
    if known:
        known = _corrected(known, [Run(path) for _, _, path in latest[-CORRECTING:]])
    return Paces(own, known, _shipped())


def _corrected(known: speed.Speed, latest: list[Run]) -> speed.Speed:
    """The speed as the latest runs here had it: other programs may have run when it was measured."""
    factors = [factor for run in latest if (factor := _factor(run, known))]
    return known.slower(statistics.median(factors)) if factors else known


def _factor(run: Run, known: speed.Speed) -> float | None:
    """How many times as long as by that speed a run took; None of a short one, in which little is training."""
    with suppress(RunError):
        recipe, result = run.recipe, run.result
        expected = workload.training(recipe, run.dataset, known)
        if result and expected and result.get("seconds", 0) >= LONG:
            return result["seconds"] / expected * sum(recipe.splits) / result["epochs"]
    return None


@functools.lru_cache(maxsize=REMEMBERED)
def _measured(path: Path, *version: int) -> tuple[float, Pace]:
    """When a run was made, in seconds since the epoch, and its pace, if it has one and was trained where others will be.

    `version` is that of its result.json: it is read again when that has changed.
    """
    run = Run(path)
    with suppress(RunError):
        if _is_from_here(run):
            return run.created_at, _pace(run)
    return 0.0, {}


def _is_from_here(run: Run) -> bool:
    if cluster.is_used():
        return "node" in run.status
    here = machine.description()
    return all(run.machine.get(name) == here.get(name) for name in ("processor", "cores", "gpu"))


@functools.cache
def _shipped() -> Pace:
    found: Pace = {}
    for run in listing.list_runs():
        if run.shipped and "gpu" not in run.machine:
            with suppress(RunError):
                found |= _pace(run)
    return found


def _pace(run: Run) -> Pace:
    """Of a run's settings, and of its network with any."""
    recipe, result = run.recipe, run.result
    if not result or not result.get("seconds") or run.imported:
        return {}
    pixels = result["epochs"] * _pixels_of_an_epoch(recipe, run.dataset)
    return dict.fromkeys(_keys(recipe), result["seconds"] / pixels) if pixels else {}


def _keys(recipe: Recipe) -> tuple[Key, Key]:
    """What sets the pace: all of it, and the network with what is computed for each image beside it."""
    network = (
        recipe.architecture,
        recipe.layers,
        recipe.builder_source,
        bool(recipe.teachers),
        recipe.precision,
    )
    settings = (
        recipe.teachers,
        recipe.batch_size,
        recipe.optimizer,
        recipe.augmentation,
        recipe.mix,
        recipe.frozen_layers,
    )
    return (*network, *settings), network


def _pixels_of_an_epoch(recipe: Recipe, dataset: DataSet) -> float:
    return images_used(recipe, dataset.training_images) * dataset.form.side**2
