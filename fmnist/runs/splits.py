"""Which training images a recipe learns from, and which are held out to validate it."""

import math
from typing import NamedTuple

import numpy as np

from fmnist.recipes.recipe import Recipe


class Split(NamedTuple):
    """Indices into the training images, int64, in the order in which they were drawn."""

    training: np.ndarray
    validation: np.ndarray


def images_used(recipe: Recipe, count: int) -> int:
    """How many of a data set's `count` training images a recipe uses, from the first on."""
    return count if recipe.training_images is None else min(recipe.training_images, count)


def draw(recipe: Recipe, count: int) -> list[Split]:
    """The splits of a training by the recipe's seed, each of what the one before left for training.

    Args:
        recipe: what is trained.
        count: training images of its data set.
    """
    rng = np.random.default_rng(recipe.seed)
    left = np.arange(images_used(recipe, count))
    splits = []
    for _ in recipe.splits:
        left = rng.permutation(left)
        held_out = math.floor(len(left) * recipe.validation_split)
        splits.append(Split(left[held_out:], left[:held_out]))
        left = left[held_out:]
    return splits
