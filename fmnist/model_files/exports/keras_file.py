"""The format `keras`: the run's own model.keras, which plain Keras loads."""

import shutil
from pathlib import Path

import numpy as np

from fmnist.runs.run import Run


def write(run: Run, path: Path) -> None:
    """Copy the file."""
    shutil.copyfile(run.path / "model.keras", path)


def predict(path: Path, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8, by plain Keras."""
    import keras

    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    probabilities: np.ndarray = model.predict(images, batch_size=250, verbose=0)
    return probabilities
