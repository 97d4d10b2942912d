"""Loads any model that Keras saved, without running code from it, and predicts with it. TensorFlow.

In Python, `load` returns a plain Keras model from any file or from a run's `model.keras`:

    from fmnist.data import fashion_mnist
    from fmnist.model_files import saved_models
    from fmnist.runs import listing

    model = saved_models.load(listing.find("everyday").path / "model.keras")
    images, labels = fashion_mnist.load("test")
    probabilities = saved_models.probabilities(model, images)

A third-party file may need any amount of memory; `sandbox.predict` limits it.
"""

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fmnist.data import fashion_mnist
from fmnist.data.dataset import DataSet
from fmnist.machine import BackendError, loading_keras

from . import inspection, keras2, preprocessings
from .inspection import Description, ModelFileError

if TYPE_CHECKING:
    import keras

SHAPES = ((28, 28), (28, 28, 1), (784,))
ROUNDING = 1e-3  # by how much a probability may be outside of 0 to 1
CHUNK = 10_000  # images at a time as float32


def load(path: Path | str, dataset: DataSet | None = None) -> "keras.Model":
    """Load a `.keras` or `.h5` file of Keras 3 or Keras 2, without running code from it.

    Args:
        path: the file, or a zip archive with one such file in it.
        dataset: what a run's own model is for; without it, Fashion-MNIST in any of `SHAPES`.

    Returns:
        The model, not compiled. Its input and output are those of the data set.

    Raises:
        ModelFileError: the file cannot be used.
        machine.BackendError: Keras cannot be loaded.
        MemoryError: the model needs more memory than there is.
    """
    path = Path(path)
    try:
        with inspection.unzipped(path) as file:
            return _loaded(file, _checked(file), dataset)
    except (ModelFileError, BackendError):
        raise
    except Exception as error:  # Keras and h5py raise nearly everything on a bad file
        raise refusal(path, error) from None


def check(path: Path | str) -> None:
    """Make those checks of `load` that do not need Keras, which takes seconds to load.

    Raises:
        ModelFileError: the file cannot be used.
    """
    path = Path(path)
    try:
        with inspection.unzipped(path) as file:
            _checked(file)
    except ModelFileError:
        raise
    except Exception as error:  # h5py and zipfile raise nearly everything on a bad file
        raise refusal(path, error) from None


def load_keras() -> None:
    """Load Keras and TensorFlow, which takes seconds the first time.

    Raises:
        machine.BackendError: they cannot be loaded.
    """
    with loading_keras():
        import keras  # noqa: F401


def _checked(path: Path) -> Description:
    """The description of the network without its training, in the form of Keras 3."""
    found = inspection.describe(path)
    network = found.network
    if found.version < 3:
        network = keras2.updated(network)
    network = inspection.without_training(network)
    inspection.refuse_code(path, network)
    return found._replace(network=network)


def _loaded(path: Path, description: Description, dataset: DataSet | None) -> "keras.Model":
    with loading_keras():
        import keras
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"model.{description.kind}"
        shutil.copyfile(path, copy)
        _describe_again(copy, description)
        model = keras.saving.load_model(copy, compile=False, safe_mode=True)
    _check_shapes(path, model, dataset)
    return model


def probabilities(
    model: "keras.Model", images: np.ndarray, preprocessing: str = preprocessings.OWN
) -> np.ndarray:
    """Predict images.

    Args:
        model: from `load`; its outputs may be probabilities, logits or sigmoids.
        images: (N, 28, 28) uint8.
        preprocessing: the one that the model was trained with, one of `preprocessings.NAMES`.

    Returns:
        (N, 10) float32; each row sums to 1.
    """
    outputs = [
        _outputs(model, preprocessings.apply(preprocessing, images[start : start + CHUNK]))
        for start in range(0, len(images), CHUNK)
    ]
    return to_probabilities(np.concatenate(outputs))


def find_preprocessing(model: "keras.Model") -> preprocessings.Found:
    """The preprocessing with the highest accuracy on some training images."""
    return preprocessings.find(lambda pixels: to_probabilities(_outputs(model, pixels)))


def _outputs(model: "keras.Model", pixels: np.ndarray) -> np.ndarray:
    shape = input_shape(model)
    outputs = model.predict(pixels.reshape(-1, *shape), batch_size=250, verbose=0)
    return np.asarray(outputs, np.float32)


def input_shape(model: "keras.Model") -> tuple[int, ...]:
    """The one of `SHAPES` that a model takes."""
    index = _fitting(model.input_shape)
    assert index is not None, "a model that `load` has not checked"
    return SHAPES[index]


def to_probabilities(outputs: np.ndarray) -> np.ndarray:
    """Turn a model's outputs (probabilities, sigmoids or logits) into (N, 10) float32 with row sum 1."""
    if are_shares(outputs):
        outputs = outputs.clip(0, 1)
        return np.asarray(outputs / np.maximum(outputs.sum(axis=1, keepdims=True), 1e-7))
    with np.errstate(invalid="ignore"):  # infinite logits give NaN, which callers check for
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def are_shares(outputs: np.ndarray) -> bool:
    """Whether outputs are from 0 to 1, from softmax or sigmoids; otherwise they are logits."""
    return bool(((outputs >= -ROUNDING) & (outputs <= 1 + ROUNDING)).all())


def _describe_again(path: Path, description: Description) -> None:
    """Replace the description of the network in the file."""
    import h5py

    config = json.dumps(description.network)
    if description.kind == "h5":
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = config
        return
    with zipfile.ZipFile(path) as file:
        contents = {entry.filename: file.read(entry) for entry in file.infolist()}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in (contents | {"config.json": config}).items():
            file.writestr(name, content)


def _check_shapes(path: Path, model: "keras.Model", dataset: DataSet | None) -> None:
    takes, gives = (getattr(model, f"{side}_shape", None) for side in ("input", "output"))
    shapes: Sequence[tuple[int, ...]] = [dataset.form.shape] if dataset else SHAPES
    known = dataset or fashion_mnist.DATASET
    if _fitting(takes, shapes) is None or _without_batch(gives) != (known.classes,):
        raise ModelFileError(
            f"{path} takes {_without_batch(takes)} and gives {_without_batch(gives)}; expected a model of {known.name}, "
            f"which takes {' or '.join(map(str, shapes))} and gives ({known.classes},)."
        )


def _fitting(shape: Any, shapes: Sequence[tuple[int, ...]] = SHAPES) -> int | None:
    """The index of the first of the shapes that an input accepts (None accepts any length)."""
    for place, wanted in enumerate(shapes):
        if isinstance(shape, tuple) and len(shape) == len(wanted) + 1:
            pairs = zip(shape[1:], wanted, strict=True)
            if all(length in (None, right) for length, right in pairs):
                return place
    return None


def _without_batch(shape: Any) -> Any:
    return shape[1:] if isinstance(shape, tuple) else "several arrays"


def refusal(path: Path, error: Exception) -> Exception:
    """The exception to raise: MemoryError if memory ran out, else a ModelFileError."""
    if isinstance(error, MemoryError) or "ResourceExhausted" in type(error).__name__:
        return MemoryError(str(error))
    reason = re.split(r"\.\s|\n", str(error).strip())[0][:200].rstrip(".")
    return ModelFileError(f"{path} cannot be used as a Keras model: {reason}.")
