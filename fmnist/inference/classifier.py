"""A finished run -> probabilities, embeddings and feature maps. LiteRT, no TensorFlow."""

import functools
import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from fmnist.data.dataset import DataSet
from fmnist.machine import quiet_stderr
from fmnist.runs import listing
from fmnist.runs.fields import OperatingPoint
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import USABLE

CHUNK = 250  # images at a time: feature maps of a whole test set would need gigabytes


class Classifier:
    """Predicts with one trained model; safe to share between threads."""

    def __init__(
        self,
        path: Path,
        threads: int = 2,
        content: bytes | None = None,
        dataset: DataSet | None = None,
    ):
        """Load `model.tflite` from a run directory.

        Args:
            path: the run directory.
            threads: how many to compute with.
            content: a model.tflite to use instead of the file.
            dataset: what it was trained on; None for the one in the run's description.

        Raises:
            RunError: the file is missing or not a model.
        """
        self._path, self._dataset = path, dataset
        self._lock = threading.Lock()  # an interpreter holds one image's state at a time
        file = path / "model.tflite"
        try:
            interpreter = Interpreter(
                model_content=content or file.read_bytes(), num_threads=threads
            )
            self._predict = interpreter.get_signature_runner("answer")
            self._everything = interpreter.get_signature_runner("everything")
        except (OSError, ValueError, RuntimeError):
            raise RunError(
                f"{file} is not a LiteRT model of this project; `python -m fmnist export {Run(path).argument}` makes it "
                "again from model.keras."
            ) from None

    @functools.cached_property
    def dataset(self) -> DataSet:
        """What the model was trained on: it has the classes, and the form of the images.

        Raises:
            RunError: the run's description cannot be read.
        """
        return self._dataset or Run(self._path).dataset

    @property
    def operating_point(self) -> OperatingPoint | None:
        """How much evidence a prediction needs; None if that was never chosen.

        Raises:
            RunError: the run's result cannot be read.
        """
        result = Run(self._path).result
        return result.get("operating_point") if result else None

    @functools.cached_property
    def knows_outlines(self) -> bool:
        """Whether it was trained on outlines that are not filled, too, and so can read them.

        Raises:
            RunError: the run's description cannot be read.
        """
        return "sketch-photo" in Run(self._path).recipe.augmentation

    def outputs(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Probabilities, embedding and feature maps of some images.

        Args:
            images: (N, *shape) uint8, in the data set's form; N up to a few hundred.

        Returns:
            `probabilities` (N, C) for C classes, `embedding` (N, D), and feature
            maps (N, H, W, channels) by the name
            of their convolution; all float32.
        """
        with self._lock:
            return dict(self._everything(images=images.astype(np.float32)))

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, C) float32 for (N, *shape) uint8; any N above 0."""
        parts = []
        for start in range(0, len(images), CHUNK):
            chunk = images[start : start + CHUNK].astype(np.float32)
            with self._lock:
                parts.append(self._predict(images=chunk)["probabilities"])
        return np.concatenate(parts)


def load(path: Path, threads: int = 2, dataset: DataSet | None = None) -> Classifier:
    """A `Classifier` for the command line, without LiteRT's messages on standard error.

    Args:
        path, threads, dataset: see `Classifier`.

    Raises:
        RunError: the file is missing or not a model, or the run's description cannot be read.
    """
    with quiet_stderr():
        classifier = Classifier(path, threads, dataset=dataset)
        classifier.probabilities(np.zeros((1, *classifier.dataset.form.shape), np.uint8))
    return classifier


def named(argument: str) -> Classifier:
    """A `Classifier` for the command line, of the run with a name or directory.

    Raises:
        RunError: the run does not exist or has no trained model.
    """
    run = listing.named(argument)
    if not run.usable:
        if (state := run.state) in USABLE:
            raise RunError(
                f"{run.name} has no model.tflite; `python -m fmnist export {run.argument}` makes it."
            )
        raise RunError(f"{run.described(state)}: it has no trained model.")
    return load(run.path)
