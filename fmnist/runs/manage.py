"""What a user does with runs as a whole: rename, delete, take along."""

import contextlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.people import mode
from fmnist.recipes.recipe import NAME

from . import cache, numbering, rights
from .files import RunError
from .run import Run
from .states import ACTIVE

FILES = (  # of a run, what one takes along
    "model.keras",
    "model.tflite",
    "run.json",
    "result.json",
    "metrics.jsonl",
    "changes.json",
    "predictions.npz",
)


def refusal(run: Run) -> str | None:
    """Why a run can be neither renamed nor deleted, in a sentence; None where it can."""
    if not run.shipped and (sentence := mode.refusal("keep")):
        return sentence
    if run.shipped:
        return f"{run.name} came with the project: only runs of your own can be renamed or deleted."
    if sentence := rights.refusal(run):
        return sentence
    if (state := run.state) in ACTIVE:
        return f"{run.name} is {state}: stop it on the Train page first, then rename or delete it."
    return None


def rename(run: Run, name: str) -> Run:
    """Give a run of the user's another name.

    The new name is claimed by making its folder, as a new run does, so that of two who want it
    one gets it.

    Returns:
        The run under its new name.

    Raises:
        RunError: the run is shipped, somebody else's, active or gone, or the name cannot be or is taken.
    """
    _insist(run)
    name = name.strip()
    if not NAME.fullmatch(name):
        raise RunError(
            "A name has letters, digits, '-', '_' and '.', at most 64, and begins with a letter "
            f"or digit; {name!r} does not."
        )
    target = run.path.with_name(name)
    if (folders.SHIPPED / name).exists():
        raise RunError(f"A model that came with the project is named {name}; choose another name.")
    with _errors_in_words(run):
        try:
            target.mkdir()
        except FileExistsError:
            raise RunError(f"There is a run {name} already; choose another name.") from None
        try:
            os.replace(run.path, target)
        except OSError:
            target.rmdir()
            raise
    numbering.retire(target.parent, run.name)
    cache.move(run.name, name)
    return Run(target)


def delete(run: Run) -> None:
    """Delete a run of the user's for good.

    It is hidden first, as a whole, so that nobody meets half a run.

    Raises:
        RunError: the run is shipped, somebody else's, active or gone, or cannot be deleted.
    """
    _insist(run)
    hidden = run.path.with_name(f".deleted-{run.name}-{os.urandom(4).hex()}")
    with _errors_in_words(run):
        os.replace(run.path, hidden)
    numbering.retire(hidden.parent, run.name)
    cache.forget(run.name)
    for folder in hidden.parent.glob(".deleted-*"):  # what could not be removed before, too
        shutil.rmtree(folder, ignore_errors=True)


def write_archive(run: Run, file: BinaryIO) -> None:
    """Write a zip of those of `FILES` that the run has, in a folder of the run's name.

    Raises:
        RunError: the run is somebody else's or gone, or a file cannot be read.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        add_files(run, archive, run.name)


def add_files(run: Run, archive: zipfile.ZipFile, folder: str) -> None:
    """Add those of `FILES` that the run has to an archive, in that folder of it.

    Raises:
        RunError: the run is somebody else's or gone, or a file cannot be read.
    """
    rights.check(run)
    if not run.path.is_dir():
        raise RunError(f"{run.name} no longer exists: another tab has renamed or deleted it.")
    with _errors_in_words(run):
        for name in FILES:
            if (run.path / name).is_file():
                archive.write(run.path / name, f"{folder}/{name}")


def _insist(run: Run) -> None:
    if sentence := refusal(run):
        raise RunError(sentence)


@contextlib.contextmanager
def _errors_in_words(run: Run) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise RunError(
            f"{run.name} no longer exists: another tab has renamed or deleted it."
        ) from None
    except OSError as error:
        raise RunError(f"{run.name} stays as it is: {explain(error)}") from None
