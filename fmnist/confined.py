"""Asks a saved model in a process of its own, within bounds of memory and time."""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import datasets, saved_models
from .machine import BackendError
from .saved_models import ModelFileError

MEMORY = 4 * 2**30  # bytes; TensorFlow takes 0.5 GB, our widest network 1.2 GB
SECONDS = 120.0  # to load a model, and then for each picture:
SECONDS_PER_IMAGE = 0.05  # our slowest model takes 0.0014


class Answers(NamedTuple):
    """What a model says of pictures: (N, 10) float32, and the scale its pixels were given in."""

    probabilities: np.ndarray
    scale: int


def ask(
    path: Path, images: np.ndarray, scale: int | None = None, seconds: float | None = None
) -> Answers:
    """Ask a `.keras` or `.h5` file of anybody.

    Args:
        path: the saved model.
        images: (N, 28, 28) uint8.
        scale: the pixel value that stands for white, 255 or 1; None finds it out.
        seconds: how long loading and answering may take; None allows what a large model needs.

    Raises:
        ModelFileError: in one sentence, what is wrong with the file, or which bound it crossed.
    """
    seconds = seconds or SECONDS + SECONDS_PER_IMAGE * len(images)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/images.npy", images)
        command = [sys.executable, "-m", __name__, path.absolute(), folder, str(scale or "")]
        try:
            subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise ModelFileError(
                f"{path} has not answered for {len(images):,} pictures after {seconds:.0f} s, "
                "the limit."
            ) from None
        return _read(path, Path(folder))


_ROOT = Path(__file__).parent.parent


def _read(path: Path, folder: Path) -> Answers:
    """What the process left behind."""
    if (folder / "error.txt").exists():
        raise ModelFileError((folder / "error.txt").read_text())
    if not (folder / "answers.npz").exists():  # the process died
        raise ModelFileError(_too_large(path))
    with np.load(folder / "answers.npz") as answers:
        return Answers(answers["probabilities"], int(answers["scale"]))


def _too_large(path: Path) -> str:
    return f"{path} asks for more than {MEMORY / 2**30:.0f} GB of memory, the limit, or is damaged."


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(path: Path, folder: Path, scale: int | None) -> None:
    """What the process does: write `answers.npz`, or `error.txt` with a sentence."""
    _limit_memory()
    try:
        answers = _answers(path, np.load(folder / "images.npy"), scale)
        np.savez(folder / "answers.npz", **answers._asdict())
    except MemoryError:
        (folder / "error.txt").write_text(_too_large(path))
    except (ModelFileError, BackendError, datasets.DatasetError) as error:
        (folder / "error.txt").write_text(str(error))


def _answers(path: Path, images: np.ndarray, scale: int | None) -> Answers:
    model = saved_models.load(path)
    try:
        scale = scale or saved_models.best_scale(model)
        probabilities = saved_models.probabilities(model, images, scale)
    except Exception as error:  # Keras raises nearly everything
        raise saved_models.refusal(path, error) from None
    if not np.isfinite(probabilities).all():
        raise ModelFileError(f"{path} answers with NaN: its training must have gone astray.")
    return Answers(probabilities, scale)


if __name__ == "__main__":
    _work(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3] else None)
