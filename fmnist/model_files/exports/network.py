"""A run's network, loaded in the process that exports, and the images that it is compared on."""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fmnist.data.dataset import DataSet, DatasetError
from fmnist.model_files import saved_models
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .comparison import IMAGES

if TYPE_CHECKING:
    import keras


@functools.lru_cache(maxsize=1)
def load(run: Run) -> "keras.Model":
    """The run's model.keras, as plain Keras: pixels from 0 to 255 in, a probability a class out.

    Raises:
        ModelFileError: the file cannot be used.
        machine.BackendError: Keras cannot be loaded.
    """
    return saved_models.load(run.path / "model.keras", run.dataset)


def sample(dataset: DataSet) -> tuple[np.ndarray, np.ndarray | None]:
    """The images that are compared: (N, *shape) uint8, and their labels (N,).

    Of a data set that is gone they are random pixels, which have no labels.
    """
    try:
        images, labels = dataset.load("test")
    except DatasetError:
        shape = (IMAGES, *dataset.form.shape)
        return np.random.default_rng(0).integers(0, 256, shape, np.uint8), None
    return images[:IMAGES], labels[:IMAGES]


def lacking(run: Run, format: str, operations: Iterable[str]) -> RunError:
    """The error about operations of a network that a format lacks."""
    return RunError(
        f"{run.name} was not exported to {format}, which lacks operations of its network: "
        f"{', '.join(sorted(operations))[:200]}."
    )


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
