"""What a run's model predicts for the training images that it was not trained on."""

import itertools
from typing import NamedTuple

import numpy as np

from fmnist.runs import cache, parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

from .weight_precision import fitting


class HeldOut(NamedTuple):
    """Predictions for the M training images that validated a run."""

    indices: np.ndarray  # (M,) int64, into its data set's training images
    probabilities: np.ndarray  # (M, C) float16


def predictions(run: Run) -> HeldOut:
    """Predict, or read what was predicted before.

    Raises:
        RunError: the run held out none of its training images, or a parent of its is gone, so that it is
            not known which; or its model cannot be loaded.
        DatasetError: the images are gone.
    """
    indices = _indices(run)
    if not len(indices):
        raise RunError(
            f"{run.name} held out no training images; choose a model with a validation split above 0."
        )

    def compute() -> cache.Arrays:
        images, _ = run.dataset.load("train")
        return {"probabilities": fitting(run).probabilities(images[indices]).astype(np.float16)}

    return HeldOut(indices, cache.kept(run, "held-out", compute)["probabilities"])


def _indices(run: Run) -> np.ndarray:
    """Which training images neither the run nor what it predicts with was trained on, ascending."""
    if run.recipe.imported:
        return np.empty(0, np.int64)
    found = parents.resolve(run.recipe, run.dataset)
    kept = run.figures.get("kept_epoch", 0)
    ends = itertools.accumulate(run.recipe.splits)
    number = next((split for split, end in enumerate(ends) if kept <= end), 0)
    return np.sort(found.split_of_ensemble(number).validation)
