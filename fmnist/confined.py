"""Asks a saved model in a process of its own, within bounds of memory and time."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import datasets, saved_models
from .machine import BackendError
from .model_files import ModelFileError
from .preprocessings import Found

MEMORY = 4 * 2**30  # bytes; TensorFlow takes 0.5 GB, our widest network 1.2 GB
START, LOAD, FIND, ANSWER = "start", "load", "find", "answer"  # what the process does in turn
SECONDS = {START: 120.0, LOAD: 20.0, FIND: 120.0, ANSWER: 120.0}  # and for each image:
SECONDS_PER_IMAGE = 0.05  # our slowest model takes 0.0014
STAGES = {
    START: "Loading TensorFlow",
    LOAD: "Loading the model",
    FIND: "Finding the preprocessing that suits the model",
    ANSWER: "Predicting",
}
Progress = Callable[[str], None]  # is given one of `STAGES`' words when it begins


class Answers(NamedTuple):
    """What a model says of images, and the preprocessing that they were given in."""

    probabilities: np.ndarray  # (N, 10) float32
    preprocessing: str
    found: Found | None  # how it was found out; None where it was given


def ask(
    path: Path,
    images: np.ndarray,
    preprocessing: str | None = None,
    progress: Progress = lambda words: None,
    limits: dict[str, float] = SECONDS,
) -> Answers:
    """Ask a `.keras` or `.h5` file of anybody.

    Args:
        path: the saved model.
        images: (N, 28, 28) uint8.
        preprocessing: one of `preprocessings.NAMES`; None finds it out.
        progress: hears what the process does.
        limits: seconds that each of `STAGES` may take; predicting has more for each image.

    Raises:
        ModelFileError: in one sentence, what is wrong with the file, or which bound it crossed.
    """
    limits = limits | {ANSWER: limits[ANSWER] + SECONDS_PER_IMAGE * len(images)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "images.npy", images)
        command = [path.absolute(), folder, preprocessing or ""]
        with _started(command) as process:
            _watch(process, path, folder, limits, progress)
        found = json.loads(_read(path, folder, "found.json").read_text())
        probabilities = np.load(folder / "answers.npy")
    return Answers(probabilities, preprocessing or found["name"], Found(**found) if found else None)


_ROOT = Path(__file__).parent.parent


@contextlib.contextmanager
def _started(arguments: list):
    """The process, which does not outlive the block."""
    command = [sys.executable, "-m", __name__, *map(str, arguments)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, **quiet) as process:
        try:
            yield process
        finally:
            process.kill()


def _watch(
    process: subprocess.Popen,
    path: Path,
    folder: Path,
    limits: dict[str, float],
    progress: Progress,
) -> None:
    """Wait for its end, which comes at the latest when a stage takes longer than it may."""
    stage, since = None, time.monotonic()
    while process.poll() is None:
        found = _stage(folder)
        if found != stage:
            stage, since = found, time.monotonic()
            progress(STAGES[stage])
        if time.monotonic() - since > limits[stage]:
            raise ModelFileError(
                f"{path} is given up: {STAGES[stage].lower()} takes more than "
                f"{limits[stage]:.0f} s, the limit."
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


def _stage(folder: Path) -> str:
    with contextlib.suppress(OSError):
        found = (folder / "stage").read_text()
        return found if found in STAGES else START
    return START


def _read(path: Path, folder: Path, name: str) -> Path:
    """The last file that the process writes, if it has not died before."""
    if (folder / "error.txt").exists():
        raise ModelFileError((folder / "error.txt").read_text())
    if not (folder / name).exists():
        raise ModelFileError(_too_large(path))
    return folder / name


def _too_large(path: Path) -> str:
    return f"{path} asks for more than {MEMORY / 2**30:.0f} GB of memory, the limit, or is damaged."


# In the process


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(path: Path, folder: Path, preprocessing: str | None) -> None:
    """What the process does: write `answers.npy` and `found.json`, or `error.txt` with a sentence."""
    _limit_memory()
    try:
        answers = _answers(path, folder, np.load(folder / "images.npy"), preprocessing)
        np.save(folder / "answers.npy", answers.probabilities)
        found = answers.found._asdict() if answers.found else None
        (folder / "found.json").write_text(json.dumps(found))
    except MemoryError:
        (folder / "error.txt").write_text(_too_large(path))
    except (ModelFileError, BackendError, datasets.DatasetError) as error:
        (folder / "error.txt").write_text(str(error))


def _answers(path: Path, folder: Path, images: np.ndarray, preprocessing: str | None) -> Answers:
    saved_models.check(path)
    saved_models.load_keras()
    (folder / "stage").write_text(LOAD)
    model = saved_models.load(path)
    try:
        (folder / "stage").write_text(FIND)
        found = None if preprocessing else saved_models.find_preprocessing(model)
        name = found.name if found else preprocessing
        (folder / "stage").write_text(ANSWER)
        probabilities = saved_models.probabilities(model, images, name)
    except Exception as error:  # Keras raises nearly everything
        raise saved_models.refusal(path, error) from None
    if not np.isfinite(probabilities).all():
        raise ModelFileError(f"{path} answers with NaN: its training must have gone astray.")
    return Answers(probabilities, name, found)


if __name__ == "__main__":
    _work(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] or None)
