"""New run directories."""

import contextlib
import dataclasses
import shutil
import time
from pathlib import Path
from typing import Any

from fmnist import machine
from fmnist.data import library
from fmnist.data.dataset import DataSet, DatasetError
from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.networks.layer_kinds import NetworkError
from fmnist.people import access, usage
from fmnist.recipes.recipe import Recipe

from . import files, listing, numbering, queue
from .files import RunError
from .run import Run


def create(recipe: Recipe, path: Path | None = None, **about: Any) -> Run:
    """Make a run directory, queued for this process to train; who acts owns it.

    Args:
        recipe: what to train.
        path: the directory; without one, a new one `<recipe>-<number>` below `folders.home()`.
        about: what more run.json has, of `fields.Description`.

    Raises:
        RunError: its owner has no room left; or there is no such data set; or the network does not fit it; or the directory is there already and not empty, or cannot be made.
    """
    if sentence := usage.refusal():
        raise RunError(sentence)
    try:
        dataset = _dataset(recipe)  # before there is a folder
        check_network(recipe, dataset)
        run = Run(_make_folder(path) if path else _make_numbered_folder(recipe.name))
        try:
            access.claim(run.path)
            describe(run, recipe, dataset, **about)
            queue.add(run)
        except OSError:
            shutil.rmtree(run.path, ignore_errors=True)  # it would be half a run
            raise
    except OSError as error:
        raise RunError(f"No run directory can be written: {explain(error)}") from None
    return run


def describe(run: Run, recipe: Recipe, dataset: DataSet, **more: Any) -> None:
    """Write run.json: the recipe, its data set, and where and when the run was made.

    Raises:
        OSError: the file cannot be written.
    """
    about = {
        "recipe": dataclasses.asdict(recipe),
        "data": dataset.as_json(),
        "versions": machine.versions(),
        "machine": machine.description(),
        "created_at": time.time(),
    }
    files.write(run.path / "run.json", about | more)


def _dataset(recipe: Recipe) -> DataSet:
    try:
        return library.find(recipe.data)
    except DatasetError as error:
        raise RunError(str(error)) from None


def check_network(recipe: Recipe, dataset: DataSet) -> None:
    """See that a recipe's network can be built, as far as that is known without Keras.

    Raises:
        RunError: it cannot, or its code came from elsewhere and is never run.
    """
    try:
        recipe.network.check(dataset.form.shape, dataset.classes)
    except NetworkError as error:
        raise RunError(str(error)) from None


def _make_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise RunError(f"{path} is not empty; name a new folder, or resume that run.")
    return path.resolve()


def _make_numbered_folder(name: str) -> Path:
    folders.home().mkdir(parents=True, exist_ok=True)
    while True:
        path = folders.home() / numbering.take(folders.home(), name, _named_in_recipes())
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path


def _named_in_recipes() -> set[str]:
    """The runs that others learned from: who is gone must not be taken for a new one."""
    names = set()
    for run in listing.own_folders():
        with contextlib.suppress(RunError):  # a broken one
            names.update(run.recipe.others)
    return names
