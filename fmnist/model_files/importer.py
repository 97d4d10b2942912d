"""A model file, or the ZIP of a run that another copy exported -> a run of the user's own, which every page shows."""

import contextlib
import itertools
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import filelock

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.inference import classifier
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders
from fmnist.machine.disk import explain
from fmnist.people import access, mode, usage
from fmnist.recipes.recipe import IMPORTED, NAME, Recipe
from fmnist.runs import creation
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.writer import RunWriter

from . import archive, inspection, received, sandbox
from . import evaluation as figures
from .inspection import ModelFileError
from .limited import Progress
from .sandbox import ModelPredictions

PATIENCE = 300.0  # seconds to wait for other imports: each takes up to 4 GB and two cores
RECIPE = Recipe(
    name=IMPORTED,
    architecture=IMPORTED,
    summary="A model file of your own.",
    source="The network was trained elsewhere and added from a file.",
    validation_split=0.0,
)


def add(
    path: Path,
    name: str | None = None,
    preprocessing: str | None = None,
    progress: Progress = lambda stage: None,
    file_name: str | None = None,
) -> Run:
    """Make a run from a file, evaluated on the test images here.

    Args:
        path: a `.keras` or `.h5` file, which is wrapped and converted, or the ZIP of a run.
        name: of the run; None uses its own or the file's name, with a number if that is taken.
        preprocessing: one of `preprocessings.NAMES`, of a model file; None detects it.
        progress: called with each stage.
        file_name: the original name, if `path` is a copy.

    Raises:
        ModelFileError: the file cannot be used, in one sentence.
        RunError: the name is invalid or taken, or the run cannot be written.
    """
    mode.insist("keep", RunError)
    file_name = file_name or path.name
    if sentence := usage.refusal():
        raise RunError(sentence)
    if name is not None:
        _check(name)
    try:
        folders.home().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=folders.home()) as hidden:
            run = Run(Path(hidden) / "run")
            run.path.mkdir()
            if archive.is_run(path):
                if preprocessing:
                    raise RunError(
                        f"{file_name} is a run, whose model takes pixels from 0 to 255; choose no preprocessing."
                    )
                with _alone():
                    called = received.fill(run, path, file_name, progress)
                return _move(run, name, f"{called or Path(file_name).stem}.zip")
            _fill(run, path, file_name, preprocessing, progress)
            return _move(run, name, file_name)
    except OSError as error:
        raise RunError(f"No run directory can be written: {explain(error)}") from None


class Chosen(NamedTuple):
    """The classifier that a command was given by `--model`."""

    classifier: Classifier
    preprocessing: str | None = None  # of a model file
    about: str | None = None  # how it was detected, in words


@contextlib.contextmanager
def chosen(model: str, preprocessing: str | None = None) -> Iterator[Chosen]:
    """The classifier of a run or of a model file; a file's conversion is deleted after the block.

    Args:
        model: a run's name or directory, or a file.
        preprocessing: of a file; None detects it.

    Raises:
        RunError: the run does not exist or has no trained model.
        ModelFileError: the file cannot be used.
    """
    if not figures.is_file(model):
        if preprocessing:
            raise RunError(figures.FOR_FILES)
        yield Chosen(Classifier.load(model))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with figures.progress() as progress:
            predictions = sandbox.convert(Path(model), folder, preprocessing, progress)
        words = figures.in_words(predictions.preprocessing, predictions.found)
        yield Chosen(
            classifier.load_quietly(folder, dataset=fashion_mnist.DATASET),
            predictions.preprocessing,
            words,
        )


def _fill(
    run: Run, path: Path, file_name: str, preprocessing: str | None, progress: Progress
) -> None:
    with _alone():
        try:
            predictions = sandbox.convert(path, run.path, preprocessing, progress)
        except ModelFileError as error:
            raise ModelFileError(str(error).replace(str(path), file_name)) from None
    about = run.path / "about.json"
    network = json.loads(about.read_text())
    about.unlink()
    creation.describe(
        run, RECIPE, fashion_mnist.DATASET, imported=_origin(path, file_name, predictions)
    )
    _, labels = fashion_mnist.load("test")
    scores = metrics.scores("test_", predictions.probabilities, labels)
    RunWriter(run).finish(scores | {"epochs": 0} | network, predictions.probabilities)


def _origin(path: Path, file_name: str, predictions: ModelPredictions) -> dict[str, str]:
    """The entry of run.json about the file that the run was made from."""
    origin = {
        "file": file_name[:200],
        "sha256": inspection.digest(path),
        "preprocessing": predictions.preprocessing,
        "about": figures.in_words(predictions.preprocessing, predictions.found),
    }
    if predictions.found and predictions.found.order:
        origin["doubt"] = f"Doubtful: {figures.order_in_words(predictions.found)}"
    return origin


def _alone() -> filelock.FileLock:
    """One import at a time, from the app and from shells."""
    return filelock.FileLock(folders.home() / ".import.lock", timeout=PATIENCE)


def _move(run: Run, name: str | None, file_name: str) -> Run:
    """Give the finished run its name; making the folder claims the name."""
    for wanted in [name] if name else _names(file_name):
        target = folders.home() / wanted
        with contextlib.suppress(FileExistsError):
            if not _is_taken(wanted):
                target.mkdir()
                access.claim(run.path)
                os.replace(run.path, target)
                return Run(target)
    raise RunError(f"There is a run {name} already; choose another name.")


def _names(file_name: str) -> Iterator[str]:
    """The file's name without the characters that a run's name may not have, then with -2, -3, ..."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(file_name).stem)[:56].strip("._-") or "model"
    yield stem
    yield from (f"{stem}-{number}" for number in itertools.count(2))


def _check(name: str) -> None:
    if not NAME.fullmatch(name):
        raise RunError(
            "A name has letters, digits, '-', '_' and '.', at most 64, and begins with a letter "
            f"or digit; {name[:80]!r} does not."
        )
    if _is_taken(name):
        raise RunError(f"There is a run {name} already; choose another name.")


def _is_taken(name: str) -> bool:
    return (folders.SHIPPED / name).exists() or (folders.home() / name).exists()
