"""A finished run -> predictions, probabilities, embeddings and feature maps. LiteRT, no TensorFlow."""

import functools
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

from fmnist.data.dataset import DataSet, Form
from fmnist.data.image_files import ImageFileError, Source
from fmnist.machine import quiet_stderr
from fmnist.runs import cache, changes, listing
from fmnist.runs.fields import OperatingPoint
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.states import USABLE

from .prediction import Prediction, predict, predict_all, predict_pixels

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
            content: a model.tflite to use instead of the file, which must be the one that was measured.
            dataset: what it was trained on; None for the one in the run's description.

        Raises:
            RunError: the file is missing, not a model, or not the one that was measured.
        """
        self._path, self._dataset = path, dataset
        self._lock = threading.Lock()  # an interpreter holds one image's state at a time
        file = path / "model.tflite"
        if content is None:
            cache.check_model(Run(path))
        try:
            interpreter = Interpreter(
                model_content=content or file.read_bytes(), num_threads=threads
            )
            self._predict = interpreter.get_signature_runner("answer")
            self._everything = interpreter.get_signature_runner("everything")
        except (OSError, ValueError, RuntimeError):
            raise RunError(
                f"{file} is not a LiteRT model of this project; `python -m fmnist complete {Run(path).argument}` makes it "
                "again from model.keras."
            ) from None

    @classmethod
    def load(cls, run: str | os.PathLike[str], threads: int = 2) -> "Classifier":
        """A classifier of a trained run, ready to predict.

        Args:
            run: its name, as `python -m fmnist models` lists it, or its directory.
            threads: how many to compute with.

        Raises:
            RunError: there is no such run, or it has no trained model.
        """
        found = listing.named(os.fspath(run))
        if not found.usable:
            if (state := found.state) in USABLE:
                raise RunError(
                    f"{found.name} has no model.tflite; `python -m fmnist complete {found.argument}` makes it."
                )
            raise RunError(f"{found.described(state)}: it has no trained model.")
        return load_quietly(found.path, threads)

    def predict(self, source: Source, item: int | None = None) -> Prediction:
        """Predict the class of the item in a photo or drawing, as the Try page and the shell do.

        Args:
            source: an image file's path; its content as bytes; a PIL image; or pixels from 0 to 255 as
                uint8, (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA. An array in the form of the data set,
                (28, 28) for Fashion-MNIST, is predicted as it is, like a test image.
            item: which of several items in a photo, from 1, the largest first; see `prediction.predict`.

        Raises:
            ImageFileError: the file or its image cannot be used, or the item does not exist.
        """
        if _are_pixels(source, self.dataset.form) and item in (None, 1):
            return predict_pixels(source, self)
        try:
            return predict(source, self, item=item)
        except ImageFileError as error:
            if isinstance(source, str | os.PathLike):
                raise ImageFileError(f"{os.fspath(source)}: {error}") from None
            raise

    def predict_many(self, sources: Iterable[Source]) -> Iterator[Prediction]:
        """Predict several photos and drawings, one after the other, as `predict` does.

        Args:
            sources: what `predict` takes, of each. One array (N, *shape) uint8 in the form of the data
                set, (N, 28, 28) for Fashion-MNIST, is predicted in batches, which is fastest.

        Raises:
            ImageFileError: one cannot be used; the message has its path or its place, from 1.
        """
        if isinstance(sources, str | os.PathLike | bytes | Image.Image):
            raise ImageFileError(
                "One photo was given; expected several, as in a list. For one use `predict`."
            )
        if _are_pixels(sources, self.dataset.form, several=True):
            return predict_all(sources, self) if len(sources) else iter(())
        return self._one_by_one(sources)

    def _one_by_one(self, sources: Iterable[Source]) -> Iterator[Prediction]:
        for place, source in enumerate(sources, 1):
            try:
                yield self.predict(source)
            except ImageFileError as error:
                named = isinstance(source, str | os.PathLike)
                raise ImageFileError(str(error) if named else f"Photo {place}: {error}") from None

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
        if self._dataset:  # a model file of somebody, which no run describes
            return False
        used = changes.values(Run(self._path), "augmentation")
        return any("sketch-photo" in names for names in used)

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


def load_quietly(path: Path, threads: int = 2, dataset: DataSet | None = None) -> Classifier:
    """A `Classifier` of a run directory, without LiteRT's messages on standard error.

    Args:
        path, threads, dataset: see `Classifier`.

    Raises:
        RunError: the file is missing or not a model, or the run's description cannot be read.
    """
    with quiet_stderr():
        classifier = Classifier(path, threads, dataset=dataset)
        classifier.probabilities(np.zeros((1, *classifier.dataset.form.shape), np.uint8))
    return classifier


def _are_pixels(source: Any, form: Form, several: bool = False) -> TypeGuard[np.ndarray]:
    """Whether it is an image in a form, (*shape) uint8, or several, (N, *shape)."""
    is_array = isinstance(source, np.ndarray) and source.dtype == np.uint8
    return is_array and source.shape[several:] == form.shape
