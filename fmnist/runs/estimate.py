"""About how long a training takes, from what others of the same network took."""

import functools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fmnist.data.dataset import DataSet
from fmnist.recipes.recipe import Recipe

from . import files, listing
from .files import RunError, is_there
from .run import Run
from .splits import images_used

AROUND = (
    5.0  # seconds of a run beside its training: reading images, saving and evaluating the model
)
REMEMBERED = 100_000  # runs whose pace need not be read again, half a kilobyte each
Network = tuple[object, ...]
Paces = dict[Network, float]  # seconds of training for each pixel of an epoch


def seconds(recipe: Recipe, dataset: DataSet, paces: Paces) -> float | None:
    """Of a whole run; None where no run of its network has trained.

    Args:
        recipe: what is trained.
        dataset: what it is trained on.
        paces: as `paces` gives them.
    """
    pace = paces.get(_network(recipe))
    return None if pace is None else AROUND + pace * _pixels(recipe, dataset)


def paces() -> Paces:
    """How fast each network trains: here, in its latest run; else where the model was trained that ships."""
    found = dict(_shipped())
    measured = (_measured(run.path, *files.version(run.path / "result.json")) for run in _own())
    for _, pace in sorted(measured, key=lambda each: each[0]):
        found |= pace
    return found


def _own() -> Iterator[Run]:
    return (run for run in listing.own_folders() if is_there(run.path / "result.json"))


@functools.lru_cache(maxsize=REMEMBERED)
def _measured(path: Path, *version: int) -> tuple[float, Paces]:
    """When a run was made, in seconds since the epoch, and its pace, if it has one.

    `version` is that of its result.json: it is read again when that has changed.
    """
    with suppress(RunError):
        return Run(path).created_at, _pace(Run(path))
    return 0.0, {}


@functools.cache
def _shipped() -> Paces:
    found: Paces = {}
    for run in listing.list_runs():
        if run.shipped:
            with suppress(RunError):
                found |= _pace(run)
    return found


def _pace(run: Run) -> Paces:
    recipe, result = run.recipe, run.result
    if not result or not result.get("seconds") or run.imported:
        return {}
    pixels = result["epochs"] * _pixels_of_an_epoch(recipe, run.dataset)
    return {_network(recipe): result["seconds"] / pixels} if pixels else {}


def _network(recipe: Recipe) -> Network:
    """What sets the pace: the network, and what is computed for each image beside it."""
    return (
        recipe.architecture,
        recipe.layers,
        recipe.builder_source,
        bool(recipe.teachers),
        recipe.precision,
    )


def _pixels(recipe: Recipe, dataset: DataSet) -> float:
    return sum(recipe.splits) * _pixels_of_an_epoch(recipe, dataset)


def _pixels_of_an_epoch(recipe: Recipe, dataset: DataSet) -> float:
    return images_used(recipe, dataset.training_images) * dataset.form.side**2
