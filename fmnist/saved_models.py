"""Models that Keras saved, ours or anybody's: loaded with care and asked. Loads TensorFlow.

In Python, `load` gives a plain Keras model of any file or of a run's `model.keras`:

    from fmnist import datasets, runs, saved_models

    model = saved_models.load(runs.find("everyday").path / "model.keras")
    images, labels = datasets.load("test")
    probabilities = saved_models.probabilities(model, images)

A file from elsewhere may ask for any amount of memory; `confined.ask` keeps it within bounds.
"""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import datasets, evaluation
from .machine import BackendError, loading_keras

if TYPE_CHECKING:
    import keras

LARGEST = 1_000_000_000  # bytes of a model file, unpacked; VGG16 has half as many
SHAPES = ((28, 28), (28, 28, 1), (784,))
SCALES = (255, 1)  # the pixel value that stands for white; the first is that of our own models
ROUNDING = 1e-3  # by which a probability may be outside of 0 to 1
SAMPLE = 500  # training pictures to find the scale with
CHUNK = 10_000  # pictures at a time as float32


class ModelFileError(Exception):
    """A file that is no model or not one for ten classes of 28x28 pictures."""


def load(path: Path | str) -> "keras.Model":
    """Load a `.keras` or `.h5` file of Keras 3 or Keras 2, without running code from it.

    Returns:
        The model, not compiled. Its input is one of `SHAPES`, its output (10,).

    Raises:
        ModelFileError: in one sentence, what is wrong with the file.
        machine.BackendError: Keras cannot be loaded.
        MemoryError: there was less memory than the model asked for.
    """
    path = Path(path)
    try:
        return _loaded(path)
    except (ModelFileError, BackendError):
        raise
    except Exception as error:  # Keras and h5py raise nearly everything on a bad file
        raise refusal(path, error) from None


def _loaded(path: Path) -> "keras.Model":
    kind = _kind(path)
    description, version = _description(path, kind)
    _refuse_code(path, description)
    with loading_keras():
        import keras
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"model.{kind}"
        shutil.copy(path, copy)
        if version < 3:
            _update(copy, kind, description)
        model = keras.saving.load_model(copy, compile=False, safe_mode=True)
    _check_shapes(path, model)
    return model


def probabilities(model: "keras.Model", images: np.ndarray, scale: int = 255) -> np.ndarray:
    """What a model says of pictures.

    Args:
        model: as `load` gives it; its outputs may be probabilities, logits or sigmoids.
        images: (N, 28, 28) uint8.
        scale: the pixel value that stands for white in what the model has learned from: 255 or 1.

    Returns:
        (N, 10) float32; each row sums to 1.
    """
    chunks = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
    shape = SHAPES[_fitting(model.input_shape)]
    answers = [
        model.predict(
            chunk.reshape(-1, *shape) * np.float32(scale / 255), batch_size=250, verbose=0
        )
        for chunk in chunks
    ]
    return _to_probabilities(np.concatenate(answers).astype(np.float32))


def best_scale(model: "keras.Model") -> int:
    """The scale, one of `SCALES`, by which the loss on some training pictures is lowest."""
    images, labels = (array[:SAMPLE] for array in datasets.load("train"))

    def loss(scale: int) -> float:
        found = evaluation.cross_entropy(probabilities(model, images, scale), labels)
        return found if np.isfinite(found) else np.inf

    return min(SCALES, key=loss)


def _to_probabilities(answers: np.ndarray) -> np.ndarray:
    if ((answers >= -ROUNDING) & (answers <= 1 + ROUNDING)).all():  # a softmax, or sigmoids
        answers = answers.clip(0, 1)
        return answers / np.maximum(answers.sum(axis=1, keepdims=True), 1e-7)
    with np.errstate(invalid="ignore"):  # of infinite logits come NaN, which callers look for
        powers = np.exp(answers - answers.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _kind(path: Path) -> str:
    """ "keras" or "h5", by content."""
    import h5py

    if not path.is_file():
        what = "a folder" if path.is_dir() else "missing"
        raise ModelFileError(f"{path} is {what}; name a .keras or .h5 file.")
    if zipfile.is_zipfile(path):
        return "keras"
    if h5py.is_hdf5(path):
        return "h5"
    raise ModelFileError(f"{path} is no Keras model: it is neither a .keras nor an HDF5 file.")


def _description(path: Path, kind: str) -> tuple[dict[str, Any], int]:
    """The network's description as stored, and the Keras that wrote it: 1, 2 or 3."""
    import h5py

    try:
        if kind == "h5":
            _check_size(path, path.stat().st_size)
            with h5py.File(path) as file:
                description = json.loads(file.attrs["model_config"])
                version = str(file.attrs.get("keras_version", "1"))
        else:
            with zipfile.ZipFile(path) as file:
                _check_size(path, sum(entry.file_size for entry in file.infolist()))
                description = json.loads(file.read("config.json"))
                version = json.loads(file.read("metadata.json"))["keras_version"]
        return dict(description), int(version.strip("b'").split(".")[0])
    except KeyError:
        raise ModelFileError(
            f"{path} describes no network (it may hold weights alone); save it by model.save(...)."
        ) from None


def _check_size(path: Path, size: int) -> None:
    if size > LARGEST:
        raise ModelFileError(
            f"{path} unpacks to {size / 1e9:,.1f} GB; at most {LARGEST / 1e9:.0f} GB is read."
        )


def _refuse_code(path: Path, description: dict[str, Any]) -> None:
    foreign = sorted({part["class_name"] for part in _parts(description) if _is_code(part)})
    if foreign:
        raise ModelFileError(
            f"{path} needs code to load, which is not run ({', '.join(foreign)[:100]}); save the "
            "model with built-in layers instead, such as Rescaling."
        )


def _is_code(part: dict[str, Any]) -> bool:
    """Whether it is a Lambda layer or a class of the model's author."""
    module = part.get("module") or ""
    foreign = part.get("registered_name") and not module.startswith("keras")
    return part["class_name"] == "Lambda" or bool(foreign)


def _parts(description: Any) -> Iterator[dict[str, Any]]:
    """Whatever in the description has a class, however deep."""
    if isinstance(description, dict):
        if isinstance(description.get("class_name"), str):
            yield description
        description = list(description.values())
    if isinstance(description, list):
        for item in description:
            yield from _parts(item)


def _update(path: Path, kind: str, description: dict[str, Any]) -> None:
    """Write the description into the file anew, as Keras 3 understands it."""
    import h5py

    from . import keras2

    config = json.dumps(keras2.updated(description))
    if kind == "h5":
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = config
        return
    with zipfile.ZipFile(path) as file:
        contents = {entry.filename: file.read(entry) for entry in file.infolist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (contents | {"config.json": config}).items():
            file.writestr(name, content)


def _check_shapes(path: Path, model: "keras.Model") -> None:
    takes, gives = (getattr(model, f"{side}_shape", None) for side in ("input", "output"))
    if _fitting(takes) is None or _without_batch(gives) != (10,):
        raise ModelFileError(
            f"{path} takes {_without_batch(takes)} and gives {_without_batch(gives)}; a "
            "Fashion-MNIST model takes (28, 28), (28, 28, 1) or (784,) and gives (10,)."
        )


def _fitting(shape: Any) -> int | None:
    """Which of `SHAPES` an input takes; a length that is None takes any."""
    for place, wanted in enumerate(SHAPES):
        if isinstance(shape, tuple) and len(shape) == len(wanted) + 1:
            pairs = zip(shape[1:], wanted, strict=True)
            if all(length in (None, right) for length, right in pairs):
                return place
    return None


def _without_batch(shape: Any) -> Any:
    return shape[1:] if isinstance(shape, tuple) else "several arrays"


def refusal(path: Path, error: Exception) -> Exception:
    """What to raise: a MemoryError for whoever set the bound to tell of, else one sentence."""
    if isinstance(error, MemoryError) or "ResourceExhausted" in type(error).__name__:
        return MemoryError(str(error))
    reason = re.split(r"\.\s|\n", str(error).strip())[0][:200].rstrip(".")
    return ModelFileError(f"{path} cannot be used as a Keras model: {reason}.")
