"""The format `saved-model`: a folder for TensorFlow and TensorFlow Serving; others are converted from it."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from fmnist.runs.run import Run

from . import network

INPUT, OUTPUT = "images", "probabilities"  # names in every format that has names
BATCH = 250  # images at a time


def write(run: Run, path: Path) -> None:
    """Write the folder, with one signature: `images` (N, *shape) float32 to `probabilities` (N, C)."""
    import tensorflow as tf

    module, module.serve = tf.Module(), function(run)
    # Keras' own archive would hold each weight twice.
    module.weights = [weight.value for weight in network.load(run).variables]
    tf.saved_model.save(module, str(path), signatures=module.serve)


def function(run: Run) -> Any:
    """The network as a function of TensorFlow with names for what it takes and gives."""
    import tensorflow as tf

    model = network.load(run)
    images = tf.TensorSpec((None, *run.dataset.form.shape), tf.float32, INPUT)

    def serve(images: tf.Tensor) -> dict[str, tf.Tensor]:
        return {OUTPUT: model(images, training=False)}

    return tf.function(serve, input_signature=[images], autograph=False)


def predict(path: Path, images: np.ndarray) -> np.ndarray:
    """(N, C) float32 for (N, *shape) uint8, by TensorFlow without Keras."""
    import tensorflow as tf

    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    parts = [
        signature(images=tf.constant(images[start : start + BATCH], tf.float32))[OUTPUT].numpy()
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


@contextlib.contextmanager
def written(run: Run) -> Iterator[str]:
    """The folder, for a converter; deleted at the end."""
    with tempfile.TemporaryDirectory() as folder:
        write(run, Path(folder))
        yield folder
