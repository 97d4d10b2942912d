"""Third-party model files, evaluated or converted in a separate, resource-limited process."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.machine import BackendError, folders

from . import saved_models
from .inspection import ModelFileError
from .preprocessings import Found

MEMORY = 4 * 2**30  # bytes; TensorFlow takes 0.5 GB, our widest network 1.2 GB
PREDICTING = 2**30  # bytes that a converted model may take to predict, here and in the server
DIFFERENT = 0.02  # share of images for which a converted model may predict another class
SECONDS_PER_IMAGE = 0.05  # our slowest model takes 0.0014
STAGES = {  # of the process in order, and the seconds that each may take
    "Loading TensorFlow": 120.0,
    "Loading the model": 20.0,
    "Finding its preprocessing": 180.0,
    "Converting it": 180.0,
    "Predicting": 120.0,  # plus `SECONDS_PER_IMAGE`
}
START, LOAD, FIND, CONVERT, PREDICT = STAGES
TEXT = {"encoding": "utf-8", "errors": "surrogateescape"}  # a path may be invalid UTF-8
Progress = Callable[[str], None]  # called with each stage when it begins


class ModelPredictions(NamedTuple):
    """A model's predictions for images, and the preprocessing that was used."""

    probabilities: np.ndarray  # (N, 10) float32
    preprocessing: str
    found: Found | None  # how it was detected; None if it was given


def predict(
    path: Path,
    images: np.ndarray,
    preprocessing: str | None = None,
    progress: Progress = lambda stage: None,
    limits: dict[str, float] = STAGES,
) -> ModelPredictions:
    """Predict images with any `.keras` or `.h5` file.

    Args:
        path: the saved model.
        images: (N, 28, 28) uint8.
        preprocessing: one of `preprocessings.NAMES`; None detects it.
        progress: called with each stage.
        limits: seconds that each stage may take; predicting may take more for each image.

    Raises:
        ModelFileError: the file cannot be used, or a limit was exceeded.
    """
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/images.npy", images)
        return _run("predict", path, Path(folder), preprocessing, progress, limits, len(images))


def convert(
    path: Path,
    folder: Path,
    preprocessing: str | None = None,
    progress: Progress = lambda stage: None,
) -> ModelPredictions:
    """Convert any `.keras` or `.h5` file to the files of a run: model.keras, model.tflite, about.json.

    Args:
        path: the saved model.
        folder: where to write; about.json has `parameters` and `layers` of a result.json.
        preprocessing, progress: see `predict`.

    Returns:
        The predictions of model.tflite for the 10,000 test images.

    Raises:
        ModelFileError: see `predict`; or the model cannot be converted, or is too large for the server.
    """
    return _run(
        "convert", path, folder, preprocessing, progress, STAGES, fashion_mnist.DATASET.test_images
    )


def _run(
    job: str,
    path: Path,
    folder: Path,
    preprocessing: str | None,
    progress: Progress,
    limits: dict[str, float],
    images: int,
) -> ModelPredictions:
    limits = limits | {PREDICT: limits[PREDICT] + SECONDS_PER_IMAGE * images}
    with _started([job, path.absolute(), folder, preprocessing or ""]) as process:
        _watch(process, path, folder, limits, progress)
    error = folder / "error.txt"
    if error.exists():
        raise ModelFileError(error.read_text(**TEXT))
    if not (folder / "found.json").exists():  # the process died
        raise ModelFileError(_too_large(path, _stage(folder)))
    found = json.loads((folder / "found.json").read_text())
    probabilities = np.load(folder / "predictions.npy")
    for name in ("found.json", "predictions.npy", "stage"):
        (folder / name).unlink()
    return ModelPredictions(
        probabilities, preprocessing or found["name"], Found(**found) if found else None
    )


@contextlib.contextmanager
def _started(arguments: list[Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process; it is killed at the end of the block."""
    command = [sys.executable, "-m", __name__, *map(str, arguments)]
    none = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folders.ROOT, stdin=none, stdout=none, stderr=none
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _watch(
    process: subprocess.Popen[bytes],
    path: Path,
    folder: Path,
    limits: dict[str, float],
    progress: Progress,
) -> None:
    """Wait until the process ends, or raise once a stage exceeds its limit."""
    stage, since = "", time.monotonic()
    while process.poll() is None:
        if (found := _stage(folder)) != stage:
            stage, since = found, time.monotonic()
            progress(stage)
        if time.monotonic() - since > limits[stage]:
            raise ModelFileError(
                f"{path} was stopped: {stage[0].lower()}{stage[1:]} took more than "
                f"{limits[stage]:g} s, the limit."
            )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)


def _stage(folder: Path) -> str:
    with contextlib.suppress(OSError):
        found = (folder / "stage").read_text()
        return found if found in STAGES else START
    return START


def _too_large(path: Path, stage: str) -> str:
    if stage == PREDICT:
        return (
            f"{path} needs more than {PREDICTING / 2**30:.0f} GB of memory to predict, the limit."
        )
    return f"{path} needs more than {MEMORY / 2**30:.0f} GB of memory, the limit, or is damaged."


# In the process


def _limit_memory(bytes_of_data: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (bytes_of_data, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(job: str, path: Path, folder: Path, preprocessing: str | None) -> None:
    """The process' work: write `predictions.npy` and `found.json`, or `error.txt` with a sentence."""
    try:
        predictions = _JOBS[job](path, folder, preprocessing)
        if not np.isfinite(predictions.probabilities).all():
            raise ModelFileError(f"{path} predicts NaN: its training probably diverged.")
        np.save(folder / "predictions.npy", predictions.probabilities)
        found = predictions.found._asdict() if predictions.found else None
        (folder / "found.json").write_text(json.dumps(found))
    except MemoryError:
        (folder / "error.txt").write_text(_too_large(path, _stage(folder)), **TEXT)
    except (ModelFileError, BackendError, DatasetError) as error:
        (folder / "error.txt").write_text(str(error), **TEXT)


def _predict(path: Path, folder: Path, preprocessing: str | None) -> ModelPredictions:
    model, name, found = _prepared(path, folder, preprocessing)
    with _refusals(path):
        _begin(folder, PREDICT)
        images = np.load(folder / "images.npy")
        return ModelPredictions(saved_models.probabilities(model, images, name), name, found)


def _convert(path: Path, folder: Path, preprocessing: str | None) -> ModelPredictions:
    model, name, found = _prepared(path, folder, preprocessing)
    with _refusals(path):
        _begin(folder, CONVERT)
        from fmnist.inference import classifier

        from . import conversion

        conversion.convert(path, model, name, folder)
        _begin(folder, PREDICT)
        if data := getattr(psutil.Process().memory_info(), "data", 0):  # on Linux only
            _limit_memory(min(data + PREDICTING, MEMORY))
        converted, (images, _) = classifier.Classifier(folder), fashion_mnist.load("test")
        few = images[: classifier.CHUNK]
        expected = saved_models.probabilities(model, few, name).argmax(axis=1)
        predicted = converted.outputs(few)["probabilities"].argmax(axis=1)
        if (predicted != expected).mean() > DIFFERENT:
            raise ModelFileError(
                f"{path} predicts differently after conversion to LiteRT, which the app needs; "
                "`python -m fmnist evaluate` can evaluate it unconverted."
            )
        return ModelPredictions(converted.probabilities(images), name, found)


_JOBS = {"predict": _predict, "convert": _convert}


def _prepared(path: Path, folder: Path, preprocessing: str | None) -> tuple[Any, str, Found | None]:
    """The model, and its preprocessing."""
    saved_models.check(path)
    saved_models.load_keras()
    _begin(folder, LOAD)
    model = saved_models.load(path)
    _begin(folder, FIND)
    with _refusals(path):
        if preprocessing:
            return model, preprocessing, None
        found = saved_models.find_preprocessing(model)
    return model, found.name, found


def _begin(folder: Path, stage: str) -> None:
    (folder / "stage.new").write_text(stage)
    (folder / "stage.new").replace(folder / "stage")


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn any exception of Keras, which raises many kinds, into a ModelFileError."""
    try:
        yield
    except ModelFileError:
        raise
    except Exception as error:
        raise saved_models.refusal(path, error) from None


if __name__ == "__main__":
    _limit_memory(MEMORY)
    _work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] or None)
