"""Third-party model files, evaluated or converted in a separate, resource-limited process."""

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DatasetError
from fmnist.machine import BackendError
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from . import limited, preprocessings, saved_models, walls
from .inspection import ModelFileError
from .limited import Progress, at_changes, begin
from .preprocessings import Found

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


def check(
    folder: Path, images: np.ndarray, progress: Progress = lambda stage: None
) -> ModelPredictions:
    """Check the model of a run that another copy exported.

    Args:
        folder: of the run, whose run.json has been checked; model.keras is saved again, model.tflite is made of it,
            and about.json has `parameters` and `layers` of a result.json.
        images: (N, *shape) uint8, the test images of its data set.
        progress: see `predict`.

    Returns:
        The predictions of model.tflite for the images.

    Raises:
        ModelFileError: the model cannot be used, or predicts otherwise once converted, or a limit was exceeded.
    """
    np.save(folder / "images.npy", images)
    try:
        path = folder / "model.keras"
        return _run("check", path, folder, preprocessings.OWN, progress, STAGES, len(images))
    finally:
        (folder / "images.npy").unlink()


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
    arguments: list[str | Path] = [job, path.absolute(), folder, preprocessing or ""]
    stage = limited.run(
        __name__, arguments, folder, str(path), limits, at_changes(progress), reads=[path]
    )
    if not (folder / "found.json").exists():  # the process died
        raise ModelFileError(_too_large(path, stage))
    found = json.loads((folder / "found.json").read_text())
    probabilities = np.load(folder / "predictions.npy")
    for name in ("found.json", "predictions.npy", "stage"):
        (folder / name).unlink()
    return ModelPredictions(
        probabilities, preprocessing or found["name"], Found(**found) if found else None
    )


def _too_large(path: Path, stage: str) -> str:
    if stage == PREDICT:
        return (
            f"{path} needs more than {PREDICTING / 2**30:.0f} GB of memory to predict, the limit."
        )
    return (
        f"{path} needs more than {walls.MEMORY / 2**30:.0f} GB of memory, the limit, or is damaged."
    )


# In the process


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
        limited.refuse(folder, _too_large(path, limited.stage_of(folder, STAGES)))
    except (ModelFileError, BackendError, DatasetError, RunError) as error:
        limited.refuse(folder, str(error))


def _predict(path: Path, folder: Path, preprocessing: str | None) -> ModelPredictions:
    model, name, found = _prepared(path, folder, preprocessing)
    with _refusals(path):
        begin(folder, PREDICT)
        images = np.load(folder / "images.npy")
        return ModelPredictions(saved_models.probabilities(model, images, name), name, found)


def _convert(path: Path, folder: Path, preprocessing: str | None) -> ModelPredictions:
    model, name, found = _prepared(path, folder, preprocessing)
    with _refusals(path):
        begin(folder, CONVERT)
        from fmnist.inference import classifier

        from . import conversion

        conversion.convert(path, model, name, folder)
        _begin_predicting(folder)
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


def _check(path: Path, folder: Path, preprocessing: str | None) -> ModelPredictions:
    saved_models.check(path)
    saved_models.load_keras()
    begin(folder, LOAD)
    run = Run(folder)
    model = saved_models.load(path, run.dataset)
    with _refusals(path):
        begin(folder, CONVERT)
        from fmnist.inference import classifier

        from . import conversion

        conversion.save_again(path, model, run)
        _begin_predicting(folder)
        images = np.load(folder / "images.npy")
        content = (folder / "model.tflite").read_bytes()  # made just now, from model.keras
        found = classifier.Classifier(folder, content=content, dataset=run.dataset)
        few = images[: classifier.CHUNK]
        expected = np.asarray(model.predict(few, verbose=0)).argmax(axis=1)
        if (found.outputs(few)["probabilities"].argmax(axis=1) != expected).mean() > DIFFERENT:
            raise ModelFileError(
                f"{path} predicts other classes after conversion to LiteRT, which the app needs."
            )
        return ModelPredictions(found.probabilities(images), preprocessings.OWN, None)


_JOBS = {"predict": _predict, "convert": _convert, "check": _check}


def _begin_predicting(folder: Path) -> None:
    """From now on, take no more memory than a model may to predict."""
    begin(folder, PREDICT)
    if data := getattr(psutil.Process().memory_info(), "data", 0):  # on Linux only
        walls.limit_memory(min(data + PREDICTING, walls.MEMORY))


def _prepared(path: Path, folder: Path, preprocessing: str | None) -> tuple[Any, str, Found | None]:
    """The model, and its preprocessing."""
    saved_models.check(path)
    saved_models.load_keras()
    begin(folder, LOAD)
    model = saved_models.load(path)
    begin(folder, FIND)
    with _refusals(path):
        if preprocessing:
            return model, preprocessing, None
        found = saved_models.find_preprocessing(model)
    return model, found.name, found


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
    _work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] or None)
