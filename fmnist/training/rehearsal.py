"""A network that somebody's file builds, tried once before it is trained: what cannot be done is better known then."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from fmnist.data.dataset import DataSet
from fmnist.networks.layer_kinds import NetworkError
from fmnist.recipes.recipe import Recipe

from . import export
from .steppers import make_stepper

IMAGES = 2  # in the one batch


def rehearse(recipe: Recipe, dataset: DataSet) -> None:
    """Build the recipe's network, take a training step with it, save it and load it again.

    All of it happens in a temporary folder; nothing is kept.

    Raises:
        NetworkError: the network cannot be built, or one of these steps fails.
    """
    model = recipe.network.build(dataset.form.shape, dataset.classes)
    with tempfile.TemporaryDirectory() as folder:
        with _errors_in_words(recipe, "trained"):
            _train(model, recipe, dataset)
        with _errors_in_words(recipe, "saved and loaded"):
            _save_and_load(model, Path(folder) / "model.keras")
        with _errors_in_words(recipe, "converted to LiteRT"):
            _convert(model, Path(folder) / "model.tflite", recipe)


@contextlib.contextmanager
def _errors_in_words(recipe: Recipe, done: str) -> Iterator[None]:
    try:
        yield
    except OSError:  # a full disk, say
        raise
    except Exception as error:
        raise NetworkError(
            f"The network of {recipe.builder} cannot be {done}: {_first_line(error)}."
        ) from error


def _first_line(error: Exception) -> str:
    """What an error says, in a line; TensorFlow puts the trace of the user's code before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = (line for line in lines if re.match(r"\w+(Error|Exception): ", line))
    return next(named, lines[0] if lines else type(error).__name__)[:300].rstrip(".")


def _train(model: keras.Model, recipe: Recipe, dataset: DataSet) -> None:
    images = np.zeros((1, IMAGES, *dataset.form.shape), np.uint8)
    targets = np.eye(dataset.classes, dtype=np.float32)[None, :IMAGES]
    make_stepper(model, recipe).train(images, targets, np.zeros(1, np.float32))


def _save_and_load(model: keras.Model, path: Path) -> None:
    export.save_keras(model, path)
    keras.saving.load_model(path)


def _convert(model: keras.Model, path: Path, recipe: Recipe) -> None:
    if keras.config.backend() == "tensorflow":  # no other can
        from .litert import save_litert

        save_litert(model, path, recipe.quantize)
